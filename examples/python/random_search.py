#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random episodes; the best one is printed, checked, and can be replayed.

    python examples/python/random_search.py [--program FILE.c] [--episodes 20]
"""

import argparse

import hone


def search(env, episodes, length, rng):
    """The best total reward, and the episode up to where it was reached."""
    best, found = float("-inf"), ""
    for _ in range(episodes):
        env.reset()
        total = 0.0
        for _ in range(length):
            total += env.step(rng.choice(env.action_masks().nonzero()[0]))[1]
            if total > best:
                best, found = total, env.episode()
    return best, found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program")
    parser.add_argument("--episodes", type=int, default=20)
    parser.add_argument("--length", type=int, default=45)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    env = hone.make("llvm-ic", benchmark=options.program, observation=None)
    env.reset(seed=options.seed)
    best, episode = search(env, options.episodes, options.length, env.np_random)
    print(f"best {best:.4f} (1 is what opt's default<Oz> reaches)")
    print(f"replays {hone.validate(episode).ok}")
    print(episode)


if __name__ == "__main__":
    main()
