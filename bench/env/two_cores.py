#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A native batch of environments on two cores beside the same on one.

    PYTHONPATH=build/release/python bench/env/two_cores.py [--envs 16] [--rounds 5]

`gymnasium.make_vec` steps generated programs by random passes, the same
programs and passes on one core and on two, in four ways:

  together  step(): each step of the batch waits for its slowest environment
  rows      step() with ten actions for each environment in a round trip
  apart     send() and recv(): nobody waits. Six environments are in flight,
            and of those that are not the one that is furthest behind is next,
            so that all end at about the same time
  limit     no batch on two cores: the same batch twice, a process on each core,
            which have nothing to do with each other

Last, what order alone allows step(): each environment's steps are timed alone,
one after the other on one core, and a round then takes its longest step or half
of its sum, whichever is more.

A process of its own for each measurement, in turn, because workers inherit the
processors of the thread that starts them all. Each environment's rewards have
to be the same in every way, and rows of ten their sums. The machine has to be
idle.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

STEPS = 150
ROW = 10
IN_FLIGHT = 6


def together(envs, actions):
    return [envs.step(row)[1].tolist() for row in actions]


def rows(envs, actions):
    parts = [actions[i : i + ROW].T for i in range(0, len(actions), ROW)]
    return [envs.step(part)[1].tolist() for part in parts]


def apart(envs, actions):
    count = actions.shape[1]
    rewards = [[0.0] * count for _ in actions]
    sent = [0] * count
    waiting = set(range(count))
    while True:
        while waiting and envs.in_flight < IN_FLIGHT:
            env = min(waiting, key=lambda one: sent[one])
            waiting.remove(env)
            envs.send(actions[sent[env], env : env + 1], [env])
            sent[env] += 1
        if not envs.in_flight:
            return rewards
        _, reward, _, _, info = envs.recv(1)
        env = int(info["env_id"][0])
        rewards[sent[env] - 1][env] = float(reward[0])
        if sent[env] < len(actions):
            waiting.add(env)


WAYS = {"together": together, "rows": rows, "apart": apart}


def measure(way, count, seed):
    """Steps a second, and the rewards by step and environment."""
    import gymnasium
    import hone  # noqa: F401: registers the environments
    import numpy as np

    programs = [f"generator://hone/{number}" for number in range(count)]
    envs = gymnasium.make_vec(
        "hone/llvm-ic-v0", num_envs=count, benchmark=programs, max_episode_steps=STEPS + 1
    )
    envs.reset(seed=1)
    actions = np.random.default_rng(seed).integers(envs.single_action_space.n, size=(STEPS, count))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    start = time.perf_counter()
    rewards = WAYS[way](envs, actions)
    seconds = time.perf_counter() - start
    envs.close()
    return actions.size / seconds, rewards


def alone(count, seed):
    """Seconds of each step, by step and environment, without any other's."""
    import gymnasium
    import hone  # noqa: F401: registers the environments
    import numpy as np

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    actions = None
    times = np.zeros((STEPS, count))
    for number in range(count):
        envs = gymnasium.make_vec(
            "hone/llvm-ic-v0",
            num_envs=1,
            benchmark=[f"generator://hone/{number}"],
            max_episode_steps=STEPS + 1,
        )
        envs.reset(seed=1)
        if actions is None:
            shape = (STEPS, count)
            actions = np.random.default_rng(seed).integers(envs.single_action_space.n, size=shape)
        for step in range(STEPS):
            start = time.perf_counter()
            envs.step(actions[step, number : number + 1])
            times[step, number] = time.perf_counter() - start
        envs.close()
    return times.tolist()


class Run:
    """A measurement in a process of its own, on some processors."""

    def __init__(self, way, options, seed, cores):
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)
        command = [sys.executable, __file__, "--way", way, "--envs", str(options.envs), "--seed", str(seed)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        os.sched_setaffinity(0, before)
        if self.process.stdout.readline() != "ready\n":
            sys.exit("a measurement did not start")

    def start(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self):
        return json.loads(self.process.communicate()[0])


def take(way, options, seed, *groups):
    """Steps a second of one run on each group of processors, at a time."""
    runs = [Run(way, options, seed, group) for group in groups]
    for run in runs:
        run.start()
    return [run.result() for run in runs]


def sums(rewards):
    """Each environment's, of every ten steps."""
    return [
        [sum(row[env] for row in rewards[i : i + ROW]) for env in range(len(rewards[0]))]
        for i in range(0, len(rewards), ROW)
    ]


def are_close(one, other):
    return all(
        abs(a - b) <= 1e-9 * max(1.0, abs(a))
        for left, right in zip(one, other, strict=True)
        for a, b in zip(left, right, strict=True)
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--envs", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--way", choices=[*WAYS, "alone"], help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way == "alone":
        print(json.dumps(alone(options.envs, options.seed)))
        return
    if options.way:
        print(json.dumps(measure(options.way, options.envs, options.seed)))
        return
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("two processors are needed")
    first, second, both = {cores[0]}, {cores[1]}, set(cores[:2])
    speeds = {way: ([], []) for way in [*WAYS, "limit"]}
    for seed in range(options.rounds):
        expected = None
        for way in WAYS:
            for processors, own in zip((first, both), speeds[way], strict=True):
                [(speed, rewards)] = take(way, options, seed, processors)
                expected = expected or rewards
                same = are_close(sums(expected), rewards) if way == "rows" else expected == rewards
                if not same:
                    sys.exit(f"the rewards of '{way}' differ")
                own.append(speed)
        pair = take("together", options, seed, first, second)
        speeds["limit"][0].append(speeds["together"][0][-1])
        speeds["limit"][1].append(2 * min(speed for speed, _ in pair))
    bounds = []
    for seed in range(options.rounds):
        [times] = take("alone", options, seed, first)
        bounds.append(sum(map(sum, times)) / sum(max(max(row), sum(row) / 2) for row in times))
    print("| | steps a second, one core | two cores | ratio | quartiles |\n|---|---:|---:|---:|---:|")
    for way, (one, two) in speeds.items():
        low, middle, high = statistics.quantiles([b / a for a, b in zip(one, two, strict=True)], n=4)
        medians = f"{statistics.median(one):,.0f} | {statistics.median(two):,.0f}"
        print(f"| {way} | {medians} | {middle:.2f} | {low:.2f}–{high:.2f} |")
    print(f"order alone allows step() {min(bounds):.2f} to {max(bounds):.2f}")


if __name__ == "__main__":
    main()
