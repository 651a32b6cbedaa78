#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Rewrites the goldens: the .expected files beside tests in tests/golden.

    tools/update_golden.py                      all that differ
    tools/update_golden.py cli/help.test …      only these tests
    tools/update_golden.py --check              change nothing; 1 if any differs
    tools/update_golden.py --build build/dev    with another build's hone

A whole-output golden is a RUN line of this form, alone or with `&&` before it:

    RUN: %hone help opt | diff %S/help_opt.expected -

This program runs the part before `| diff`, as lit would, and writes what it
prints to the file. Other RUN lines of the test are run in their order too,
because a golden may depend on what they make. Read the resulting `git diff`
before committing it: whatever it says becomes what is right.
"""

import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests/golden"
RUN = re.compile(r"\bRUN:[ \t]*(.*)")
DIFF = re.compile(r"^(?P<command>.*?)\s*\|\s*diff\s+(?:-\S+\s+)*(?P<file>\S+)\s+-\s*$", re.S)
SUFFIXES = (".test", ".c", ".ll")


def run_lines(text):
    """The commands of a test; a line that ends in a backslash goes on."""
    commands, pending = [], ""
    for match in RUN.finditer(text):
        pending += match.group(1).rstrip()
        if pending.endswith("\\"):
            pending = pending[:-1] + " "
        else:
            commands.append(pending)
            pending = ""
    if pending:
        raise ValueError("the last RUN line ends in a backslash")
    return commands


def substitutions(test, build, scratch):
    """lit.cfg.py's, and lit's own that a golden may use."""
    return {
        "%FileCheck": shutil.which("FileCheck-22") or "FileCheck-22",
        "%clang": shutil.which("clang-22") or "clang-22",
        "%examples": str(ROOT / "examples"),
        "%hone": str(build / "bin/hone"),
        "%s": str(test),
        "%S": str(test.parent),
        "%t": str(scratch / (test.name + ".tmp")),
        "%T": str(scratch),
    }


def substitute(command, table):
    names = sorted(table, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, names)))
    return pattern.sub(lambda match: table[match.group(0)], command)


def new_goldens(test, build):
    """Yields (file, its new bytes) for the goldens of a test."""
    commands = run_lines(test.read_text(encoding="utf-8"))
    if not any(DIFF.match(command) for command in commands):
        return
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        table = substitutions(test, build, scratch)
        # lit's shell has `not`; Debian calls the program not-22.
        (scratch / "bin").mkdir()
        (scratch / "bin/not").symlink_to(shutil.which("not-22") or "/bin/false")
        environment = {
            **os.environ,
            "PATH": f"{scratch}/bin:{os.environ['PATH']}",
            "HOME": folder,
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            **{f"XDG_{kind}_HOME": folder for kind in ("DATA", "CACHE", "CONFIG")},
        }
        for command in commands:
            golden = DIFF.match(command)
            shell = substitute(golden["command"] if golden else command, table)
            result = subprocess.run(
                ["bash", "-o", "pipefail", "-c", shell],
                cwd=scratch,
                env=environment,
                stdout=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                timeout=300,
            )
            if result.returncode != 0:
                raise ValueError(f"status {result.returncode} from: {shell}")
            if golden:
                # As a word, in case somebody quoted it.
                name = shlex.split(substitute(golden["file"], table))[0]
                yield pathlib.Path(name), result.stdout


def find_tests(names):
    if names:
        return [path if path.is_file() else GOLDEN / path for path in names]
    found = (p for p in GOLDEN.rglob("*") if p.suffix in SUFFIXES)
    return sorted(p for p in found if "inputs" not in p.relative_to(GOLDEN).parts)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tests", nargs="*", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)

    changed = failed = 0
    for test in find_tests(options.tests):
        try:
            for path, new in new_goldens(test.resolve(), options.build.resolve()):
                if path.is_file() and path.read_bytes() == new:
                    continue
                changed += 1
                print(f"{'differs' if options.check else 'rewritten'}: {path}")
                if not options.check:
                    path.write_bytes(new)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            failed += 1
            print(f"{test}: {error}", file=sys.stderr)
    return 2 if failed else 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
