# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The fixed lists of objects, and the packages' programs and tests.

    for name, source, flags, cwd in objects.load("eval"): …

compiles as `clang-22 -Oz {flags} -c {source}` in the directory `cwd`. The
sources come from fetch_sources.py. Objects without 512 bytes of code, or of
1 KB of loaded bytes or less, are not in the lists. The packages of "eval" and
"tune" are disjoint: tune on "tune", and use "eval" for measuring only.
"""

import dataclasses
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DEFAULT_DEST = pathlib.Path("build/programs")


def _table():
    return json.loads((HERE / "objects.json").read_text())


def object_name(package, source):
    """`lua5.4`, `src/lvm.c` -> `lua5.4_src_lvm`, unique in both lists."""
    return package + "_" + source.rsplit(".", 1)[0].replace("/", "_")


def load(which, dest=DEFAULT_DEST):
    """Yields (name, source path, flags, cwd) of the list `which`."""
    table = _table()
    for package, source in table[which]:
        cwd = pathlib.Path(dest).resolve() / package / "src"
        if not (cwd / source).is_file():
            raise FileNotFoundError(
                f"{cwd / source} is missing; run "
                f"bench/programs/fetch_sources.py --dest {dest}")
        yield (object_name(package, source), cwd / source,
               list(table["packages"][package]["flags"]), cwd)


# ------------------------------------------------------------ whole programs


@dataclasses.dataclass(frozen=True)
class Program:
    """A program, and a deterministic run of about a second."""
    package: str
    sources: tuple          # relative to PKG/src
    link: tuple             # libraries
    run: str                # shell; $PROGRAM and $WORK are set


_LUA_WORKLOAD = r"""
local seed = 42
local function random(n) seed = (seed * 1103515245 + 12345) % 2147483648
  return seed % n + 1 end
local t, words = {}, {}
for i = 1, 500000 do t[i] = random(1000000) end
table.sort(t)
for i = 1, 500000 do
  local w = string.format("%x-%d", random(4096), i % 97)
  words[w] = (words[w] or 0) + 1
end
local function fib(n) if n < 2 then return n end
  return fib(n - 1) + fib(n - 2) end
local count, text = fib(33), {}
for i = 1, 200000 do text[#text + 1] = ("%d:%s"):format(i, ("x"):rep(i % 7)) end
local joined = table.concat(text, ";")
for a, b in joined:gmatch("(%d+):(x*)") do count = count + #a * #b end
joined = joined:gsub("x+", string.upper)
print(t[1], t[#t], words["fff-1"], count, #joined)
"""

# A text that compresses neither too well nor too badly, the same each time.
_MAKE_INPUT = (
    "python3 -c \"import sys; s = 1; o = []\n"
    "for i in range({words}):\n"
    "    s = s * 1103515245 + 12345 & 0x7fffffff\n"
    "    o.append('w%d' % ((s >> 8) % 5000 * ((s >> 20) % 3)))\n"
    "sys.stdout.write(' '.join(o))\" > \"$WORK/input\"")

PROGRAMS = {
    "bzip2": Program(
        "bzip2",
        ("blocksort.c", "bzip2.c", "bzlib.c", "compress.c", "crctable.c",
         "decompress.c", "huffman.c", "randtable.c"), (),
        '"$PROGRAM" -c -9 "$WORK/input" | "$PROGRAM" -dc | cksum'),
    "lua5.4": Program(
        "lua5.4",
        tuple(f"src/{stem}.c" for stem in (
            "lapi lauxlib lbaselib lcode lcorolib lctype ldblib ldebug ldo "
            "ldump lfunc lgc linit liolib llex lmathlib lmem loadlib lobject "
            "lopcodes loslib lparser lstate lstring lstrlib ltable ltablib "
            "ltm lua lundump lutf8lib lvm lzio").split()), ("-lm", "-ldl"),
        '"$PROGRAM" "$WORK/workload.lua"'),
    "libzstd": Program(
        "libzstd", (), ("-pthread",),
        '"$PROGRAM" -q -c -9 --single-thread "$WORK/input" | '
        '"$PROGRAM" -q -dc | cksum'),
}
_INPUT_WORDS = {"bzip2": 1400000, "libzstd": 4000000}


def program_sources(package, dest=DEFAULT_DEST):
    """The sources of a whole program, relative to PKG/src."""
    if package != "libzstd":
        return list(PROGRAMS[package].sources)
    src = pathlib.Path(dest).resolve() / package / "src"
    folders = ("lib/common", "lib/compress", "lib/decompress",
               "lib/dictBuilder", "programs")
    return [str(path.relative_to(src)) for folder in folders
            for path in sorted((src / folder).glob("*.c"))]


def prepare_workload(package, work):
    """Writes what the run command of `package` reads into `work`."""
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    if package == "lua5.4":
        (work / "workload.lua").write_text(_LUA_WORKLOAD)
    else:
        command = _MAKE_INPUT.replace("{words}", str(_INPUT_WORDS[package]))
        subprocess.run(command, shell=True, check=True,
                       env={"WORK": str(work), "PATH": "/usr/bin:/bin"})


def build_program(package, out, objects_dir=None, dest=DEFAULT_DEST,
                  compiler="clang-22", options=("-Oz",)):
    """Links the program `out`.

    An object `NAME.o` of `objects_dir` (see object_name) replaces its source;
    the rest is compiled with `options`.
    """
    flags = _table()["packages"][package]["flags"]
    src = pathlib.Path(dest).resolve() / package / "src"
    with tempfile.TemporaryDirectory() as scratch:
        files = []
        for source in program_sources(package, dest):
            name = object_name(package, source) + ".o"
            ours = objects_dir and pathlib.Path(objects_dir).resolve() / name
            if not (ours and ours.is_file()):
                ours = pathlib.Path(scratch) / name
                subprocess.run([compiler, *options, "-w", *flags, "-c", source,
                                "-o", ours], cwd=src, check=True)
            files.append(ours)
        subprocess.run([compiler, *files, *PROGRAMS[package].link, "-o", out],
                       check=True)


def run_program(package, program, work):
    """Runs the workload; returns its output, the same for every correct
    build."""
    done = subprocess.run(
        PROGRAMS[package].run, shell=True, check=True, text=True,
        stdout=subprocess.PIPE,
        env={"PROGRAM": str(pathlib.Path(program).resolve()),
             "WORK": str(work), "PATH": "/usr/bin:/bin"})
    return done.stdout


# ------------------------------------------------------------- package tests


def _objects(package, sources, objects_dir, scratch, dest):
    """Our object for each source, else clang's own; absolute paths."""
    flags = _table()["packages"][package]["flags"]
    src = pathlib.Path(dest).resolve() / package / "src"
    files = []
    for source in sources:
        name = object_name(package, source) + ".o"
        ours = pathlib.Path(objects_dir).resolve() / name
        if not ours.is_file():
            ours = scratch / name
            subprocess.run(["clang-22", "-Oz", "-w", *flags, "-c", source,
                            "-o", ours], cwd=src, check=True)
        files.append(str(ours))
    return files


def _run(command, cwd):
    return subprocess.run(command, cwd=cwd, shell=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600)


def run_package_tests(package, objects_dir, dest=DEFAULT_DEST):
    """Runs the test suite of bzip2, cjson, lua5.4 or zlib with our objects.

    Returns (passed, log).
    """
    src = pathlib.Path(dest).resolve() / package / "src"
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        if package == "bzip2":
            program = scratch / "bzip2"
            build_program("bzip2", program, objects_dir, dest)
            # What `make check` does: three samples, there and back.
            done = _run(
                "set -e; for i in 1 2 3; do "
                f"{program} -$i < sample$i.ref > {scratch}/$i.bz2; "
                f"cmp sample$i.bz2 {scratch}/$i.bz2; "
                f"{program} -d < sample$i.bz2 > {scratch}/$i.ref; "
                f"cmp sample$i.ref {scratch}/$i.ref; done", src)
            return done.returncode == 0, done.stdout
        if package == "zlib":
            sources = [p.name for p in sorted(src.glob("*.c"))]
            files = _objects("zlib", sources, objects_dir, scratch, dest)
            flags = " ".join(_table()["packages"]["zlib"]["flags"])
            done = _run(
                "set -e; for test in example minigzip infcover; do "
                f"clang-22 -w {flags} -I. test/$test.c {' '.join(files)} "
                f"-o {scratch}/$test; done; cd {scratch}; ./example; "
                "echo hello world | ./minigzip | ./minigzip -d; ./infcover",
                src)
            return done.returncode == 0, done.stdout
        if package == "cjson":
            files = _objects("cjson", ["cJSON_Utils.c"], objects_dir, scratch,
                             dest)
            ours = _objects("cjson", ["cJSON.c"], objects_dir, scratch, dest)
            # Most unit tests include cJSON.c to reach its static functions;
            # those that use the public interface can take our object.
            done = _run(
                f"cp -r tests cJSON.c cJSON.h cJSON_Utils.h {scratch}; "
                f"cd {scratch}/tests; ran=0; failed=0; "
                "for test in *.c; do case $test in unity_setup.c) continue;; "
                "esac; grep -q 'CJSON_CDECL main(' $test "
                "|| continue; "
                "sed -i 's/#include \"..\\/cJSON.c\"/#include \"..\\/cJSON.h\"/"
                "; s/global_hooks.deallocate/free/' common.h; "
                "clang-22 -w -Dtrue=1 -Dfalse=0 -include stdlib.h "
                "-include string.h -include math.h -I.. "
                "-Iunity/src -Iunity/examples $test "
                f"unity/src/unity.c {' '.join(ours + files)} -lm "
                "-o test.bin 2>/dev/null || continue; "
                "ran=$((ran + 1)); ./test.bin > log 2>&1 "
                "|| { failed=$((failed + 1)); echo FAILED $test; cat log; }; "
                "done; echo $ran ran, $failed failed; "
                "test $ran -ge 5 && test $failed = 0", src)
            return done.returncode == 0, done.stdout
        if package == "lua5.4":
            # Debian ships no test suite; the workload's output stands in.
            ours, theirs = scratch / "ours", scratch / "theirs"
            build_program(package, ours, objects_dir, dest)
            build_program(package, theirs, None, dest)
            prepare_workload(package, scratch)
            same = (run_program(package, ours, scratch) ==
                    run_program(package, theirs, scratch))
            return same, "outputs agree\n" if same else "outputs differ\n"
    raise ValueError(f"no test suite is known for {package}; known: "
                     "bzip2, cjson, lua5.4, zlib")
