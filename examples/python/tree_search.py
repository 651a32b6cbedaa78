#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Monte Carlo tree search with forks (Kocsis and Szepesvári, UCT, 2006).

    python examples/python/tree_search.py [--program FILE.c] [--simulations 100]

A node of the tree holds an environment in its state: to go on from there costs
a fork, not a replay. Each simulation walks down by the bound of UCT, adds one
node, and values it by what was earned down to it and in a short random play.
"""

import argparse
import math

import hone


class Node:
    def __init__(self, env, earned=0.0):
        self.env = env
        self.earned = earned  # from the root to here
        self.children = {}
        self.untried = list(range(env.action_space.n))
        self.visits, self.value = 0, 0.0

    def bound(self, child):
        mean = child.value / child.visits
        return mean + 0.5 * math.sqrt(math.log(self.visits) / child.visits)


def walk_down(root, width, rng):
    """The path to a new node; `width` bounds the children of a node."""
    path = [root]
    while True:
        node = path[-1]
        if len(node.children) < width and node.untried:
            action = node.untried.pop(rng.integers(len(node.untried)))
            env = node.env.fork()
            _, reward, _, _, info = env.step(action)
            if not info["changed"]:
                env.close()
                continue
            node.children[action] = Node(env, node.earned + reward)
            return [*path, node.children[action]]
        if not node.children:
            return path
        path.append(max(node.children.values(), key=node.bound))


def play_on(node, length, rng):
    """What a random play earns from here, at its best moment."""
    env = node.env.fork()
    total = best = node.earned
    for _ in range(length):
        total += env.step(rng.integers(env.action_space.n))[1]
        best = max(best, total)
    env.close()
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program")
    parser.add_argument("--simulations", type=int, default=100)
    parser.add_argument("--width", type=int, default=8)
    parser.add_argument("--play", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    env = hone.make("llvm-ic", benchmark=options.program, observation=None)
    env.reset(seed=options.seed)
    root, best = Node(env), Node(env)
    for _ in range(options.simulations):
        path = walk_down(root, options.width, env.np_random)
        value = play_on(path[-1], options.play, env.np_random)
        for node in path:
            node.visits += 1
            node.value += value
        best = max(best, path[-1], key=lambda node: node.earned)
    print(f"best {best.earned:.4f} (1 is what opt's default<Oz> reaches)")
    print(best.env.episode())


if __name__ == "__main__":
    main()
