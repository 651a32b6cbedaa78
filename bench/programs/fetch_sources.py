#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fetches the Debian sources that the size benchmarks compile.

    fetch_sources.py [--dest DIR] [--list eval|tune] [--only PKG ...]

Each package of objects.json ends up unpacked and prepared in DIR/PKG/src, with
its flags in DIR/PKG/flags.txt, a line each.
Packages that are there already are left alone, so running twice is safe.

apt-get does the fetching, with a private configuration: its own deb-src
lines, lists, cache and state below DIR/.apt. The mirrors are those that this
machine already uses; nothing of the system's apt is changed and no root is
needed.

Exit codes: 0 all there, 1 a package failed, 2 no network, no mirror or wrong
usage.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
STAMP = ".prepared"
FLAGS = "flags.txt"


class NoNetwork(Exception):
    """No mirror is configured, or none answered."""


# ---------------------------------------------------------------- mirrors


def codename():
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.split("=", 1)[1].strip().strip('"')
    raise NoNetwork("/etc/os-release names no VERSION_CODENAME; "
                    "run this on Debian")


def parse_one_line(text):
    """Yields (uri, suite, components, options) of a *.list file."""
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        match = re.match(r"deb(?:-src)?\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)(.*)$",
                         line)
        if match:
            options, uri, suite, components = match.groups()
            yield uri, suite, components.split(), (options or "").strip()


def parse_deb822(text):
    """Yields (uri, suite, components, options) of a *.sources file."""
    for stanza in re.split(r"\n\s*\n", text):
        fields, last = {}, None
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace() and last:
                fields[last] += " " + line.strip()
            elif ":" in line:
                last, value = line.split(":", 1)
                last = last.lower()
                fields[last] = value.strip()
        if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        signed_by = fields.get("signed-by", "")
        options = f"[signed-by={signed_by}]" if "/" in signed_by else ""
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield uri, suite, fields.get("components", "").split(), options


def configured_mirrors():
    """The Debian mirrors of this machine: [(suite, deb-src line)]."""
    release = codename()
    etc = pathlib.Path("/etc/apt")
    files = [etc / "sources.list"]
    files += sorted((etc / "sources.list.d").glob("*.list"))
    files += sorted((etc / "sources.list.d").glob("*.sources"))
    lines = []
    for path in files:
        if not path.is_file():
            continue
        parse = parse_deb822 if path.suffix == ".sources" else parse_one_line
        for uri, suite, components, options in parse(path.read_text()):
            # Third-party archives have other suites ("nodistro", …).
            if suite.split("-")[0] != release or "main" not in components:
                continue
            line = " ".join(f"deb-src {options} {uri} {suite} main".split())
            if (suite, line) not in lines:
                lines.append((suite, line))
    if not lines:
        raise NoNetwork(f"no mirror with the suite '{release}' is configured "
                        "in /etc/apt; add one and run again")
    return release, lines


# ---------------------------------------------------------------- apt


class Apt:
    """apt-get with lists, cache and state of its own below `root`."""

    def __init__(self, root):
        self.root = root
        for name in ("lists/partial", "cache/archives/partial", "state"):
            (root / name).mkdir(parents=True, exist_ok=True)
        (root / "status").touch()
        self.config = root / "apt.conf"
        # Read after the system's files: keeps its proxies and keys, drops its
        # hooks, which clean directories that are not ours.
        self.config.write_text(
            "#clear APT::Update::Post-Invoke;\n"
            "#clear APT::Update::Post-Invoke-Success;\n"
            "#clear APT::Update::Pre-Invoke;\n"
            "#clear DPkg::Post-Invoke;\n"
            f'Dir::Etc::SourceList "{root}/sources.list";\n'
            'Dir::Etc::SourceParts "/dev/null";\n'
            f'Dir::State "{root}/state";\n'
            f'Dir::State::Lists "{root}/lists";\n'
            f'Dir::State::status "{root}/status";\n'
            f'Dir::Cache "{root}/cache";\n'
            'Dir::Log "/dev/null";\n'
            'APT::Sandbox::User "";\n'
            'Acquire::Languages "none";\n'
            'Acquire::Retries "1";\n'
            'Acquire::http::Timeout "30";\n')

    def run(self, *arguments, cwd=None):
        return subprocess.run(
            ["apt-get", "-qq", "-c", str(self.config), *arguments],
            cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)

    def update(self, lines):
        (self.root / "sources.list").write_text("\n".join(lines) + "\n")
        for _ in range(2):
            last = self.run("update", "--error-on=any")
            if last.returncode == 0:
                return None
        return last.stdout.strip()

    def source(self, package, into):
        for _ in range(2):
            last = self.run("source", "--download-only", "--only-source",
                            package, cwd=into)
            if last.returncode == 0:
                return None
        return last.stdout.strip()


class Fetcher:
    """Downloads source packages; updates the lists once, when needed."""

    def __init__(self, dest):
        self.dest = dest
        self.apt = None
        self.on_main_suite = False

    def use_suites(self, main_only):
        release, mirrors = configured_mirrors()
        lines = [line for suite, line in mirrors
                 if suite == release or not main_only]
        self.on_main_suite = main_only
        return self.apt.update(lines)

    def start(self):
        print("reading the mirrors' source lists …", flush=True)
        self.apt = Apt(self.dest / ".apt")
        # The security suite's sources may be missing: then the main suite's.
        problem = self.use_suites(main_only=False)
        if problem:
            problem = self.use_suites(main_only=True)
        if problem:
            raise NoNetwork("no mirror could be read; is there a network?\n" +
                            problem)

    def download(self, package, into):
        if self.apt is None:
            self.start()
        problem = self.apt.source(package, into)
        if problem and not self.on_main_suite:
            if not self.use_suites(main_only=True):
                problem = self.apt.source(package, into)
        return problem


# ---------------------------------------------------------------- packages


def prepare(recipe, src):
    """Does what `configure` would do, from the table in objects.json."""
    for target, text in recipe.get("write", {}).items():
        (src / target).parent.mkdir(parents=True, exist_ok=True)
        (src / target).write_text(text)
    for origin, target in recipe.get("copy", []):
        shutil.copyfile(src / origin, src / target)
    for command in recipe.get("run", []):
        done = subprocess.run(command, cwd=src, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, shell=True, check=False)
        if done.returncode:
            return f"`{command}` failed:\n{done.stdout[-2000:]}"
    return None


def fetch(name, recipe, fetcher):
    """Returns None, or what went wrong."""
    home = fetcher.dest / name
    src = home / "src"
    home.mkdir(parents=True, exist_ok=True)
    # For benchmarks named debian://PKG/…, which do not know our tables.
    (home / FLAGS).write_text("".join(f"{flag}\n" for flag in recipe["flags"]))
    if (home / STAMP).exists():
        print(f"{name}: there already")
        return None
    dsc = sorted(home.glob("*.dsc"))
    if not dsc:
        print(f"{name}: downloading …", flush=True)
        problem = fetcher.download(name, home)
        dsc = sorted(home.glob("*.dsc"))
        if problem or not dsc:
            return problem or "apt-get brought no .dsc file"
    print(f"{name}: unpacking {dsc[-1].name} …", flush=True)
    shutil.rmtree(src, ignore_errors=True)
    done = subprocess.run(
        ["dpkg-source", "--no-check", "-x", dsc[-1].name, "src"], cwd=home,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False)
    if done.returncode:
        for leftover in home.glob("*"):
            if leftover.is_file() and leftover.name != FLAGS:
                leftover.unlink()
        return done.stdout.strip()
    problem = prepare(recipe, src)
    if problem is None:
        (home / STAMP).write_text(dsc[-1].name + "\n")
    return problem


def main():
    parser = argparse.ArgumentParser(
        description="Fetches the Debian sources of the size benchmarks.")
    parser.add_argument("--dest", type=pathlib.Path,
                        default=pathlib.Path("build/programs"),
                        help="where the sources go (default: build/programs)")
    parser.add_argument("--only", action="append", metavar="PKG",
                        help="fetch this package only; may be repeated")
    parser.add_argument("--list", choices=("eval", "tune"),
                        help="fetch one of the two lists only")
    arguments = parser.parse_args()
    packages = json.loads((HERE / "objects.json").read_text())["packages"]
    unknown = sorted(set(arguments.only or ()) - set(packages))
    if unknown:
        parser.error(f"unknown package {', '.join(unknown)}; known: "
                     f"{', '.join(sorted(packages))}")
    wanted = [name for name, recipe in packages.items()
              if (not arguments.only or name in arguments.only)
              and arguments.list in (None, recipe["list"])]
    for tool in ("apt-get", "dpkg-source"):
        if not shutil.which(tool):
            print(f"fetch_sources: {tool} is missing; on Debian: "
                  "apt-get install dpkg-dev", file=sys.stderr)
            return 2
    dest = arguments.dest.resolve()
    dest.mkdir(parents=True, exist_ok=True)
    fetcher = Fetcher(dest)
    failed = []
    try:
        for name in wanted:
            problem = fetch(name, packages[name], fetcher)
            if problem:
                failed.append(name)
                print(f"{name}: FAILED: {problem}", file=sys.stderr)
    except NoNetwork as problem:
        print(f"fetch_sources: {problem}", file=sys.stderr)
        return 2
    print(f"{len(wanted) - len(failed)} of {len(wanted)} packages in {dest}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
