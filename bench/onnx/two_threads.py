#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Two threads beside one, in turns of about 40 ms, of Hone and its peers.

    PYTHON bench/onnx/two_threads.py [--work FOLDER] [--only NAME,…] [--rounds N]
        [--hone BIN]

PYTHON is what bench/peers/nets/install.sh prints. Each engine holds the net
twice, once for each number of threads. A round takes a turn of one thread, one
of two and again one of one, so that what the machine does to both of them does
not tell; its ratio is the mean of the outer two over the inner one. Hone's two
have to agree to the bit.
"""

import argparse
import os
import pathlib
import statistics
import time

import engines
from build_nets import NETS
from nets import feeds_of, find_model

MEASURED = "resnet50,squeezenet,inception_v1"
TURN = 0.04  # seconds


def clock_turn(call, count):
    time.sleep(0.02)  # threads of the one before go to sleep
    call()
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


def measure(one, two, rounds, cores):
    """Milliseconds of one thread, and the rounds' ratios."""
    first = {min(cores)}

    def turn(call, where, count):
        os.sched_setaffinity(0, where)
        seconds = clock_turn(call, count)
        os.sched_setaffinity(0, cores)
        return seconds

    count = max(1, round(TURN / clock_turn(one, 3)))
    singles, ratios = [], []
    for _ in range(rounds):
        before = turn(one, first, count)
        inner = turn(two, cores, count)
        after = turn(one, first, count)
        singles += [before, after]
        ratios.append((before + after) / 2 / inner)
    return statistics.median(singles) * 1e3, statistics.quantiles(ratios, n=4)


def line(name, engine, result):
    ms, (low, middle, high) = result
    print(f"| {name} | {engine} | {ms:.3g} | {middle:.2f} | {low:.2f}–{high:.2f} |", flush=True)


def compare(name, options, cores):
    if name not in NETS:
        raise SystemExit(f"no net '{name}'; there are {', '.join(sorted(NETS))}")
    path = find_model(name, options.work, options.work)
    model = engines.folded(path)
    feeds = feeds_of(model, {})
    library = options.work / f"{name}_threads.so"
    library.unlink(missing_ok=True)
    ours = {1: engines.Hone(path, library, {}, 1, ["--cpu", "native"], options.hone)}
    ours[2] = engines.Hone.opened(library, 2)
    makers = {
        "Hone": lambda threads: ours[threads],
        "ONNX Runtime": lambda threads: engines.Runtime(model, threads),
        "OpenVINO": lambda threads: engines.OpenVino(model, {}, threads),
    }
    for engine, make in makers.items():
        held = [make(threads) for threads in (1, 2)]  # a call may not outlive its engine
        calls = [one.prepare(feeds) for one in held]
        if engine == "Hone":
            results = [[array.tobytes() for array in call()] for call in calls]
            if results[0] != results[1]:
                raise SystemExit(f"{name}: two threads compute something else than one")
        line(name, engine, measure(*calls, options.rounds, cores))
    for one in ours.values():
        one.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, default=engines.ROOT / "build/nets")
    parser.add_argument("--only", default=MEASURED)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--hone", type=pathlib.Path)
    options = parser.parse_args()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    cores = set(sorted(os.sched_getaffinity(0))[:2])
    if len(cores) < 2:
        raise SystemExit("two processors are needed")
    os.sched_setaffinity(0, cores)
    print("| net | engine | one thread, ms | two threads | quartiles |\n|---|---|---:|---:|---:|")
    for name in options.only.split(","):
        compare(name, options, cores)


if __name__ == "__main__":
    main()
