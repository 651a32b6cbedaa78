#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A native batch of environments on two cores beside the same on one.

    PYTHONPATH=build/release/python bench/env/two_cores.py [--envs 8] [--rounds 7]

`gymnasium.make_vec` steps generated programs by random passes, the same ones
with both, for so many steps a round; only the processors that this process and
its workers may use differ. Rounds alternate. The machine has to be idle.
"""

import argparse
import os
import statistics
import time

import gymnasium
import hone  # noqa: F401: registers the environments
import numpy as np

STEPS = 60


class Batch:
    def __init__(self, cores, count):
        self.cores = cores
        os.sched_setaffinity(0, cores)  # workers inherit it
        programs = [f"generator://hone/{seed}" for seed in range(count)]
        self.envs = gymnasium.make_vec("hone/llvm-ic-v0", num_envs=count, benchmark=programs)
        self.envs.reset(seed=1)

    def steps_a_second(self, actions):
        """Also the rewards, which have to be the same on any number of cores."""
        os.sched_setaffinity(0, self.cores)
        self.envs.reset(seed=1)
        start = time.perf_counter()
        rewards = [self.envs.step(row)[1] for row in actions]
        return actions.size / (time.perf_counter() - start), np.array(rewards)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--envs", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    all_cores = sorted(os.sched_getaffinity(0))
    if len(all_cores) < 2:
        raise SystemExit("two processors are needed")
    batches = [Batch(set(all_cores[:n]), options.envs) for n in (1, 2)]
    space = batches[0].envs.single_action_space
    random = np.random.default_rng(1)
    speeds = [[], []]
    for _ in range(options.rounds):
        # New actions each round: what a worker has met before costs it nothing.
        actions = random.integers(space.n, size=(STEPS, options.envs))
        seen = []
        for batch, own in zip(batches, speeds):
            speed, rewards = batch.steps_a_second(actions)
            own.append(speed)
            seen.append(rewards)
        if not np.array_equal(*seen):
            raise SystemExit("the rewards differ")
    ratios = [two / one for one, two in zip(*speeds)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    print("| steps a second, one core | two cores | ratio | quartiles |\n|---:|---:|---:|---:|")
    one, two = (statistics.median(own) for own in speeds)
    print(f"| {one:,.0f} | {two:,.0f} | {middle:.2f} | {low:.2f}–{high:.2f} |")


if __name__ == "__main__":
    main()
