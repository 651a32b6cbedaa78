#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs what Hone needs to be built and tested on Debian 12, and nothing else.
#
#   tools/setup.sh              install what is missing
#   source tools/setup.sh       define the functions below (quickstart, check)
#
# Runs as root (a container) or as a user with sudo. A second run finds that
# nothing is missing and takes a fraction of a second. Python packages go to a
# virtual environment in build/venv, never to the system or to the user's home.
#
# Settings: HONE_JOBS  processes at a time (otherwise: processors and memory)
#           CCACHE_DIR  the compiler's cache (otherwise: build/ccache)
#
# After hone_setup, $HONE_PYTHON is the system's interpreter, $HONE_VENV the
# virtual environment and $HONE_JOBS the number of processes to start at a time.

HONE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HONE_LOGS=$HONE_ROOT/build/logs
HONE_VENV=$HONE_ROOT/build/venv

# The one list of Debian packages.
HONE_PACKAGES=(
  # The compiler, both to build Hone and for Hone to drive.
  clang-22 lld-22 llvm-22 llvm-22-dev
  liblld-22-dev        # the linker as a function
  llvm-22-tools        # FileCheck, not
  clang-format-22
  libclang-rt-22-dev   # sanitizers
  # The build.
  cmake ninja-build ccache git libc6-dev ca-certificates
  # Libraries.
  libfmt-dev libxxhash-dev nlohmann-json3-dev libsqlite3-dev libcli11-dev
  libpq-dev            # the store on PostgreSQL
  libgmp-dev libprotozero-dev
  libedit-dev          # lines of hone env shell
  libjemalloc-dev      # the worker's malloc
  # The service: gRPC and what makes its messages, HTTP.
  libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc libcpp-httplib-dev
  libgtest-dev libgmock-dev
  libz3-dev            # proves every rewrite rule; tests only
  postgresql-15        # a server that tests start for themselves
  # The tests and the Python room.
  python3 python3-venv python3-dev
  # Checking objects for AArch64: its C library, and what runs its programs.
  qemu-user libc6-dev-arm64-cross libgcc-12-dev-arm64-cross
  # The measurements: gcc to compare with, and what unpacks and builds sources.
  g++ make dpkg-dev
)

# --- Talking ---------------------------------------------------------------

hone_say() { printf '%s\n' "hone: $*" >&2; }

hone_fail() {
  hone_say "$*"
  return 1
}

# hone_step "what it does" LOG command…
#
# Runs the command with its output in LOG; says what it does, every 15 seconds
# where it has got to, and at the end how long it took. When it fails, shows
# the end of LOG.
hone_step() {
  local what=$1 log=$2 start=$SECONDS status=0 pulse
  shift 2
  mkdir -p "$(dirname "$log")" || return 1
  hone_say "$what …"
  : >"$log" || return 1
  (
    # The sleep is a child to be ended too, or it would keep a pipe open.
    trap 'kill "$nap" 2>/dev/null; exit 0' TERM
    while kill -0 $$ 2>/dev/null; do
      sleep 15 </dev/null >/dev/null 2>&1 &
      nap=$!
      wait "$nap"
      line=$(tail -c 2000 "$log" | tr '\r' '\n' | grep -v '^ *$' | tail -n 1)
      hone_say "  $((SECONDS - start)) s: ${line:0:90}"
    done
  ) &
  pulse=$!
  "$@" >>"$log" 2>&1 </dev/null || status=$?
  kill "$pulse" 2>/dev/null
  wait "$pulse" 2>/dev/null
  if [ "$status" = 0 ]; then
    hone_say "$what: done in $((SECONDS - start)) s"
  else
    hone_say "$what: failed with status $status after $((SECONDS - start)) s"
    tail -n 40 "$log" | cut -c1-400 | sed 's/^/  | /' >&2
    hone_say "the whole log: $log"
  fi
  return "$status"
}

# --- Debian packages --------------------------------------------------------

# Prints the packages of the list that are not installed.
hone_missing_packages() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' \
    "${HONE_PACKAGES[@]}" 2>/dev/null | sed -n 's/^ii *//p')
  comm -23 <(printf '%s\n' "${HONE_PACKAGES[@]}" | sort -u) \
    <(printf '%s\n' "$installed" | sort -u)
}

# Runs a command with root's rights, and with the proxy settings that sudo
# would drop.
hone_as_root() {
  local settings=(DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8) name
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -z "${!name:-}" ] || settings+=("$name=${!name}")
  done
  if [ "$(id -u)" = 0 ]; then
    env "${settings[@]}" "$@"
  else
    sudo -n env "${settings[@]}" "$@"
  fi
}

# apt-get, waiting while another process holds one of apt's locks. (Its own
# option knows only dpkg's lock, not that of the package lists.)
hone_apt_get() {
  local report try status
  report=$(mktemp)
  for try in $(seq 1 60); do
    hone_as_root apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
      -o Dpkg::Use-Pty=0 "$@" 2>&1 | tee "$report"
    status=${PIPESTATUS[0]}
    if [ "$status" != 0 ] && grep -q '^E: Could not get lock' "$report"; then
      echo "waiting for another apt process (try $try of 60)"
      sleep 5
    else
      break
    fi
  done
  rm -f "$report"
  return "$status"
}

# Says which stanza makes LLVM 22 available, with the mirror that is already
# configured here.
hone_explain_security_suite() {
  local mirror
  mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null |
    sort | uniq -c | sort -rn | awk 'NR == 1 {print $2}')
  mirror=${mirror%/debian}
  cat >&2 <<END
hone: no package clang-22 in this system's package sources.
hone: Debian 12 has LLVM 22 in its security suite. Add the suite, for example as
hone: /etc/apt/sources.list.d/security.sources:

Types: deb
URIs: ${mirror:-<your mirror>}/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

hone: then run this command again.
END
  return 1
}

# Not piped into grep -q, which would end apt-cache by a signal when it finds
# the line early, and the caller's pipefail would take that for a "no".
hone_has_candidate() {
  [[ $(apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]
}

hone_install_packages() {
  local missing log=$HONE_LOGS/apt.log summary
  if ! command -v dpkg-query >/dev/null; then
    command -v clang++-22 >/dev/null && command -v cmake >/dev/null &&
      command -v ninja >/dev/null || hone_fail \
      "not a Debian system: install the equivalents of: ${HONE_PACKAGES[*]}"
    return
  fi
  mapfile -t missing < <(hone_missing_packages)
  [ "${#missing[@]}" != 0 ] || return 0

  if [ "$(id -u)" != 0 ]; then
    # Asks for a password only where somebody can type it.
    if ! command -v sudo >/dev/null ||
      ! { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
      hone_say "packages are missing and you cannot become root by sudo; let root run:"
      printf '  apt-get update && apt-get install --no-install-recommends %s\n' \
        "${missing[*]}" >&2
      return 1
    fi
  fi
  hone_say "missing: ${missing[*]}"
  # Fresh lists first: those of an image are stale, or were deleted.
  hone_step "reading the package lists" "$log" hone_apt_get update || return
  hone_has_candidate clang-22 || hone_explain_security_suite || return
  if ! hone_step "installing ${#missing[@]} packages and what they need" "$log" \
    hone_apt_get install --no-install-recommends "${missing[@]}"; then
    # A mirror may have moved on between the two commands.
    hone_step "reading the package lists again" "$log" hone_apt_get update || return
    hone_step "installing once more" "$log" \
      hone_apt_get install --no-install-recommends "${missing[@]}" || return
  fi
  summary=$(sed -n -e 's/^Need to get \(.*\) of archives\.$/\1 downloaded/p' \
    -e 's/^After this operation, \(.*\) of additional.*$/\1 of disk/p' "$log" |
    paste -sd, | sed 's/,/, /g')
  [ -z "$summary" ] || hone_say "  $summary"
}

# --- Python -----------------------------------------------------------------

# The interpreter itself, not a version manager's shim of the same name: CMake
# and the virtual environment must agree on it.
hone_find_python() {
  local python
  for python in /usr/bin/python3 python3; do
    HONE_PYTHON=$("$python" -c 'import sys, venv, ensurepip
if sys.version_info >= (3, 11): print(sys.executable)' 2>/dev/null)
    [ -z "$HONE_PYTHON" ] || return 0
  done
  hone_fail "no Python 3.11 or newer with venv and ensurepip was found"
}

hone_make_venv() {
  local wanted=$HONE_ROOT/tools/requirements.txt stamp=$HONE_VENV/hone.stamp key
  key="$HONE_PYTHON $HONE_VENV $(cksum <"$wanted")"
  if [ -x "$HONE_VENV/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$key" ]; then
    return 0
  fi
  hone_step "making the virtual environment" "$HONE_LOGS/venv.log" \
    "$HONE_PYTHON" -m venv --clear "$HONE_VENV" || return
  hone_step "installing the tests' Python packages" "$HONE_LOGS/pip.log" \
    hone_pip_install -r "$wanted" || return
  echo "$key" >"$stamp"
}

# pip with the user's and the system's own settings (index, certificates).
hone_pip_install() {
  local pip=("$HONE_VENV/bin/python" -m pip install --disable-pip-version-check
    --no-input --progress-bar off --no-deps)
  "${pip[@]}" "$@" || { sleep 5 && "${pip[@]}" "$@"; }
}

# --- Everything -------------------------------------------------------------

# Processes that fit: a file of ours that includes LLVM takes up to 1 GB.
hone_count_jobs() {
  local processors memory
  processors=$(nproc 2>/dev/null || echo 2)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null)
  [ "${memory:-0}" -ge 1 ] || memory=1
  echo $((processors < memory ? processors : memory))
}

hone_setup() {
  mkdir -p "$HONE_LOGS" 2>/dev/null && [ -w "$HONE_LOGS" ] ||
    hone_fail "cannot write to $HONE_LOGS: was build/ made by another user?" ||
    return
  hone_install_packages || return
  hone_find_python || return
  hone_make_venv || return
  HONE_JOBS=${HONE_JOBS:-$(hone_count_jobs)}
  # Nothing below may depend on the user's home or be seen by later users.
  export CCACHE_DIR=${CCACHE_DIR:-$HONE_ROOT/build/ccache}
  export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
  export HONE_PYTHON HONE_VENV HONE_JOBS
}

# hone_configure PRESET
hone_configure() {
  hone_step "configuring ($1)" "$HONE_LOGS/configure-$1.log" \
    cmake --preset "$1" "-DPython3_EXECUTABLE=$HONE_PYTHON"
}

# hone_build PRESET [TARGET…]
hone_build() {
  local preset=$1
  shift
  [ $# = 0 ] || set -- --target "$@"
  NINJA_STATUS='[%f/%t] ' hone_step "building ($preset)" \
    "$HONE_LOGS/build-$preset.log" \
    cmake --build --preset "$preset" --parallel "$HONE_JOBS" "$@"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -uo pipefail
  cd "$HONE_ROOT" && hone_setup && hone_say "ready (${SECONDS} s)"
fi
