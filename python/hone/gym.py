# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hone's environments for Gymnasium.

    import gymnasium
    import hone.gym
    env = gymnasium.make("hone/llvm-size-v0", benchmarks=["file:///p/lame.c"])

An episode ends by truncation, after `max_episode_steps` actions (45 unless
told). Observations are flat: a box for one space, a dict of boxes for several;
spaces of text and bytes are asked for by `observe`. A step that crashed LLVM
has reward 0, and `info["failures"]` says what happened.
"""

import gymnasium
import numpy
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

import hone

_COUNT = {"low": 0, "high": numpy.iinfo(numpy.int64).max, "dtype": numpy.int64}


def _space(name, described):
    """The Gymnasium space of one of Hone's."""
    kind = described["kind"]
    if kind == "box":
        return spaces.Box(shape=(len(described["names"]),), **_COUNT)
    if kind == "integer":
        return spaces.Box(shape=(1,), **_COUNT)
    if kind == "float":
        return spaces.Box(0.0, numpy.inf, (1,), numpy.float64)
    raise ValueError(
        f"{name!r} is a space of {kind}; observations of a Gymnasium environment "
        f"are numbers. Ask for it by env.unwrapped.observe({name!r})"
    )


class _Observer:
    """Turns what Hone returns into what the observation space promises."""

    def __init__(self, names, described):
        self.single = isinstance(names, str)
        self.names = [names] if self.single else list(names)
        for name in self.names:
            if name not in described:
                raise ValueError(
                    f"no observation {name!r}; there are {', '.join(described)}"
                )
        self.spaces = [_space(name, described[name]) for name in self.names]
        self.space = (
            self.spaces[0]
            if self.single
            else spaces.Dict(dict(zip(self.names, self.spaces)))
        )

    def __call__(self, values):
        arrays = [
            value
            if isinstance(value, numpy.ndarray)
            else numpy.array([value], dtype=space.dtype)
            for value, space in zip(values, self.spaces)
        ]
        return arrays[0] if self.single else dict(zip(self.names, arrays))


def _benchmarks(benchmarks):
    if benchmarks is None:
        return [hone.example()]
    if isinstance(benchmarks, str):
        benchmarks = [benchmarks]
    return [hone.benchmark_uri(benchmark) for benchmark in benchmarks]


class CompilerEnv(gymnasium.Env):
    """One environment. `reset(options={"benchmark": URI})` chooses a program;
    otherwise each reset draws one of `benchmarks`."""

    metadata = {"render_modes": ["ansi"]}

    def __init__(
        self,
        environment="llvm",
        benchmarks=None,
        observation="autophase",
        reward="ir-instructions-oz",
        action_space="passes",
        render_mode=None,
    ):
        self.render_mode = render_mode
        names = [observation] if isinstance(observation, str) else list(observation)
        self.hone = hone.make(
            environment, action_space=action_space, reward=reward, observations=names
        )
        self._observer = _Observer(observation, self.hone.observation_spaces)
        self.benchmarks = _benchmarks(benchmarks)
        self.observation_space = self._observer.space
        self.actions = self.hone.actions
        self.action_space = spaces.Discrete(len(self.actions))

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        benchmark = (options or {}).get("benchmark")
        if benchmark is None:
            benchmark = self.benchmarks[self.np_random.integers(len(self.benchmarks))]
        observations, _, _, _ = self.hone.reset(benchmark)
        return self._observer(observations), {"benchmark": benchmark}

    def step(self, action):
        observations, reward, changed, failures = self.hone.step(int(action))
        info = {"changed": changed, "failures": failures}
        return self._observer(observations), reward, False, False, info

    def multistep(self, actions):
        """Several actions in one round trip; the reward is that of all."""
        observations, reward, changed, failures = self.hone.multistep(
            [int(action) for action in actions]
        )
        info = {"changed": changed, "failures": failures}
        return self._observer(observations), reward, False, False, info

    def observe(self, space):
        return self.hone.observe(space)

    def fork(self):
        """A second environment in the same state."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.hone = self.hone.fork()
        return copy

    def episode(self):
        return self.hone.episode()

    def render(self):
        return self.hone.observe("ir") if self.render_mode == "ansi" else None

    def close(self):
        self.hone.close()


class CompilerVectorEnv(VectorEnv):
    """Environments that step together, each with a worker process of its own;
    the requests go out at once, without Python's lock."""

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": []}

    def __init__(
        self,
        num_envs=1,
        max_episode_steps=45,
        environment="llvm",
        benchmarks=None,
        observation="autophase",
        reward="ir-instructions-oz",
        action_space="passes",
    ):
        self.num_envs = num_envs
        self.max_episode_steps = max_episode_steps
        names = [observation] if isinstance(observation, str) else list(observation)
        self.batch = hone.make_batch(
            num_envs,
            environment,
            action_space=action_space,
            reward=reward,
            observations=names,
        )
        described = hone.make(environment, action_space=action_space)
        self._observer = _Observer(observation, described.observation_spaces)
        self.actions = described.actions
        described.close()
        self.benchmarks = _benchmarks(benchmarks)
        self.single_observation_space = self._observer.space
        self.single_action_space = spaces.Discrete(len(self.actions))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._taken = numpy.zeros(num_envs, dtype=numpy.int64)
        self._ended = numpy.zeros(num_envs, dtype=bool)

    def _draw(self):
        return self.benchmarks[self.np_random.integers(len(self.benchmarks))]

    def _stack(self, steps):
        seen = [self._observer(step[0]) for step in steps]
        if self._observer.single:
            return numpy.stack(seen)
        return {name: numpy.stack([s[name] for s in seen]) for name in seen[0]}

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        steps = self.batch.reset([self._draw() for _ in range(self.num_envs)])
        self._taken[:] = 0
        self._ended[:] = False
        return self._stack(steps), {}

    def step(self, actions):
        actions = numpy.ascontiguousarray(actions, dtype=numpy.int64)
        ended = numpy.flatnonzero(self._ended)
        # An episode that has ended begins anew in place of its next step.
        steps = self.batch.step(actions, list(map(int, ended)))
        for index in ended:
            steps[index] = self.batch.reset_one(int(index), self._draw())
        rewards = numpy.array([step[1] for step in steps], dtype=numpy.float64)
        self._taken += 1
        self._taken[ended] = 0
        self._ended = self._taken >= self.max_episode_steps
        info = {"failures": [step[3] for step in steps]}
        none = numpy.zeros(self.num_envs, dtype=bool)
        return self._stack(steps), rewards, none, self._ended.copy(), info

    def close_extras(self, **kwargs):
        self.batch.close()


def _register(name, **kwargs):
    gymnasium.register(
        f"hone/{name}-v0",
        entry_point="hone.gym:CompilerEnv",
        vector_entry_point="hone.gym:CompilerVectorEnv",
        max_episode_steps=45,
        kwargs=kwargs,
    )


_register("llvm", reward="ir-instructions-oz")
_register("llvm-instructions", reward="ir-instructions-oz")
_register("llvm-size", reward="loaded-bytes-oz")
