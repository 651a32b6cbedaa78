#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A native batch of environments on two cores beside the same on one.

    PYTHONPATH=build/release/python bench/env/two_cores.py [--envs 8] [--rounds 5]

`gymnasium.make_vec` steps generated programs by random passes, the same ones on
one core and on two: a process of its own for each measurement, in turn, because
workers inherit the processors of the thread that starts them all. The rewards
have to be the same. The machine has to be idle.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

STEPS = 150


def measure(count, seed):
    """Steps a second, and the sum of the rewards."""
    import gymnasium
    import hone  # noqa: F401: registers the environments
    import numpy as np

    programs = [f"generator://hone/{number}" for number in range(count)]
    envs = gymnasium.make_vec("hone/llvm-ic-v0", num_envs=count, benchmark=programs)
    envs.reset(seed=1)
    actions = np.random.default_rng(seed).integers(envs.single_action_space.n, size=(STEPS, count))
    start = time.perf_counter()
    rewards = [envs.step(row)[1].tolist() for row in actions]
    seconds = time.perf_counter() - start
    envs.close()
    return actions.size / seconds, rewards


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--envs", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.seed is not None:
        print(json.dumps(measure(options.envs, options.seed)))
        return
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("two processors are needed")
    speeds = {1: [], 2: []}
    for seed in range(options.rounds):
        seen = []
        for count, own in speeds.items():
            os.sched_setaffinity(0, set(cores[:count]))
            command = [sys.executable, __file__, "--envs", str(options.envs), "--seed", str(seed)]
            speed, rewards = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            os.sched_setaffinity(0, set(cores))
            own.append(speed)
            seen.append(rewards)
        if seen[0] != seen[1]:
            sys.exit("the rewards differ")
    ratios = [two / one for one, two in zip(speeds[1], speeds[2])]
    low, middle, high = statistics.quantiles(ratios, n=4)
    print("| steps a second, one core | two cores | ratio | quartiles |\n|---:|---:|---:|---:|")
    one, two = (statistics.median(own) for own in speeds.values())
    print(f"| {one:,.0f} | {two:,.0f} | {middle:.2f} | {low:.2f}–{high:.2f} |")


if __name__ == "__main__":
    main()
