#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An environment of your own, in Python: clang's flags, one switched at a step.

The reward is what that takes off the object's size. Anything with reset and step
is an environment to Gymnasium's wrappers, agents and checks.
"""

import pathlib
import subprocess
import tempfile

import gymnasium
import hone
import numpy as np
from gymnasium.utils.env_checker import check_env

FLAGS = ["-fno-unroll-loops", "-fno-vectorize", "-fno-slp-vectorize", "-fno-inline-functions"]
FLAGS += ["-fno-jump-tables", "-fno-asynchronous-unwind-tables", "-fomit-frame-pointer"]


class FlagEnv(gymnasium.Env):
    def __init__(self, source):
        self.source = str(source)
        self.action_space = gymnasium.spaces.Discrete(len(FLAGS))
        self.observation_space = gymnasium.spaces.MultiBinary(len(FLAGS))
        self._sizes = {}  # of the sets of flags that were tried

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._on = np.zeros(len(FLAGS), np.int8)
        return self._on.copy(), {"bytes": self._size()}

    def step(self, action):
        before = self._size()
        self._on[action] ^= 1
        return self._on.copy(), float(before - self._size()), False, False, {"bytes": self._size()}

    def _size(self):
        key = self._on.tobytes()
        if key not in self._sizes:
            flags = [flag for flag, on in zip(FLAGS, self._on, strict=True) if on]
            with tempfile.TemporaryDirectory() as folder:
                output = pathlib.Path(folder, "a.o")
                subprocess.run(
                    ["clang-22", "-O2", *flags, "-c", self.source, "-o", output], check=True
                )
                self._sizes[key] = output.stat().st_size
        return self._sizes[key]


if __name__ == "__main__":
    source = hone.bundled_benchmarks()[0].removeprefix("file://")
    env = FlagEnv(source)
    check_env(env, skip_render_check=True)
    _, start = env.reset()
    for action in range(len(FLAGS)):
        if env.step(action)[1] < 0:
            env.step(action)  # and off again
    print(f"{start['bytes']} bytes, {env._size()} with flags switched greedily")
