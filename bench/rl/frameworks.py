#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Do the frameworks that people use train on Hone's environments as they are?

    PYTHONPATH=build/release/python PYTHON bench/rl/frameworks.py [--steps 4096]

PYTHON is that of bench/peers/rl/install.sh. Each of these is the framework's own
code, unchanged, and trains on one program of the package:

* Stable-Baselines3's PPO, the program of its README
* sb3-contrib's MaskablePPO, which finds env.action_masks()
* RLlib's PPO, by its own example file async_gym_env_vectorization.py, called
  with --env=hone:hone/llvm-ic-flat-v0
* RLlib's PPO over the native batch environment (vectorize mode
  `vector_entry_point`), the program of its documentation
* RLlib's PPO with its ActionMaskingTorchRLModule and masks in the observation

Prints steps, seconds, and the mean return of the first and the last episodes;
exits with 1 where one fails or learns nothing.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import time

# Small networks: a second thread costs more than it helps.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import gymnasium
import hone  # noqa: F401  (registers the environments)
import numpy as np
from hone.wrappers import FlatObservation, MaskedObservation

ID = "hone:hone/llvm-ic-flat-v0"
LENGTH = 15


def flat(**settings):
    return gymnasium.make(ID, max_episode_steps=LENGTH, **settings)


def masked(_):
    env = hone.make("llvm-ic")
    return gymnasium.wrappers.TimeLimit(MaskedObservation(FlatObservation(env)), LENGTH)


def halves(returns):
    """The mean return of the first and of the last quarter of the episodes."""
    quarter = max(1, len(returns) // 4)
    return float(np.mean(returns[:quarter])), float(np.mean(returns[-quarter:]))


def with_sb3(steps):
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_checker import check_env
    from stable_baselines3.common.monitor import Monitor

    check_env(flat())
    env = Monitor(flat())
    model = PPO("MlpPolicy", env, n_steps=256, seed=1)
    model.learn(total_timesteps=steps)
    return halves(env.get_episode_rewards())


def with_masks(steps):
    from sb3_contrib import MaskablePPO
    from stable_baselines3.common.monitor import Monitor

    env = Monitor(flat())
    model = MaskablePPO("MlpPolicy", env, n_steps=256, seed=1)
    model.learn(total_timesteps=steps)
    return halves(env.get_episode_rewards())


def with_rllibs_example(steps):
    import ray.rllib.examples.envs.async_gym_env_vectorization as example

    words = [f"--env={ID}", "--no-tune", "--num-env-runners=0", "--num-envs-per-env-runner=2"]
    words += ["--vectorize-mode=sync", f"--stop-iters={max(2, steps // 2048)}"]
    run = subprocess.run(
        [sys.executable, pathlib.Path(example.__file__), *words], capture_output=True, text=True
    )
    if run.returncode != 0:
        raise RuntimeError(run.stderr[-2000:])
    returns = [line for line in run.stdout.splitlines() if "R=" in line]
    found = [float(line.split("R=")[1].split()[0].rstrip(",")) for line in returns]
    return found[0], found[-1]


def rllib(config, steps):
    from ray.rllib.utils.metrics import ENV_RUNNER_RESULTS, EPISODE_RETURN_MEAN

    algorithm = config.training(train_batch_size_per_learner=512, minibatch_size=128).build_algo()
    returns = []
    for _ in range(max(2, steps // 512)):
        returns.append(algorithm.train()[ENV_RUNNER_RESULTS].get(EPISODE_RETURN_MEAN, 0.0))
    algorithm.stop()
    return returns[0], returns[-1]


def with_rllibs_batches(steps):
    from ray.rllib.algorithms.ppo import PPOConfig

    config = (
        PPOConfig()
        .environment(ID, env_config={"max_episode_steps": LENGTH})
        .env_runners(
            num_env_runners=0,
            num_envs_per_env_runner=2,
            gym_env_vectorize_mode=gymnasium.VectorizeMode.VECTOR_ENTRY_POINT,
        )
    )
    return rllib(config, steps)


def with_rllibs_masks(steps):
    from ray import tune
    from ray.rllib.algorithms.ppo import PPOConfig
    from ray.rllib.core.rl_module.rl_module import RLModuleSpec
    from ray.rllib.examples.rl_modules.classes.action_masking_rlm import (
        ActionMaskingTorchRLModule,
    )

    tune.register_env("hone-masked", masked)
    config = (
        PPOConfig()
        .environment("hone-masked")
        .env_runners(num_env_runners=0)
        .rl_module(
            rl_module_spec=RLModuleSpec(
                module_class=ActionMaskingTorchRLModule,
                model_config={"head_fcnet_hiddens": [64, 64], "head_fcnet_activation": "relu"},
            )
        )
    )
    return rllib(config, steps)


KINDS = {
    "sb3": ("Stable-Baselines3 PPO", with_sb3),
    "maskable": ("sb3-contrib MaskablePPO", with_masks),
    "rllib-example": ("RLlib PPO, its example", with_rllibs_example),
    "rllib-batch": ("RLlib PPO, native batch", with_rllibs_batches),
    "rllib-masks": ("RLlib PPO, masked", with_rllibs_masks),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=4096)
    parser.add_argument("--only", choices=KINDS)
    options = parser.parse_args()
    failed = False
    print("| framework | seconds | first returns | last returns |\n|---|---:|---:|---:|")
    for key, (name, train) in KINDS.items():
        if options.only not in (None, key):
            continue
        begin = time.monotonic()
        first, last = train(options.steps)
        failed |= not last > first
        seconds = time.monotonic() - begin
        print(f"| {name} | {seconds:.0f} | {first:.3f} | {last:.3f} |", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
