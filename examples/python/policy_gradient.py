#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A small policy gradient in NumPy: REINFORCE with a baseline (Williams, 1992),
a linear softmax policy over the counts of the program, several environments at
a time.

    python examples/python/policy_gradient.py [--program FILE.c] [--updates 40]

It learns which passes help this program; nothing of it is meant to generalise.
"""

import argparse

import gymnasium
import numpy as np


def features(counts):
    """Logarithms of the counts, and a constant."""
    return np.hstack([np.log1p(counts) / 10, np.ones((len(counts), 1))])


def probabilities(weights, seen):
    logits = seen @ weights
    logits -= logits.max(axis=1, keepdims=True)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def play(env, weights, length, rng):
    """One episode in each environment: what was seen, done and earned."""
    counts, _ = env.reset()
    seen, done, earned = [], [], []
    for _ in range(length):
        seen.append(features(counts))
        chances = probabilities(weights, seen[-1])
        actions = np.array([rng.choice(len(p), p=p) for p in chances])
        counts, rewards, *_ = env.step(actions)
        done.append(actions)
        earned.append(rewards)
    return np.array(seen), np.array(done), np.array(earned)


def gradient(weights, seen, done, earned):
    """Of the expected return, by the rewards to come less their average."""
    to_come = earned[::-1].cumsum(axis=0)[::-1]
    advantage = to_come - to_come.mean(axis=1, keepdims=True)
    slope = np.zeros_like(weights)
    for x, actions, gain in zip(seen, done, advantage, strict=True):
        surprise = -probabilities(weights, x)
        surprise[np.arange(len(actions)), actions] += 1
        slope += x.T @ (surprise * gain[:, None])
    return slope / done.size


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program")
    parser.add_argument("--updates", type=int, default=40)
    parser.add_argument("--length", type=int, default=10)
    parser.add_argument("--environments", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(words)

    env = gymnasium.make_vec(
        "hone:hone/llvm-ic-v0",  # before the colon: what Gymnasium is to import
        num_envs=options.environments,
        benchmark=options.program,
        max_episode_steps=options.length + 1,  # it resets by itself after that
    )
    rng = np.random.default_rng(options.seed)
    weights = np.zeros((env.single_observation_space.shape[0] + 1, env.single_action_space.n))
    averages = []
    for update in range(options.updates):
        seen, done, earned = play(env, weights, options.length, rng)
        weights += 20 * gradient(weights, seen, done, earned)
        averages.append(earned.sum(axis=0).mean())
        print(f"update {update + 1:3}  average reward {averages[-1]:7.4f}")
    env.close()
    quarter = max(1, len(averages) // 4)
    print(f"first {np.mean(averages[:quarter]):.4f} last {np.mean(averages[-quarter:]):.4f}")


if __name__ == "__main__":
    main()
