# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Several environments that C++, or a server, steps together, without the GIL: what
gymnasium.make_vec("hone/llvm-size-v0", num_envs=8) makes."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from hone import _core
from hone.environments import benchmark as benchmark_uri
from hone.environments import (
    OBSERVED,
    SERVER_KEEPS_FAILURES,
    actions_of,
    asked_benchmark,
    check_render_mode,
    connect,
    default_benchmark,
    join_spaces,
    observation_names,
)
from hone.errors import Error
from hone.spaces import COMPRESSED_LIMIT, compressed, named_space

NOT_ONE = -1


class CompilerVectorEnv(VectorEnv[Any, Any, np.ndarray]):
    """A worker process for each environment. Observations must be numbers.

    `benchmark` is one for all or one for each environment, and `benchmarks` has
    the URI that each begins next, which may be set. An environment whose episode
    ended, or was truncated at `max_episode_steps`, is reset by the next
    step, whose action it ignores (Gymnasium's AutoresetMode.NEXT_STEP). With
    `flat`, what is observed is one row of float32 for each, as FlatObservation
    makes it.

    `step` takes an action for each environment, or a row of them, which goes in
    one round trip, is rewarded as a whole and counts as that many steps.

    With `address`, the environments are on the server that listens there (hone
    serve); `token` is what it asks for.

    `step` waits for the slowest. `send` and `recv` are EnvPool's: with more
    environments than `batch_size`, `recv` returns those that are ready first,
    and info["env_id"] says which:

        envs.async_reset()
        while …:
            observations, rewards, terminated, truncated, info = envs.recv()
            envs.send(policy(observations), info["env_id"])

    `action_masks()` says of each environment which actions it has not yet tried
    in vain in the state that it is in, `history(i)` and `episode(i)` what one
    did; until the next step also where its episode has ended.
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
        vocabulary: str | os.PathLike[str] = "",
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
        flat: bool = False,
        batch_size: int | None = None,
        address: str = "",
        token: str = "",
    ) -> None:
        if address and failures:
            raise Error("unsupported", SERVER_KEEPS_FAILURES)
        check_render_mode(render_mode, self.metadata["render_modes"])
        if batch_size is not None and not 0 < batch_size <= num_envs:
            raise ValueError(f"batch_size {batch_size} of {num_envs} environments")
        if observation == "":
            observation = OBSERVED.get(environment, "autophase")
        names = observation_names(observation)
        self._batch = _maker(address, token)(
            environment,
            num_envs,
            action_space=action_space,
            reward=reward,
            observations=names,
            cpu_seconds=cpu_seconds,
            failures=os.fspath(failures),
            vocabulary=os.fspath(vocabulary),
        )
        self.environment, self.reward = environment, reward
        self.actions: list[str] = self._batch.actions
        spaces = {row[0]: named_space(*row) for row in self._batch.spaces()}
        self.num_envs = num_envs
        self.batch_size = batch_size or num_envs
        self.render_mode = render_mode
        self.max_episode_steps = max_episode_steps or np.iinfo(np.int64).max
        if benchmark is None:
            benchmark = default_benchmark([reward, *names])
        self.benchmarks = _one_for_each(benchmark, num_envs)
        self.single_action_space = gymnasium.spaces.Discrete(len(self.actions))
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.single_observation_space, self._join = join_spaces(
            observation, [spaces[name]._replace(convert=_as_it_is) for name in names]
        )
        # The places of the flat row's parts, which stand as a Dict sorts them.
        self._parts: list[int] = []
        self._flat = flat
        if flat:
            space = self.single_observation_space
            order = list(space) if isinstance(space, gymnasium.spaces.Dict) else names
            self._parts = [names.index(name) for name in order]  # none of None
            size = gymnasium.spaces.flatdim(space)
            self.single_observation_space = gymnasium.spaces.Box(
                -COMPRESSED_LIMIT, COMPRESSED_LIMIT, (size,), np.float32
            )
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self._steps = np.zeros(num_envs, np.int64)
        self._done = np.zeros(num_envs, bool)
        self._lengths = np.zeros(num_envs, np.int64)  # of rows that were sent
        self._singles = np.full(num_envs, NOT_ONE)  # the action of a row of one
        # The programs of the episodes; `benchmarks` are those of the next.
        self.begun = [""] * num_envs
        # None where only the episode itself says what it began with and has taken.
        self._histories: list[list[str] | None] = [None] * num_envs
        # False where an action is known to do nothing in the state at hand.
        self._masks = np.ones((num_envs, len(self.actions)), bool)

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begins every episode; options["benchmark"] is one or one for each."""
        benchmarks = self._prepare(seed, options)
        no_actions = np.zeros((self.num_envs, 1), np.int64)
        *_, observations, _ = self._ask(self._batch.step, no_actions, benchmarks)
        self.benchmarks = benchmarks
        self._masks.fill(True)
        self.begun, self._histories = list(benchmarks), [[] for _ in benchmarks]
        self._steps[:] = 0
        self._done[:] = False
        return self._result(observations, self.num_envs), {}

    def step(
        self, actions: Any
    ) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        everyone = np.arange(self.num_envs)
        rows, benchmarks = self._request(actions, everyone)
        result = self._ask(self._batch.step, rows, benchmarks)
        self._note(everyone, rows)
        return self._answer(everyone, result)

    def async_reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> None:
        """Begins every episode; recv() has the first observations."""
        benchmarks = self._prepare(seed, options)
        no_actions = np.zeros((self.num_envs, 1), np.int64)
        everyone = np.arange(self.num_envs)
        self._ask(self._batch.send, everyone.tolist(), no_actions, benchmarks)
        self.benchmarks = benchmarks
        self._note(everyone, no_actions)

    def send(self, actions: Any, env_id: Any = None) -> None:
        """An action, or a row of them, for each of these environments (all of
        them), none of which may have been sent one that recv() has not
        answered."""
        who = np.arange(self.num_envs) if env_id is None else np.asarray(env_id, np.int64)
        rows, benchmarks = self._request(actions, who)
        self._ask(self._batch.send, who.tolist(), rows, benchmarks)
        self._note(who, rows)

    def recv(
        self, count: int | None = None
    ) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """What step() returns, of the next `count` environments (`batch_size`)
        that are ready; info["env_id"] says which they are."""
        count = self.batch_size if count is None else count
        who, result = self._ask(self._batch.receive, count)
        answer = self._answer(np.array(who, np.int64), result)
        answer[-1]["env_id"] = np.array(who, np.int64)
        return answer

    @property
    def in_flight(self) -> int:
        """How many environments recv() could return."""
        return self._batch.in_flight

    def action_masks(self) -> np.ndarray:
        """CompilerEnv.action_masks() of each environment: shape (num_envs, actions),
        bool. Of one that is in flight it is that of its last answer."""
        nothing_left = ~self._masks.any(axis=1, keepdims=True)
        return self._masks | nothing_left

    def history(self, index: int) -> list[str]:
        """The actions that an environment was sent since its episode began, as
        texts, without those that were lost."""
        known = self._histories[index]
        if known is None:
            line = self.episode(index)
            self.begun[index] = line.split(",", 2)[1]
            known = self._histories[index] = actions_of(line)
        return known

    def episode(self, index: int) -> str:
        """CompilerEnv.episode() of an environment that is not in flight."""
        return self._batch.episode(index)

    def _ask(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Where it fails, some environments may have gone on, and nobody says which."""
        try:
            return call(*arguments)
        except BaseException:
            self._histories = [None] * self.num_envs
            self._masks.fill(True)
            self._singles.fill(NOT_ONE)
            raise

    def _note(self, who: np.ndarray, rows: np.ndarray) -> None:
        """What these environments have been sent."""
        for i, row in zip(who.tolist(), rows.tolist(), strict=True):
            history = self._histories[i]
            if self._done[i]:
                self.begun[i], self._histories[i] = self.benchmarks[i], []
            elif history is not None:
                history += [self.actions[action] for action in row]
        self._lengths[who] = rows.shape[1]
        self._singles[who] = rows[:, 0] if rows.shape[1] == 1 else NOT_ONE

    def _prepare(self, seed: Any, options: dict[str, Any] | None) -> list[str]:
        """For a reset: the benchmarks that are asked for, which are kept when
        they have begun. Until then each environment is one to be reset, since
        where one cannot begin, others may have."""
        super().reset(seed=seed if seed is None or isinstance(seed, int) else None)
        asked = asked_benchmark(options)
        benchmarks = self.benchmarks if asked is None else _one_for_each(asked, self.num_envs)
        if not self._batch.in_flight:  # else it is refused, and nothing happens
            self._done[:] = True
        return benchmarks

    def _request(self, actions: Any, who: np.ndarray) -> tuple[np.ndarray, list[str] | None]:
        """Rows of actions, and the benchmarks of those that are to be reset."""
        rows = np.ascontiguousarray(actions)
        if rows.size and rows.dtype.kind not in "iu":
            raise TypeError(f"actions are integers, found {rows.dtype}")
        rows = rows.astype(np.int64, copy=False)
        rows = rows[:, np.newaxis] if rows.ndim == 1 else rows
        done = self._done[who]
        if not done.any():
            return rows, None
        return rows, [
            self.benchmarks[i] if ended else "" for i, ended in zip(who, done, strict=True)
        ]

    def _answer(
        self, who: np.ndarray, result: Any
    ) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        rewards, changed, done, observations, failures = result
        was_reset = self._done[who]
        self._steps[who] += self._lengths[who]
        self._steps[who[was_reset]] = 0
        # A reset ends nothing, also where nothing is to be decided: the step
        # after it says so, as in a single environment.
        ended = np.array(done, bool) & ~was_reset
        truncated = (self._steps[who] >= self.max_episode_steps) & ~ended
        self._done[who] = ended | truncated
        has_changed = np.array(changed, bool)
        idle = ~has_changed & ~was_reset & (self._singles[who] != NOT_ONE)
        self._masks[who[~idle]] = True
        self._masks[who[idle], self._singles[who[idle]]] = False
        info: dict[str, Any] = {"changed": has_changed}
        if any(failures):  # arrays, as Gymnasium's wrappers expect
            info["failures"] = np.fromiter(failures, object, len(failures))
            info["_failures"] = np.array([bool(lost) for lost in failures])
            for i in who[info["_failures"]]:
                self._histories[i] = None
        return (
            self._result(observations, len(who)),
            np.array(rewards, np.float64),
            ended,
            truncated,
            info,
        )

    def __reduce__(self) -> Any:
        raise TypeError("a batch belongs to its process and is not copied or pickled; make another")

    def close_extras(self, **kwargs: Any) -> None:
        if self._batch is not None:
            self._batch.close()

    def _result(self, observations: list[Any], count: int) -> Any:
        if self._flat:
            rows = [np.asarray(observations[i]).reshape(count, -1) for i in self._parts]
            rows = rows or [np.ones((count, 1))]  # the constant 0, as one of one
            return compressed(np.hstack(rows)).astype(np.float32)
        return self._join(observations) if observations else np.zeros(count, np.int64)


def _maker(address: str, token: str) -> Any:
    """What makes batches: this process, or the server at an address."""
    return connect(address, token).make_batch if address else _core.make_batch


def _as_it_is(rows: Any) -> Any:
    return rows


def make_flat(num_envs: int = 1, **settings: Any) -> CompilerVectorEnv:
    """What gymnasium.make_vec("hone/llvm-size-flat-v0", …) makes."""
    return CompilerVectorEnv(num_envs, flat=True, **settings)


def _one_for_each(benchmark: Any, count: int) -> list[str]:
    if isinstance(benchmark, str | os.PathLike):
        return [benchmark_uri(benchmark)] * count
    uris = [benchmark_uri(one) for one in benchmark]
    if len(uris) != count:
        raise ValueError(f"{len(uris)} benchmarks for {count} environments")
    return uris
