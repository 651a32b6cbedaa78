#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What Python adds to a step, and what Gymnasium adds to that.

    PYTHONPATH=build/release/python bench/env/python_bench.py FILE.c [-- FLAGS]

The step is one that the worker knows to change nothing, so that the round trip
is all there is; `env_bench` has the same from C++. Several kinds are taken in
turn, so that they meet the same weather. Microseconds, wall clock.
"""

import statistics
import sys
import time

import gymnasium
import hone
import hone.gym

REPEATS = 4001


def main():
    words = sys.argv[1:]
    flags = words[words.index("--") + 1 :] if "--" in words else []
    if not words or words[0] == "--":
        sys.exit(__doc__)
    uri = hone.benchmark_uri(words[0], flags)
    plain = hone.make(reward="ir-instructions")
    seen = hone.make(reward="ir-instructions", observations=["autophase"])
    wrapped = gymnasium.make(
        "hone/llvm-v0", benchmarks=[uri], reward="ir-instructions", max_episode_steps=10**9
    )
    action = plain.actions.index("function(sroa<modify-cfg>)")
    plain.reset(uri)
    seen.reset(uri)
    wrapped.reset()
    kinds = {
        "hone, reward": lambda: plain.step(action),
        "hone, reward and autophase": lambda: seen.step(action),
        "gymnasium.make, reward and autophase": lambda: wrapped.step(action),
    }
    for step in kinds.values():
        step()
    times = {name: [] for name in kinds}
    for _ in range(REPEATS):
        for name, step in kinds.items():
            begin = time.perf_counter_ns()
            step()
            times[name].append((time.perf_counter_ns() - begin) / 1000)
    print("| step from Python | us median | us 99 % |\n|---|---:|---:|")
    for name, values in times.items():
        values.sort()
        print(f"| {name} | {statistics.median(values):.1f} | {values[len(values) * 99 // 100]:.1f} |")


if __name__ == "__main__":
    main()
