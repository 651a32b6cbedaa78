#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Run time of programs built from Hone's objects, against clang -Oz.

    run_time.py --hone build/release/bin/hone [--budget 12] [--repeats 21]

bzip2, lua5.4 and the zstd tool are built whole from Hone's objects and from
stock ones. Runs are interleaved in a new random order each round, and CPU
(user) time is what counts, because it bears other load on the machine better
than wall time does. A round gives one ratio; the table has the median of the
rounds with a 95 % bootstrap interval, and the ratio of the fastest runs. The
outputs must be equal.

With --instructions, valgrind counts the instructions of one run each of a
shorter workload: they repeat within half a per cent on any machine, and are
not time.

The exit code is 1 where a median is above --limit.
"""

import argparse
import pathlib
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hone_objects  # noqa: E402
import objects  # noqa: E402

PACKAGES = ("bzip2", "lua5.4", "libzstd")


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--packages", default=",".join(PACKAGES))
    p.add_argument("--budget", type=int, default=12)
    p.add_argument("--repeats", type=int, default=21)
    p.add_argument("--limit", type=float, default=1.1)
    p.add_argument("--instructions", action="store_true")
    p.add_argument("--hone", default="build/release/bin/hone")
    p.add_argument("--dest", default=str(objects.DEFAULT_DEST))
    p.add_argument("--objects", default="build/bench/programs",
                   help="where Hone's objects are made, and reused")
    return p.parse_args()


def user_seconds(package, program, work):
    """(user time of the workload, its output)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    output = objects.run_program(package, program, work)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, output


def bootstrap(ratios, rounds=2000, seed=1):
    """95 % interval of the median."""
    draw = random.Random(seed)
    medians = sorted(
        statistics.median(draw.choices(ratios, k=len(ratios)))
        for _ in range(rounds))
    return medians[int(0.025 * rounds)], medians[int(0.975 * rounds) - 1]


def shorten(package, work):
    """A workload that valgrind runs in seconds."""
    if package == "lua5.4":
        script = work / "workload.lua"
        text = script.read_text()
        for whole, part in (("500000", "8000"), ("fib(33)", "fib(19)"),
                            ("200000", "3000")):
            text = text.replace(whole, part)
        script.write_text(text)
    else:
        path = work / "input"
        path.write_bytes(path.read_bytes()[:200_000])


def count_instructions(package, program, work):
    """Of one run, with what it starts."""
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log"
        wrapper = pathlib.Path(folder) / "program"
        wrapper.write_text(
            "#!/bin/sh\nexec valgrind --tool=cachegrind --cache-sim=no "
            f"--cachegrind-out-file=/dev/null --log-file={log}.%p "
            f"{pathlib.Path(program).resolve()} \"$@\"\n")
        wrapper.chmod(0o755)
        objects.run_program(package, wrapper, work)
        return sum(
            int(re.search(r"I\s+refs:\s+([\d,]+)", text)[1].replace(",", ""))
            for text in (p.read_text() for p in log.parent.glob("log.*")))


def main():
    args = arguments()
    slow = False
    print("| program | bytes of program, stock | Hone | change | time ratio, "
          "median | 95 % | of the fastest runs |"
          + (" instructions |" if args.instructions else ""))
    print("|---|---:|---:|---:|---:|---|---:|"
          + ("---:|" if args.instructions else ""))
    for package in args.packages.split(","):
        folder = pathlib.Path(args.objects) / f"{package}-{args.budget}"
        hone_objects.make(package, folder, args.hone, args.dest, args.budget)
        with tempfile.TemporaryDirectory() as scratch:
            work = pathlib.Path(scratch) / "work"
            objects.prepare_workload(package, work)
            programs = {"stock": pathlib.Path(scratch) / "stock",
                        "hone": pathlib.Path(scratch) / "hone"}
            objects.build_program(package, programs["stock"], None, args.dest)
            objects.build_program(package, programs["hone"], folder, args.dest)
            times = {"stock": [], "hone": []}
            outputs = set()
            for turn in range(args.repeats):
                order = list(programs)
                random.Random(turn).shuffle(order)
                for which in order:
                    seconds, output = user_seconds(package, programs[which],
                                                   work)
                    times[which].append(seconds)
                    outputs.add(output)
            if len(outputs) != 1:
                raise RuntimeError(f"{package}: the outputs differ")
            ratios = [h / s for h, s in zip(times["hone"], times["stock"])]
            low, high = bootstrap(ratios)
            median = statistics.median(ratios)
            slow |= median > args.limit
            sizes = []
            for which in ("stock", "hone"):
                stripped = pathlib.Path(scratch) / f"{which}.stripped"
                subprocess.run(["strip", "-o", stripped, programs[which]],
                               check=True)
                sizes.append(stripped.stat().st_size)
            line = (f"| {package} | {sizes[0]:,} | {sizes[1]:,} | "
                    f"{100 * (sizes[1] / sizes[0] - 1):+.1f} % | "
                    f"{median:.3f} | {low:.3f} to {high:.3f} | "
                    f"{min(times['hone']) / min(times['stock']):.3f} |")
            if args.instructions:
                shorten(package, work)
                counts = [count_instructions(package, programs[which], work)
                          for which in ("stock", "hone")]
                line += f" {counts[1] / counts[0]:.3f} |"
            print(line, flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
