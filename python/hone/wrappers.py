# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Wrappers for Hone's environments. Gymnasium's own do the rest: TimeLimit,
TransformObservation, TransformReward, RecordEpisodeStatistics.

Those that need more than step and reset look for it on the bare environment
(CompilerEnv), so they are put around it before others are.
"""

import base64
import itertools
import json
import operator
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete
from gymnasium.vector import VectorWrapper

from hone import _core
from hone._core import Store, compiler_version
from hone.environments import CompilerEnv, Semantics
from hone.errors import Error
from hone.spaces import COMPRESSED_LIMIT, Values, compressed
from hone.vector import CompilerVectorEnv

Env = gymnasium.Env[Any, Any]


def _compiler(env: Env) -> CompilerEnv:
    bare = env.unwrapped
    if not isinstance(bare, CompilerEnv):
        raise TypeError(f"expected an environment around hone.CompilerEnv, found {bare!r}")
    return bare


def _several(benchmarks: Any) -> Iterator[Any]:
    """What is meant to be several programs, without end maybe; a text would be
    its letters, and a pattern that matches nothing no program."""
    if isinstance(benchmarks, str):
        raise TypeError(f"expected several programs, found the text {benchmarks!r}")
    others = iter(benchmarks)
    for first in others:
        return itertools.chain([first], others)
    raise ValueError("expected a program at least")


class CycleOverBenchmarks(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Each reset begins the next program, from the first again after the last."""

    def __init__(self, env: Env, benchmarks: Iterable[str | os.PathLike[str]]) -> None:
        super().__init__(env)
        self._next = itertools.cycle(_several(benchmarks))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        return self.env.reset(seed=seed, options={"benchmark": next(self._next), **(options or {})})


class RandomBenchmarks(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Each reset draws a program; a seed given to reset repeats the draws."""

    def __init__(self, env: Env, benchmarks: Iterable[str | os.PathLike[str]]) -> None:
        super().__init__(env)
        self.benchmarks = list(_several(benchmarks))
        self._draw = np.random.default_rng()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        if seed is not None:
            self._draw = np.random.default_rng(seed)
        drawn = self.benchmarks[self._draw.integers(len(self.benchmarks))]
        return self.env.reset(seed=seed, options={"benchmark": drawn, **(options or {})})


def _actions(env: Env) -> list[str]:
    """What the numbers of an environment's actions stand for, in wrappers too,
    and where it is an actor's (hone.ray)."""
    known: list[str] = env.get_wrapper_attr("actions")
    return known


class ConstrainedActions(gymnasium.ActionWrapper[Any, Any, Any]):
    """Only some of the actions, named by their texts or numbers."""

    def __init__(self, env: Env, actions: Sequence[str | int]) -> None:
        super().__init__(env)
        if isinstance(actions, str):
            raise TypeError(f"expected a list of actions, found the text {actions!r}")
        known = _actions(env)
        self._numbers = np.array([_number(action, known) for action in actions])
        self.actions = [known[number] for number in self._numbers]
        self.action_space = Discrete(len(self.actions))

    def action(self, action: Any) -> Any:
        if not 0 <= action < len(self._numbers):
            raise ValueError(f"action {action} is none of the {len(self._numbers)}")
        return self._numbers[action]

    def action_masks(self) -> np.ndarray:
        mask = self.env.get_wrapper_attr("action_masks")()[self._numbers]
        return mask if mask.any() else np.ones(len(mask), bool)


def _number(action: str | int, known: list[str]) -> int:
    number = known.index(action) if isinstance(action, str) else operator.index(action)
    if not 0 <= number < len(known):
        raise ValueError(f"action {number} is none of the {len(known)}")
    return number


class Undo(gymnasium.Wrapper[Any, Any, Any, Any]):
    """One more action, the last, takes the previous step back and its reward
    with it. At the beginning of an episode it does nothing, nor where `depth`
    steps were taken back in a row: each that can be is a module in the worker,
    and a copy of the history before it. On a server each is one of the sessions
    that a client may have; where these are used up, as many as there are become
    the `depth`."""

    def __init__(self, env: Env, depth: int = 100) -> None:
        super().__init__(env)
        if depth < 1:
            raise ValueError(f"expected a depth of a step at least, found {depth}")
        _compiler(env)
        self.depth = depth
        self.actions = [*_actions(env), "undo"]
        self.undo = len(self.actions) - 1
        self.action_space = Discrete(self.undo + 1)
        self._past: deque[tuple[CompilerEnv, Any, float, bool]] = deque()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self._forget()
        self._observation, info = self.env.reset(seed=seed, options=options)
        return self._observation, info

    def step(self, action: Any) -> Any:
        if action != self.undo:
            before = self._fork()
            seen = self._observation
            self._observation, reward, terminated, truncated, info = self.env.step(action)
            self._past.append((before, seen, float(reward), info["changed"]))
            return self._observation, reward, terminated, truncated, info
        if not self._past:
            return self._observation, 0.0, False, False, {"changed": False, "failures": []}
        before, self._observation, reward, changed = self._past.pop()
        _compiler(self.env).become(before)
        return self._observation, -reward, False, False, {"changed": changed, "failures": []}

    def action_masks(self) -> np.ndarray:
        masks = self.env.get_wrapper_attr("action_masks")()
        return np.append(masks, bool(self._past))

    def close(self) -> None:
        self._forget()
        self.env.close()

    def _fork(self) -> CompilerEnv:
        while len(self._past) >= self.depth:
            self._forget_oldest()
        try:
            return _compiler(self.env).fork()
        except Error as error:
            if error.kind != "limit-reached" or not self._past:
                raise
        self.depth = len(self._past)
        return self._fork()

    def _forget_oldest(self) -> None:
        before, *_ = self._past.popleft()
        before.close()

    def _forget(self) -> None:
        while self._past:
            self._forget_oldest()


class ValidateSteps(gymnasium.Wrapper[Any, Any, Any, Any]):
    """After each step that changed the program, its functions are called with
    generated `inputs` and a program with a main() is run (see hone.validate).
    Where it does something else than before all steps, the reward becomes
    `penalty`, the episode ends, and info["differences"] says what. Takes seconds
    a step: for evaluation and small programs."""

    def __init__(self, env: Env, *, penalty: float = -1.0, inputs: int = 16) -> None:
        super().__init__(env)
        self.penalty, self.inputs = penalty, inputs
        _compiler(env)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.env.step(action)
        info["differences"] = []
        if info["changed"]:
            episode = _compiler(self.env).episode()
            found = Semantics(*_core.episode_semantics(episode, self.inputs))
            info["differences"] = found.differences
        if info["differences"]:
            reward, terminated = self.penalty, True
        return observation, reward, terminated, truncated, info


class FlatObservation(gymnasium.ObservationWrapper[Any, Any, Any]):
    """One flat Box, as Stable-Baselines3 wants it.

    Numbers become sign(x) log(1 + |x|), since counts differ by orders of
    magnitude between programs; `raw` leaves the logarithm out. Texts and bytes
    are cut or padded with 0 to `length` bytes. A sequence of words gives as many
    numbers, each a 24-bit hash of its word, which a float32 holds exactly.
    Documents do not fit.
    """

    def __init__(self, env: Env, length: int = 4096, *, raw: bool = False) -> None:
        super().__init__(env)
        space = env.observation_space
        self._names = list(space) if isinstance(space, Dict) else None
        self._parts = list(space.values()) if isinstance(space, Dict) else [space]
        self._length, self._raw = length, raw
        size = sum(self._size(part) for part in self._parts)
        words = any(isinstance(part, Values) for part in self._parts)
        low = -np.inf if raw else -COMPRESSED_LIMIT
        high = np.inf if raw else float(2**24) if words else COMPRESSED_LIMIT
        self.observation_space = Box(low, high, (size,), np.float32)

    def _size(self, part: gymnasium.Space[Any]) -> int:
        if isinstance(part, Values):
            if part.type is dict:
                raise TypeError("a document has no flat form; observe something else")
            return self._length
        return gymnasium.spaces.flatdim(part)

    def observation(self, observation: Any) -> np.ndarray:
        if self._names is not None:
            values = [observation[name] for name in self._names]
        else:
            values = [observation]
        flat = [self._flat(p, v) for p, v in zip(self._parts, values, strict=True)]
        return np.concatenate(flat, dtype=np.float32)

    def _flat(self, part: gymnasium.Space[Any], value: Any) -> np.ndarray:
        if isinstance(part, Values):
            return self._padded(value)
        numbers = np.asarray(gymnasium.spaces.flatten(part, value), np.float64)
        return numbers if self._raw else compressed(numbers)

    def _padded(self, value: Any) -> np.ndarray:
        padded = np.zeros(self._length, np.float32)
        if isinstance(value, list):
            codes = [_word_code(word) for word in value[: self._length]]
            padded[: len(codes)] = codes
        else:
            data = value.encode() if isinstance(value, str) else value
            data = data[: self._length]
            padded[: len(data)] = np.frombuffer(data, np.uint8)
        return padded


def make_flat(**settings: Any) -> FlatObservation:
    """What gymnasium.make("hone/llvm-size-flat-v0") makes."""
    return FlatObservation(CompilerEnv(**settings))


def _word_code(word: str) -> int:
    """FNV-1a, folded to 24 bits: the same in every process, unlike hash()."""
    code = 0x811C9DC5
    for byte in word.encode():
        code = (code ^ byte) * 0x01000193 & 0xFFFFFFFF
    return (code >> 24) ^ (code & 0xFFFFFF)


class MaskedObservation(gymnasium.Wrapper[Any, Any, Any, Any]):
    """The mask within the observation, as RLlib's examples want it:
    {"observations": …, "action_mask": …}. sb3-contrib calls action_masks()."""

    def __init__(self, env: Env) -> None:
        super().__init__(env)
        self._masks = env.get_wrapper_attr("action_masks")
        count = int(env.action_space.n)  # type: ignore[attr-defined]
        self.observation_space = Dict(
            {"observations": env.observation_space, "action_mask": Box(0, 1, (count,), np.int8)}
        )

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        observation, info = self.env.reset(seed=seed, options=options)
        return self._with_mask(observation), info

    def step(self, action: Any) -> Any:
        observation, *rest = self.env.step(action)
        return self._with_mask(observation), *rest

    def _with_mask(self, observation: Any) -> dict[str, Any]:
        return {"observations": observation, "action_mask": self._masks().astype(np.int8)}


class _Log:
    """Keeps what an environment does in a store, as a path of rows."""

    def __init__(self, store: Store, environment: str, reward: str) -> None:
        self._store = store
        self._row: dict[str, Any] = {
            "environment": environment,
            "benchmark": "",
            "reward_space": reward,
            "compiler": compiler_version(),
        }
        # (steps since the reset, key) of the rows that lead to this state.
        self._path: list[tuple[int, str]] = []
        self._seen: list[str] = []  # the history that they are of

    @property
    def benchmark(self) -> str:
        """The program whose episode is logged, "" before the first."""
        return self._row["benchmark"]

    def begin(self, benchmark: str, observation: Any) -> None:
        self._row["benchmark"] = benchmark
        self._path.clear()
        self._seen.clear()
        self._add("", "", 0, observation, 0.0, False)

    def step(self, history: Sequence[str], observation: Any, reward: float, changed: bool) -> None:
        # Somebody may have gone back (Undo), or the action was lost in a crash.
        pairs = zip(self._seen, history, strict=False)
        shared = next((i for i, (a, b) in enumerate(pairs) if a != b), len(self._seen))
        while self._path[-1][0] > min(shared, len(history)):
            self._path.pop()
        self._seen = list(history)
        depth, parent = self._path[-1]
        if len(history) > depth:
            taken = " ".join(history[depth:])
            self._add(parent, taken, len(history), observation, reward, changed)

    def _add(
        self, parent: str, action: str, depth: int, observation: Any, reward: float, changed: bool
    ) -> None:
        key = self._store.add_step(
            parent=parent,
            action=action,
            depth=depth,
            reward=reward,
            changed=changed,
            observation=json.dumps(observation, default=_plain),
            **self._row,
        )
        self._path.append((depth, key))


class LogSteps(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Keeps every step in a store, where it is when step() returns.

    `store` is a Store, a file, postgresql://USER@HOST/DATABASE, or "" for the
    user's own. Steps that lead to one state by the same actions share a row, so
    that a store is a tree of what was tried; `hone store info` counts it.
    """

    def __init__(self, env: Env, store: Store | str | os.PathLike[str] = "") -> None:
        super().__init__(env)
        bare = _compiler(env)
        self.store = _store(store)
        self._log = _Log(self.store, bare.environment, bare.reward)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        observation, info = self.env.reset(seed=seed, options=options)
        self._log.begin(_compiler(self.env).begun, observation)
        return observation, info

    def step(self, action: Any) -> Any:
        if _compiler(self.env).begun != self._log.benchmark:
            raise Error("conflict", "LogSteps has not seen this episode begin; call its own reset()")
        observation, reward, ended, truncated, info = self.env.step(action)
        history = _compiler(self.env).history
        self._log.step(history, observation, float(reward), info["changed"])
        return observation, reward, ended, truncated, info


class LogBatch(VectorWrapper):
    """LogSteps for a batch, with its send() and recv(): around the batch itself,
    before others are. A row of actions is one step."""

    env: CompilerVectorEnv

    def __init__(self, env: CompilerVectorEnv, store: Store | str | os.PathLike[str] = "") -> None:
        if not isinstance(env, CompilerVectorEnv):
            raise TypeError(f"expected a hone.vector.CompilerVectorEnv, found {env!r}")
        super().__init__(env)
        self.store = _store(store)
        self._logs = [_Log(self.store, env.environment, env.reward) for _ in range(env.num_envs)]
        self.async_reset, self.send = env.async_reset, env.send
        self.action_masks = env.action_masks

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> Any:
        observations, info = self.env.reset(seed=seed, options=options)
        for i, log in enumerate(self._logs):
            log.begin(self.env.begun[i], _row(observations, i))
        return observations, info

    def step(self, actions: Any) -> Any:
        return self._keep(range(self.num_envs), self.env.step(actions))

    def recv(self, count: int | None = None) -> Any:
        answer = self.env.recv(count)
        return self._keep(answer[-1]["env_id"], answer)

    @property
    def in_flight(self) -> int:
        return self.env.in_flight

    def _keep(self, who: Iterable[int], answer: Any) -> Any:
        observations, rewards, *_, info = answer
        for k, i in enumerate(who):
            log, history, observation = self._logs[i], self.env.history(i), _row(observations, k)
            if log.benchmark == self.env.begun[i]:
                log.step(history, observation, float(rewards[k]), bool(info["changed"][k]))
            elif not history:
                log.begin(self.env.begun[i], observation)
            else:
                raise Error("conflict", "LogBatch has not seen an episode begin; call its reset()")
        return answer


def _row(observations: Any, index: int) -> Any:
    """What one environment of a batch observes."""
    if isinstance(observations, dict):
        return {name: rows[index] for name, rows in observations.items()}
    return observations[index]


def _store(place: Store | str | os.PathLike[str]) -> Store:
    return place if isinstance(place, Store) else Store(os.fspath(place))


def _plain(value: Any) -> Any:
    """What JSON has no form for."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"an observation of {type(value)} cannot be logged")
