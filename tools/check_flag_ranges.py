#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tries the ends of every range in src/env/flag_ranges.def with the installed
gcc, or proposes rows for the parameters that have none.

gcc prints no range for most of its parameters, and takes values that crash it
or never end. The table has ranges of our own: both ends compile a program at
-O2 and -O3.

    tools/check_flag_ranges.py            exit code 1 where an end fails
    tools/check_flag_ranges.py --propose  prints the table anew
"""

import argparse
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "src/env/flag_ranges.def"
PROGRAM = ROOT / "examples/programs/deflate/inflate.c"
ROW = re.compile(r'HONE_FLAG_RANGE\("([^"]+)", (\d+), (\d+)\)')
# What checks programs at run time, analyses them or profiles them.
LEFT_OUT = ("analyzer-", "asan-", "hwasan-", "tsan-", "ggc-", "lto-", "parloops-", "profile-")


def run(argv: list[str], seconds: int = 20) -> subprocess.CompletedProcess[str] | None:
    """With a limit on CPU time; a busy machine is no property of a value."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    try:
        return subprocess.run(
            argv, capture_output=True, text=True, timeout=30 * seconds, preexec_fn=limit
        )
    except subprocess.TimeoutExpired:
        return None


def parameters(gcc: str) -> dict[str, int]:
    """Those without a range, with what they are at -O2."""
    done = run([gcc, "-O2", "-Q", "--help=params"])
    assert done is not None
    found = {}
    for line in done.stdout.splitlines():
        match = re.match(r"\s+--param=([\w-]+)=\s+(\d+)\s*$", line)
        if match and not match[1].startswith(LEFT_OUT):
            found[match[1]] = int(match[2])
    return found


def compiles(gcc: str, name: str, value: int, folder: str, levels: tuple[str, ...]) -> bool:
    for level in levels:
        argv = [gcc, level, "-w", f"--param={name}={value}", "-c", str(PROGRAM)]
        done = run([*argv, "-o", f"{folder}/out.o"])
        if done is None or done.returncode != 0:
            return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--gcc", default="gcc")
    parser.add_argument("--propose", action="store_true")
    arguments = parser.parse_args()
    found = parameters(arguments.gcc)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        if arguments.propose:
            for name, default in sorted(found.items()):
                high = max(8, 1 << (4 * default - 1).bit_length() if default else 8)
                while high > 1 and not compiles(arguments.gcc, name, high, folder, ("-O3",)):
                    high //= 2
                low = 0 if compiles(arguments.gcc, name, 0, folder, ("-O3",)) else 1
                print(f'HONE_FLAG_RANGE("{name}", {low}, {high})', flush=True)
            return 0
        rows = ROW.findall(TABLE.read_text())
        for name, low, high in rows:
            if name not in found:
                print(f"{name}: this gcc has no such parameter, or a range of its own")
                continue
            for end in (int(low), int(high)):
                if not compiles(arguments.gcc, name, end, folder, ("-O2", "-O3")):
                    print(f"{name}={end} does not compile {PROGRAM.name}")
                    failed += 1
        missing = sorted(set(found) - {name for name, _, _ in rows})
        print(f"{len(rows)} rows, {failed} ends fail; without a row: {', '.join(missing) or 'none'}")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
