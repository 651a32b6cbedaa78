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
            which have nothing to do with each other; the sum of both

Last, what order alone allows step(): each environment's steps are timed alone,
one after the other on one core. Of steps in a known order the next is for
whichever of two cores is free; a round ends with the later one. The orders are
that of the environments, the longest first as far as env/step_forecast.h can
know, and the longest first. The bound for any order is the longest step of a
round or half of its sum, whichever is more.

A process of its own for each, because workers inherit the processors of the
thread that starts them all. They take turns of 50 steps, some 0.4 s: what the
host gives changes by a quarter from one minute to the next. Each environment's
rewards have to be the same in every way, and rows of ten their sums. The machine
has to be idle.
"""

import argparse
import functools
import itertools
import json
import os
import statistics
import subprocess
import sys
import time

STEPS = 150
TURN = 50  # steps
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


def make(count, seed):
    """The batch, reset, and its actions by step and environment."""
    import gymnasium
    import hone  # noqa: F401: registers the environments
    import numpy as np

    programs = [f"generator://hone/{number}" for number in range(count)]
    envs = gymnasium.make_vec(
        "hone/llvm-ic-v0", num_envs=count, benchmark=programs, max_episode_steps=STEPS + 1
    )
    envs.reset(seed=1)
    actions = np.random.default_rng(seed).integers(envs.single_action_space.n, size=(STEPS, count))
    return envs, actions


def take_turns(way, count, seed):
    """A turn for each line read: its seconds, and rewards by step and environment."""
    envs, actions = make(count, seed)
    print("ready", flush=True)
    for first in range(0, STEPS, TURN):
        sys.stdin.readline()
        start = time.perf_counter()
        rewards = WAYS[way](envs, actions[first : first + TURN])
        print(json.dumps([time.perf_counter() - start, rewards]), flush=True)
    envs.close()


def alone(count, seed):
    """Seconds of each step, by step and environment, without any other's."""
    import gymnasium
    import hone  # noqa: F401: registers the environments
    import numpy as np

    print("ready", flush=True)
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
    print(json.dumps(order_alone(times.tolist(), actions.tolist())), flush=True)


def order_alone(times, actions):
    """How often as fast as one core two would be, by what orders each round."""
    known = {}  # seconds of an action, as StepForecast learns them
    spans = dict.fromkeys(["environments", "forecast", "longest", "any"], 0.0)
    for round_times, round_actions in zip(times, actions, strict=True):
        forecasts = [known.get(action, float("inf")) for action in round_actions]
        spans["environments"] += span(round_times, [0.0] * len(round_times))
        spans["forecast"] += span(round_times, forecasts)
        spans["longest"] += span(round_times, round_times)
        spans["any"] += max(max(round_times), sum(round_times) / 2)
        for action, seconds in zip(round_actions, round_times, strict=True):
            known[action] = known.get(action, seconds) + 0.3 * (seconds - known.get(action, seconds))
    total = sum(map(sum, times))
    return {order: total / seconds for order, seconds in spans.items()}


def span(times, forecasts):
    """Seconds until two cores are done, steps with the longest forecast first."""
    free = [0.0, 0.0]
    for _, seconds in sorted(zip(forecasts, times, strict=True), key=lambda one: -one[0]):
        free[free.index(min(free))] += seconds
    return max(free)


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
        self.seconds = []
        self.rewards = []

    def start(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.communicate()


def take_together(runs):
    """A turn of several runs at a time."""
    for run in runs:
        run.start()
    for run in runs:
        seconds, rewards = run.answer()
        run.seconds.append(seconds)
        run.rewards += rewards


def compare(way, options, seed, groups):
    """The runs of each group at a time, the groups in turn; the runs."""
    groups = [[Run(way, options, seed, cores) for cores in group] for group in groups]
    for turn in range(0, STEPS, TURN):
        # What was first in one turn is last in the next.
        for group in groups if turn // TURN % 2 == 0 else reversed(groups):
            take_together(group)
    for run in itertools.chain(*groups):
        run.end()
    return groups


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
    if options.way:
        work = functools.partial(take_turns, options.way) if options.way in WAYS else alone
        work(options.envs, options.seed)
        return
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("two processors are needed")
    first, second = ({core} for core in cores[:2])
    speeds = {way: ([], []) for way in [*WAYS, "limit"]}
    steps = STEPS * options.envs
    for seed in range(options.rounds):
        expected = None
        # One core is the one in one round and the other in the next.
        alone_on = (first, second)[seed % 2]
        for way in WAYS:
            groups = [[alone_on], [first | second]]
            if way == "together":
                groups.append([first, second])
            one, two, *pair = compare(way, options, seed, groups)
            for run in [*one, *two, *itertools.chain(*pair)]:
                expected = expected or run.rewards
                same = expected == run.rewards
                if way == "rows":
                    same = are_close(sums(expected), run.rewards)
                if not same:
                    sys.exit(f"the rewards of '{way}' differ")
            speed = steps / sum(one[0].seconds)
            speeds[way][0].append(speed)
            speeds[way][1].append(steps / sum(two[0].seconds))
            for both in pair:
                speeds["limit"][0].append(speed)
                speeds["limit"][1].append(sum(steps / sum(run.seconds) for run in both))
        print(f"round {seed + 1} of {options.rounds}", file=sys.stderr, flush=True)
    bounds = []
    for seed in range(options.rounds):
        run = Run("alone", options, seed, first)
        run.start()
        bounds.append(run.answer())
        run.end()
    print("| | steps a second, one core | two cores | ratio | all |\n|---|---:|---:|---:|---|")
    for way, (one, two) in speeds.items():
        ratios = sorted(b / a for a, b in zip(one, two, strict=True))
        medians = f"{statistics.median(one):,.0f} | {statistics.median(two):,.0f}"
        every = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"| {way} | {medians} | {statistics.median(ratios):.2f} | {every} |")
    for order in bounds[0]:
        every = sorted(bound[order] for bound in bounds)
        each = ", ".join(f"{bound:.2f}" for bound in every)
        print(f"order alone, {order}: {statistics.median(every):.2f} ({each})")


if __name__ == "__main__":
    main()
