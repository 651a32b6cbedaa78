# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Several environments that C++ steps together, without the GIL: what
gymnasium.make_vec("hone/llvm-size-v0", num_envs=8) makes."""

import os
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from hone import _core
from hone.environments import benchmark as benchmark_uri
from hone.environments import OBSERVED, default_benchmark, join_spaces, observation_names
from hone.spaces import COMPRESSED_LIMIT, compressed, named_space


class CompilerVectorEnv(VectorEnv[Any, Any, np.ndarray]):
    """A worker process for each environment. Observations must be numbers.

    `benchmark` is one for all or one for each environment. An environment whose
    episode ended, or was truncated at `max_episode_steps`, is reset by the next
    step, whose action it ignores (Gymnasium's AutoresetMode.NEXT_STEP). With
    `flat`, what is observed is one row of float32 for each, as FlatObservation
    makes it.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": []}
    _batch: Any = None  # also where __init__ raised, for __del__

    def __init__(
        self,
        num_envs: int = 1,
        environment: str = "llvm",
        *,
        benchmark: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
        observation: str | Sequence[str] | None = "",
        reward: str = "",
        action_space: str = "",
        cpu_seconds: float = 60,
        failures: str | os.PathLike[str] = "",
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
        flat: bool = False,
    ) -> None:
        if observation == "":
            observation = OBSERVED.get(environment, "autophase")
        names = observation_names(observation)
        self._batch = _core.make_batch(
            environment,
            num_envs,
            action_space=action_space,
            reward=reward,
            observations=names,
            cpu_seconds=cpu_seconds,
            failures=os.fspath(failures),
        )
        self.actions: list[str] = self._batch.actions
        spaces = {row[0]: named_space(*row) for row in self._batch.spaces()}
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.max_episode_steps = max_episode_steps or np.iinfo(np.int64).max
        self.benchmarks = _one_for_each(benchmark, num_envs)
        self.single_action_space = gymnasium.spaces.Discrete(len(self.actions))
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.single_observation_space, self._join = join_spaces(
            observation, [spaces[name]._replace(convert=_as_it_is) for name in names]
        )
        self._flat = flat
        if flat:
            size = gymnasium.spaces.flatdim(self.single_observation_space)
            self.single_observation_space = gymnasium.spaces.Box(
                -COMPRESSED_LIMIT, COMPRESSED_LIMIT, (size,), np.float32
            )
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self._steps = np.zeros(num_envs, np.int64)
        self._done = np.zeros(num_envs, bool)
        self._no_actions = np.zeros(num_envs, np.int64)

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begins every episode; options["benchmark"] is one or one for each."""
        super().reset(seed=seed if seed is None or isinstance(seed, int) else None)
        options = options or {}
        if "benchmark" in options:
            self.benchmarks = _one_for_each(options["benchmark"], self.num_envs)
        *_, observations, _ = self._batch.step(self._no_actions, self.benchmarks)
        self._steps[:] = 0
        self._done[:] = False
        return self._result(observations), {}

    def step(
        self, actions: Any
    ) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        benchmarks = None
        if self._done.any():
            pairs = zip(self.benchmarks, self._done, strict=True)
            benchmarks = [uri if done else "" for uri, done in pairs]
        actions = np.ascontiguousarray(actions, np.int64)
        rewards, changed, done, observations, failures = self._batch.step(actions, benchmarks)
        self._steps += 1
        self._steps[self._done] = 0
        ended = np.array(done, bool)
        truncated = (self._steps >= self.max_episode_steps) & ~ended
        self._done = ended | truncated
        info: dict[str, Any] = {"changed": np.array(changed, bool)}
        if any(failures):
            info["failures"] = failures
        return (
            self._result(observations),
            np.array(rewards, np.float64),
            ended,
            truncated,
            info,
        )

    def close_extras(self, **kwargs: Any) -> None:
        if self._batch is not None:
            self._batch.close()

    def _result(self, observations: list[Any]) -> Any:
        if not observations:
            return np.zeros(self.num_envs, np.int64)
        if self._flat:
            rows = [np.asarray(part).reshape(self.num_envs, -1) for part in observations]
            return compressed(np.hstack(rows)).astype(np.float32)
        return self._join(observations)


def _as_it_is(rows: Any) -> Any:
    return rows


def make_flat(num_envs: int = 1, **settings: Any) -> CompilerVectorEnv:
    """What gymnasium.make_vec("hone/llvm-size-flat-v0", …) makes."""
    return CompilerVectorEnv(num_envs, flat=True, **settings)


def _one_for_each(benchmark: Any, count: int) -> list[str]:
    if benchmark is None:
        benchmark = default_benchmark()
    if isinstance(benchmark, str | os.PathLike):
        return [benchmark_uri(benchmark)] * count
    uris = [benchmark_uri(one) for one in benchmark]
    if len(uris) != count:
        raise ValueError(f"{len(uris)} benchmarks for {count} environments")
    return uris
