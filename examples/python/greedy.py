#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tries every action in the state at hand, on forks, and takes the best one
until none helps.

    python examples/python/greedy.py [--program FILE.c] [--steps 10]
"""

import argparse

import hone


def best_action(env):
    """The action with the greatest reward, and that reward."""
    best, reward = None, 0.0
    for action in range(env.action_space.n):
        fork = env.fork()
        gained = fork.step(action)[1]
        fork.close()
        if gained > reward:
            best, reward = action, gained
    return best, reward


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program")
    parser.add_argument("--steps", type=int, default=10)
    options = parser.parse_args()

    env = hone.make("llvm-ic", benchmark=options.program, observation=None)
    env.reset()
    total = 0.0
    for _ in range(options.steps):
        action, reward = best_action(env)
        if action is None:
            break
        env.step(action)
        total += reward
        print(f"{total:8.4f}  {env.actions[action]}")
    print(f"best {total:.4f} (1 is what opt's default<Oz> reaches)")


if __name__ == "__main__":
    main()
