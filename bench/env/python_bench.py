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

REPEATS = 4001


def main():
    words = sys.argv[1:]
    if not words or words[0] == "--":
        sys.exit(__doc__)
    flags = words[words.index("--") + 1 :] if "--" in words else []
    settings = {"benchmark": hone.benchmark(words[0], flags), "reward": "ir-instructions"}
    envs = {
        "hone.CompilerEnv, reward": hone.CompilerEnv(observation=None, **settings),
        "hone.CompilerEnv, reward and autophase": hone.CompilerEnv(**settings),
        "gymnasium.make, reward and autophase": gymnasium.make(
            "hone/llvm-ic-v0", max_episode_steps=10**9, **settings
        ),
    }
    action = next(iter(envs.values())).actions.index("function(sroa<modify-cfg>)")
    for env in envs.values():
        env.reset()
        env.step(action)
    times = {name: [] for name in envs}
    for _ in range(REPEATS):
        for name, env in envs.items():
            begin = time.perf_counter_ns()
            env.step(action)
            times[name].append((time.perf_counter_ns() - begin) / 1000)
    print("| step from Python | us median | us 99 % |\n|---|---:|---:|")
    for name, values in times.items():
        values.sort()
        print(f"| {name} | {statistics.median(values):.1f} | {values[len(values) * 99 // 100]:.1f} |")


if __name__ == "__main__":
    main()
