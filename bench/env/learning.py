#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Does an agent learn here? PPO (Schulman et al., 2017) against random actions
and against greedy search, on programs it has not seen.

    bench/programs/fetch_sources.py
    PYTHONPATH=build/release/python PYTHON bench/env/learning.py \\
        [--steps 8192] [--seeds 5] [--length 20] [--train 24] [--test 24]
        [--draws 2] [--greedy]

PYTHON is that of bench/peers/rl/install.sh; without PyTorch, the policy is that
of examples/python/policy_gradient.py, and the output says so. Trained on
programs of the list `tune` (bench/programs), tested on those of `eval`: other
Debian packages, of which nothing is chosen by looking at them. An episode has
`--length` steps; its return is the IR instructions removed, over what
default<Oz> removes. PPO and random take equally many steps on each program;
greedy tries every action at each step, which is 119 times as many.

For each seed: train, then `--draws` episodes on each test program, with actions
drawn from the policy, and as many with actions drawn evenly. A cell of the
result is one seed on one program: the mean of its draws, and the difference of
the two on the same program. Reported: each seed's mean over the programs; the
seeds' mean with its 95 % interval (Student's t, over seeds: would other seeds
say the same?); and the interval of a bootstrap that draws seeds and programs
anew (Efron, 1979; percentiles: would other seeds and other programs?). The
difference is called significant where both intervals exclude 0.
"""

import argparse
import os
import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "build/programs"
os.environ.setdefault("HONE_DEBIAN_SOURCES", str(SOURCES))
# Small networks: a second thread costs more than it helps.
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path += [str(ROOT / "bench/programs"), str(ROOT / "examples/python")]

import gymnasium
import hone
import numpy as np
import objects
from hone.wrappers import FlatObservation, RandomBenchmarks

OBSERVATION = ("autophase", "instcount")
DEFAULTS = {"steps": 8192, "seeds": 5, "length": 20, "train": 24, "test": 24, "draws": 2}
# Student's t, two-sided 95 %, by degrees of freedom.
T95 = {1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def programs(which, count):
    """`count` sources of a list, evenly taken by name, smaller ones only: an
    episode on a large one costs as much as fifty on a small one."""
    found = []
    for _, source, _, cwd in objects.load(which, SOURCES):
        if source.stat().st_size < 30_000:
            found.append(f"debian://{cwd.parent.name}/{source.relative_to(cwd)}")
    found.sort()
    step = max(1, len(found) // count)
    return found[::step][:count]


def compiled(uris, folder):
    """The same programs as bitcode, so that no episode waits for clang."""
    env = hone.make("llvm-ic", observation=None)
    made = []
    for uri in uris:
        env.reset(options={"benchmark": uri})
        path = pathlib.Path(folder) / f"{len(list(pathlib.Path(folder).iterdir()))}.bc"
        path.write_bytes(env.observe("bitcode"))
        made.append(hone.benchmark(path))
    env.close()
    return made


def make(uris, length, seed):
    env = hone.make("llvm-ic", observation=OBSERVATION)
    env = RandomBenchmarks(FlatObservation(env), uris)
    env.reset(seed=seed)
    return gymnasium.wrappers.TimeLimit(env, length)


def train_ppo(uris, length, steps, seed):
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.vec_env import DummyVecEnv

    torch.set_num_threads(1)
    envs = DummyVecEnv([lambda i=i: make(uris, length, 100 * seed + i) for i in range(4)])
    model = PPO(
        "MlpPolicy", envs, n_steps=256, batch_size=128, gamma=0.98, ent_coef=0.02, seed=seed
    )
    model.learn(steps)
    envs.close()
    torch.manual_seed(seed)
    return lambda seen: model.predict(seen)[0]


def train_numpy(uris, length, steps, seed):
    from policy_gradient import gradient, probabilities

    rng = np.random.default_rng(seed)
    envs = [make(uris, length, 100 * seed + i) for i in range(4)]
    count = envs[0].action_space.n
    weights = np.zeros((envs[0].observation_space.shape[0] + 1, count))

    def features(rows):
        return np.hstack([np.array(rows) / 10, np.ones((len(rows), 1))])

    for _ in range(steps // (length * len(envs))):
        rows = [env.reset()[0] for env in envs]
        seen, done, earned = [], [], []
        for _ in range(length):
            seen.append(features(rows))
            actions = [rng.choice(count, p=p) for p in probabilities(weights, seen[-1])]
            results = [env.step(a) for env, a in zip(envs, actions, strict=True)]
            rows = [result[0] for result in results]
            done.append(actions)
            earned.append([result[1] for result in results])
        weights += 20 * gradient(weights, np.array(seen), np.array(done), np.array(earned))
    for env in envs:
        env.close()
    return lambda row: rng.choice(count, p=probabilities(weights, features([row]))[0])


def returns(uris, length, draws, choose):
    """For each program, the mean return of so many episodes."""
    env = FlatObservation(hone.make("llvm-ic", observation=OBSERVATION))
    found = []
    for uri in uris:
        total = 0.0
        for _ in range(draws):
            seen, _ = env.reset(options={"benchmark": uri})
            for _ in range(length):
                seen, reward, *_ = env.step(choose(seen))
                total += reward
        found.append(total / draws)
    env.close()
    return found


def greedy_returns(uris, length):
    from greedy import best_action

    env = hone.make("llvm-ic", observation=None)
    found = []
    for uri in uris:
        env.reset(options={"benchmark": uri})
        total = 0.0
        for _ in range(length):
            action, reward = best_action(env)
            if action is None:
                break
            env.step(action)
            total += reward
        found.append(total)
    env.close()
    return found


def interval(values):
    """Half the width of the mean's 95 % interval."""
    if len(values) < 2:
        return float("inf")
    return T95[len(values) - 1] * statistics.stdev(values) / len(values) ** 0.5


def bootstrap(cells, count=10_000):
    """The 95 % interval of the mean of seeds x programs, both drawn anew."""
    cells = np.asarray(cells)
    rng = np.random.default_rng(0)
    seeds, programs = (rng.integers(n, size=(count, n)) for n in cells.shape)
    means = [cells[np.ix_(s, p)].mean() for s, p in zip(seeds, programs, strict=True)]
    return np.percentile(means, (2.5, 97.5))


def used_seconds():
    """CPU time of this process and of the workers that have ended."""
    return sum(os.times()[:4])


def report(title, rows):
    """`rows`: names and their cells, seeds x programs. Whether the last one's
    mean is above 0 for sure."""
    print(f"\n| {title} | mean return | over seeds | over seeds and programs |")
    print("|---|---:|---:|---:|")
    for name, cells in rows:
        means = [statistics.mean(row) for row in cells]
        low, high = bootstrap(cells)
        width = interval(means)
        print(f"| {name} | {statistics.mean(means):.3f} | ± {width:.3f} | {low:.3f} to {high:.3f} |")
    return statistics.mean(means) > width and low > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in DEFAULTS.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--greedy", action="store_true", help="also greedy search; minutes")
    options = parser.parse_args()
    try:
        import stable_baselines3  # noqa: F401

        learner, train = "PPO", train_ppo
    except ImportError:
        print("PyTorch and Stable-Baselines3 are absent: a policy gradient in NumPy instead")
        learner, train = "policy gradient", train_numpy

    learn, test = programs("tune", options.train), programs("eval", options.test)
    with tempfile.TemporaryDirectory() as folder:
        compare(learner, train, compiled(learn, folder), compiled(test, folder), options)


def compare(learner, train, learn, test, options):
    print(f"trained on {len(learn)} programs of `tune`, tested on {len(test)} of `eval`")
    print(f"\n| seed | {learner} | random |\n|---:|---:|---:|")
    count = hone.make("llvm-ic").action_space.n
    trained, drawn, began = [], [], time.monotonic()
    for seed in range(1, options.seeds + 1):
        policy = train(learn, options.length, options.steps, seed)
        trained.append(returns(test, options.length, options.draws, policy))
        rng = np.random.default_rng(seed)
        drawn.append(
            returns(test, options.length, options.draws, lambda _, rng=rng: rng.integers(count))
        )
        means = [statistics.mean(cells[-1]) for cells in (trained, drawn)]
        print(f"| {seed} | {means[0]:.3f} | {means[1]:.3f} |", flush=True)
    gains = np.subtract(trained, drawn)
    significant = report(
        f"{options.length} steps on {len(test)} programs, {options.seeds} seeds",
        ((learner, trained), ("random", drawn), ("difference", gains)),
    )
    better = int((gains.mean(axis=0) > 0).sum())
    if options.greedy:
        found = greedy_returns(test, options.length)
        print(f"| greedy, {count} times the steps | {statistics.mean(found):.3f} | | |")
    print(f"\nbetter than random: {'significant' if significant else 'not significant'};"
          f" ahead on {better} of {len(test)} programs")
    print(f"{options.steps} steps of training for each seed; {time.monotonic() - began:.0f} s,"
          f" {used_seconds():.0f} s of CPU time")


if __name__ == "__main__":
    main()
