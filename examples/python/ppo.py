#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""PPO (Schulman et al., 2017) by Stable-Baselines3, on a few small programs: a
policy that looks at a program's counts and chooses its passes.

    pip install stable-baselines3
    python examples/python/ppo.py [--programs FILE.c …] [--steps 8192]

Without Stable-Baselines3 and PyTorch it says so and runs the policy gradient in
NumPy of policy_gradient.py on the first program. bench/env/learning.py asks
whether what was learned holds for programs that were not seen.
"""

import argparse

import gymnasium
import hone
import numpy as np
from hone.wrappers import FlatObservation, RandomBenchmarks

LENGTH = 10


def environment(programs, seed):
    env = FlatObservation(hone.make("llvm-ic", observation=("autophase", "instcount")))
    env = RandomBenchmarks(env, programs)
    env.reset(seed=seed)
    return gymnasium.wrappers.TimeLimit(env, LENGTH)


def mean_return(env, programs, choose):
    """Of one episode on each program."""
    total = 0.0
    for program in programs:
        seen, _ = env.reset(options={"benchmark": program})
        for _ in range(LENGTH):
            seen, reward, *_ = env.step(choose(seen))
            total += reward
    return total / len(programs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", nargs="+", default=hone.bundled_benchmarks()[:6])
    parser.add_argument("--steps", type=int, default=8192)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        from stable_baselines3 import PPO
        from stable_baselines3.common.vec_env import DummyVecEnv
    except ImportError:
        print("Stable-Baselines3 is not installed: a policy gradient in NumPy instead")
        import policy_gradient

        updates = max(8, options.steps // (8 * LENGTH))
        policy_gradient.main(["--program", options.programs[0], "--updates", str(updates)])
        return

    seeds = range(options.seed, options.seed + 4)
    envs = DummyVecEnv([lambda s=s: environment(options.programs, s) for s in seeds])
    model = PPO("MlpPolicy", envs, n_steps=256, batch_size=128, ent_coef=0.02, seed=options.seed)
    model.learn(options.steps)
    envs.close()

    env = environment(options.programs, options.seed)
    rng = np.random.default_rng(options.seed)
    chance = mean_return(env, options.programs, lambda _: rng.integers(env.action_space.n))
    trained = mean_return(env, options.programs, lambda seen: model.predict(seen)[0])
    env.close()
    print(f"first {chance:.4f} last {trained:.4f} (random actions, and the policy's)")


if __name__ == "__main__":
    main()
