#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The times of the lesson in examples/loops, as the table at its end.

    taskset -c 0 bench/tensor/lesson_times.py [--write] [--rounds 31]

Each form of the convolution is compiled, compared with the default tree, and
timed, in processor time; medians and quartiles, and the share of the peak of one
core, measured between them. --write puts the table into the lesson.
"""

import argparse
import datetime
import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
LESSON = ROOT / "examples/loops/README.md"
FORMS = [
    ("as it is", []),
    ("vectors", ["--script", "vector.script"]),
    ("a tile of 14 pixels", ["--script", "tile.script"]),
    ("and 2 blocks of channels", ["--script", "blocks.script"]),
    ("chosen", ["--choose"]),
]


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    return re.search(r"model name\s*: (.*)", text).group(1).strip()


def row(name, options, rounds):
    command = [ROOT / "build/release/bin/hone", "loops", "convolution.loops"]
    command += [*options, "--json", "--rounds", str(rounds)]
    out = subprocess.run(
        command, cwd=LESSON.parent, capture_output=True, text=True, check=True
    )
    t = json.loads(out.stdout)["times"]
    low, high = t["seconds_quartiles"]
    return (
        f"| {name} | {1e3 * t['seconds']:.3f} ({1e3 * low:.3f} to {1e3 * high:.3f}) "
        f"| {t['gflops']:.1f} | {100 * t['gflops'] / t['peak_gflops']:.0f} % |"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rounds", type=int, default=31)
    given = parser.parse_args()
    lines = ["| form | ms (quartiles) | GFLOP/s | of the peak |", "|---|---:|---:|---:|"]
    for name, options in FORMS:
        rounds = 3 if not options else given.rounds
        lines.append(row(name, options, rounds))
    today = datetime.date.today().isoformat()
    lines.append("")
    lines.append(f"{processor()}, one thread, {today}.")
    table = "\n".join(lines)
    print(table)
    if given.write:
        text = LESSON.read_text(encoding="utf-8")
        start = text.index("| form ")
        LESSON.write_text(text[:start] + table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
