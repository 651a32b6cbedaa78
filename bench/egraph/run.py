#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The math benchmark on our engine and on its peers, in one run.

    bench/egraph/run.py --bin build/release/bin --runs 5 \
        --peer egg=FOLDER/release/egg-math --peer egglog=FOLDER/release/egglog-math

A peer is a program that takes a number of iterations and prints the number of
e-nodes first (bench/peers/install.sh builds two). Each round runs every system
once, so that all meet the same machine. Counts are checked before times are
believed. Printed: median and spread of user CPU time, system CPU time and peak
memory of the process, as Markdown.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
NODES = {9: 28303, 10: 136446, 11: 1047896, 12: 15987528}
CLASSES = {9: 12445, 10: 58464, 11: 443832}


def measure(command):
    """(words of the output, user seconds, system seconds, peak KiB)"""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    words = process.stdout.read().split()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]}: exit code {process.returncode}")
    return words, usage.ru_utime, usage.ru_stime, usage.ru_maxrss


def checked(name, words, iterations):
    if int(words[0]) != NODES[iterations]:
        sys.exit(f"{name}: {words[0]} e-nodes, not {NODES[iterations]}")
    if name.startswith("hone") and iterations in CLASSES:
        if int(words[1]) != CLASSES[iterations]:
            sys.exit(f"{name}: {words[1]} classes, not {CLASSES[iterations]}")


def spread(values, digits):
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", default="build/release/bin", help="folder of egraph_bench")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--iterations", type=int, default=11, choices=sorted(NODES))
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PROGRAM")
    args = parser.parse_args()

    ours = [f"{args.bin}/egraph_bench", str(HERE / "math.theory"), str(args.iterations)]
    systems = {
        "hone, rules compiled": ours,
        "hone, rules read at run time": [*ours, "interpreted"],
        "hone, explanations and analyses": [*ours, "explain", "analyse"],
    }
    for peer in args.peer:
        name, _, program = peer.partition("=")
        systems[name] = [program, str(args.iterations)]

    results = {name: [] for name in systems}
    for _ in range(args.runs):
        for name, command in systems.items():
            words, user, system, peak = measure(command)
            checked(name, words, args.iterations)
            results[name].append((user, system, peak / 1024))

    print(f"{args.iterations} iterations, {args.runs} runs; median (least–most)\n")
    print("| engine | user s | user + system s | peak MiB | of ours |")
    print("|---|---|---|---|---|")
    base = statistics.median(u + s for u, s, _ in results["hone, rules compiled"])
    for name, rows in results.items():
        total = [u + s for u, s, _ in rows]
        print(
            f"| {name} | {spread([u for u, _, _ in rows], 3)} | {spread(total, 3)} "
            f"| {spread([p for _, _, p in rows], 0)} | {statistics.median(total) / base:.2f}x |"
        )


if __name__ == "__main__":
    main()
