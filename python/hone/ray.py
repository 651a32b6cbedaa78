# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Environments and searches on a Ray cluster.

    ray.init()
    env = hone.ray.RemoteEnv("llvm-size")             an actor
    hone.ray.optimize(files, store="postgresql://…")  a task for each file

Processes and machines may die on the way. An actor that is started again takes
the actions of its episode again, so its user sees nothing of it. A search that
is started again finds in the store what it has measured, and ends as it would
have ended. Sources and compilers must be on every machine, under the same names;
a store that several machines use is on PostgreSQL.
"""

import functools
import operator
import os
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np

try:
    import ray
except ImportError as error:
    raise ImportError(f"{error.name} is missing; pip install ray") from error

from hone._optimize import OptimizeReport, Path
from hone._optimize import optimize as _optimize
from hone.environments import CompilerEnv, Step, asked_benchmark, benchmark, check_render_mode, make
from hone.errors import Error


class _Actor:
    """An environment, and what of its episode it has been told: a caller that
    knows of other actions talks to an actor that was started again."""

    def __init__(self, task: str, settings: dict[str, Any]) -> None:
        self._task, self._settings = task, settings
        self._uri = ""

    @functools.cached_property
    def _env(self) -> CompilerEnv:
        """Made by the first call: what __init__ raises is to Ray a dead actor."""
        return make(self._task, **self._settings)

    def describe(self) -> tuple[Any, ...]:
        env = self._env
        return env.action_space, env.observation_space, env.actions, env.benchmark, os.getpid()

    def reset(self, uri: str, seed: int | None) -> tuple[Any, dict[str, Any]]:
        self._uri = uri
        return self._env.reset(seed=seed, options={"benchmark": uri})

    def multistep(self, uri: str, history: list[str], actions: list[int]) -> tuple[Any, ...]:
        env = self._at(uri, history)
        step = env.multistep(actions) if len(actions) != 1 else env.step(actions[0])
        return step, env.history, env.action_masks()

    def observe(self, uri: str, history: list[str], name: str) -> Any:
        return self._at(uri, history).observe(name)

    def episode(self, uri: str, history: list[str]) -> str:
        return self._at(uri, history).episode()

    def _at(self, uri: str, history: list[str]) -> CompilerEnv:
        if self._uri != uri or self._env.history != history:
            self.reset(uri, None)
            if history:
                self._env.step_texts(history)
        return self._env


class RemoteEnv(gymnasium.Env[Any, np.int64]):
    """hone.make(task, …) in an actor. `resources` are options of a Ray actor,
    {"num_cpus": 1} without them."""

    def __init__(
        self, task: str = "llvm-size", *, resources: dict[str, Any] | None = None, **settings: Any
    ) -> None:
        check_render_mode(settings.get("render_mode"), self.metadata["render_modes"])
        if settings.get("benchmark"):  # its path is from here, not from where the actor is
            settings["benchmark"] = benchmark(settings["benchmark"])
        options = {"num_cpus": 1, "max_restarts": -1, "max_task_retries": -1, **(resources or {})}
        self._actor: Any = ray.remote(_Actor).options(**options).remote(task, settings)
        described = self._call("describe")
        self.action_space, self.observation_space, self.actions, self.benchmark, self.pid = described
        self.history: list[str] = []
        self._mask = np.ones(len(self.actions), bool)
        self._begun: ray.ObjectRef[Any] | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        asked = asked_benchmark(options)
        uri = self.benchmark if asked is None else benchmark(asked)
        result = self._call("reset", uri, seed)
        self._begun = None  # what was under way is of another episode
        self.benchmark = uri
        self.history, self._mask = [], np.ones(len(self.actions), bool)
        return result

    def step(self, action: Any) -> Step:
        return self.multistep([action])

    def multistep(self, actions: Sequence[int]) -> Step:
        """Several actions in one call; the reward is that of all."""
        return self.finish(self.begin(actions))

    def begin(self, actions: Sequence[int]) -> "ray.ObjectRef[Any]":
        """Sets actions going and does not wait: finish() does. Begin on several
        environments, then finish them, and they step at one time. The next ones
        follow these, so they wait for finish(); a `conflict` says so."""
        if self._begun is not None:
            raise Error("conflict", "actions are under way; finish() them before others begin")
        taken = [operator.index(action) for action in actions]
        self._begun = self._actor.multistep.remote(self.benchmark, self.history, taken)
        return self._begun

    def finish(self, begun: "ray.ObjectRef[Any]") -> Step:
        """What the actions that were begun came to."""
        if begun != self._begun:
            raise Error("conflict", "these actions are not under way, or not any more")
        try:
            step, self.history, self._mask = ray.get(begun)
        finally:  # where it failed, the actor goes back to the history that is known
            self._begun = None
        return step

    def observe(self, name: str) -> Any:
        """Any observation, whether step returns it or not."""
        return self._call("observe", self.benchmark, self.history, name)

    def episode(self) -> str:
        """The episode so far as one line of text, for hone.validate."""
        return self._call("episode", self.benchmark, self.history)

    def action_masks(self) -> np.ndarray:
        """As CompilerEnv.action_masks."""
        return self._mask

    def close(self) -> None:
        ray.kill(self._actor)

    def _call(self, method: str, *words: Any) -> Any:
        return ray.get(getattr(self._actor, method).remote(*words))


def optimize(
    paths: Sequence[Path],
    flags: Sequence[str] = (),
    *,
    store: Path,
    resources: dict[str, Any] | None = None,
    **settings: Any,
) -> list[OptimizeReport]:
    """hone.optimize for each file, a task each; the reports in that order.

    `settings` are those of hone.optimize, `resources` options of a Ray task;
    folders among the flags must be absolute. A task whose process or machine died
    is run again, however often. `output` is of one file.
    """
    if settings.get("output") and len(paths) > 1:
        raise ValueError(f"one output for {len(paths)} files; each would replace the one before")
    options = {"num_cpus": 1, "max_retries": -1, **(resources or {})}
    task: Any = ray.remote(_optimize).options(name="hone.optimize", **options)
    settings = {"jobs": 1, "store": os.fspath(store), **settings}
    files = [os.path.abspath(path) for path in paths]  # workers have folders of their own
    return ray.get([task.remote(file, list(flags), **settings) for file in files])
