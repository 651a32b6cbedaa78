#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tries the ends of every range in src/env/flag_ranges.def with the installed
gcc, or proposes rows for the parameters that have none.

gcc prints no range for most of its parameters, and takes values that crash it
or never end. The table has ranges of our own: both ends compile three programs
at -O2 and -O3, in 20 s of CPU time. An end that fails is halved, or raised by
one, until it compiles; the row to put in its place is printed.

    tools/check_flag_ranges.py [--log FILE]   exit code 1 where an end fails;
                                              goes on where FILE ends
    tools/check_flag_ranges.py --propose      prints the table anew
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "src/env/flag_ranges.def"
# Loops over bytes; one large switch; classes, templates and floating point.
PROGRAMS = ("deflate/inflate.c", "interpreter/vm.c", "raytracer/scene.cpp")
LEVELS = ("-O2", "-O3")
ROW = re.compile(r'HONE_FLAG_RANGE\("([^"]+)", (\d+), (\d+)\)')
# What checks programs at run time, analyses them or profiles them.
LEFT_OUT = ("analyzer-", "asan-", "hwasan-", "tsan-", "ggc-", "lto-", "parloops-", "profile-")


def run(argv: list[str], seconds: int = 20) -> subprocess.CompletedProcess[str] | None:
    """With a limit on CPU time; a busy machine is no property of a value."""
    limited = ["prlimit", f"--cpu={seconds}", *argv]
    try:
        return subprocess.run(limited, capture_output=True, text=True, timeout=60 * seconds)
    except subprocess.TimeoutExpired:
        return None


class Parameters:
    """What gcc says of them: how many there are, and those without a range
    with their values at -O2."""

    def __init__(self, gcc: str) -> None:
        done = run([gcc, "-O2", "-Q", "--help=params"])
        assert done is not None
        lines = [line for line in done.stdout.splitlines() if "--param=" in line]
        self.count = len(lines)
        self.ranged = self.left_out = 0
        self.values: dict[str, int] = {}
        for line in lines:
            name = re.match(r"\s+--param=([\w-]+)", line)
            value = re.match(r"\s+--param=[\w-]+=\s+(\d+)\s*$", line)
            if "<" in line or "[" in line:
                self.ranged += 1
            elif value is None or name[1].startswith(LEFT_OUT):
                self.left_out += 1
            else:
                self.values[name[1]] = int(value[1])


class Trials:
    """Compiles, and remembers in a file, so that a run of an hour may be ended."""

    def __init__(self, gcc: str, log: pathlib.Path | None) -> None:
        self.gcc, self.log = gcc, log
        self.known: dict[str, bool] = {}
        self.compiles = 0
        self.lock = threading.Lock()
        if log and log.exists():
            for line in log.read_text().splitlines():
                self.known.update(json.loads(line))

    def compiles_all(self, name: str, value: int) -> bool:
        return all(
            self.one(name, value, program, level) for program in PROGRAMS for level in LEVELS
        )

    def one(self, name: str, value: int, program: str, level: str) -> bool:
        key = f"{name}={value} {program} {level}"
        if key not in self.known:
            source = ROOT / "examples/programs" / program
            argv = [self.gcc, level, "-w", f"--param={name}={value}", "-c", str(source)]
            argv += ["-std=c++20"] if program.endswith(".cpp") else []
            with tempfile.TemporaryDirectory() as folder:
                done = run([*argv, "-o", f"{folder}/out.o"])
            with self.lock:
                self.known[key] = done is not None and done.returncode == 0
                self.compiles += 1
                if self.log:
                    with self.log.open("a") as log:
                        log.write(json.dumps({key: self.known[key]}) + "\n")
        return self.known[key]

    def highest(self, name: str, high: int) -> int:
        while high > 1 and not self.compiles_all(name, high):
            high //= 2
        return high

    def lowest(self, name: str, low: int, high: int) -> int:
        while low < high and not self.compiles_all(name, low):
            low += 1
        return low


def row(name: str, low: int, high: int) -> str:
    return f'HONE_FLAG_RANGE("{name}", {low}, {high})'


def check(trials: Trials, found: Parameters, jobs: int) -> int:
    rows = [(name, int(low), int(high)) for name, low, high in ROW.findall(TABLE.read_text())]

    def holds(one: tuple[str, int, int]) -> bool:
        name, low, high = one
        if name not in found.values:
            print(f"{name}: this gcc has no such parameter, or a range of its own")
            return True
        ends = trials.lowest(name, low, high), trials.highest(name, high)
        if ends != (low, high):
            print(f"{row(*one)} should be {row(name, *ends)}", flush=True)
        return ends == (low, high)

    name, value = next(iter(found.values.items()))
    if not trials.compiles_all(name, value):
        sys.exit(f"check_flag_ranges: {name} at its own value, {value}, does not compile")
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        failed = list(pool.map(holds, rows)).count(False)
    missing = sorted(set(found.values) - {name for name, _, _ in rows})
    print(
        f"{found.count} parameters: {found.ranged} print their values, {found.left_out} are not "
        f"for optimising, {len(rows)} have a row; {failed} rows fail ({trials.compiles} compiles "
        f"of {len(PROGRAMS)} programs); without a row: {', '.join(missing) or 'none'}"
    )
    return 1 if failed or missing else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--gcc", default="gcc")
    parser.add_argument("--log", type=pathlib.Path, help="what was tried, for going on")
    parser.add_argument("--propose", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    found = Parameters(arguments.gcc)
    trials = Trials(arguments.gcc, arguments.log)
    if not arguments.propose:
        return check(trials, found, arguments.jobs)
    for name, value in sorted(found.values.items()):
        high = trials.highest(name, max(8, 1 << (4 * value - 1).bit_length() if value else 8))
        print(row(name, trials.lowest(name, 0, high), high), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
