# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""LLVM's passes, and whatever else src/env/environments.def names, as Gymnasium
environments."""

import functools
import operator
import os
import pathlib
import shlex
from collections.abc import Sequence
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from hone import _core
from hone.errors import Error
from hone.spaces import NamedSpace, named_space

# What a step is rewarded for, by the name behind "hone/".
TASKS = {
    "flags-clang-size": ("flags-clang", "loaded-bytes-oz"),
    "flags-gcc-size": ("flags-gcc", "loaded-bytes-oz"),
    "inliner-size": ("inliner", "loaded-bytes-norm"),
    "llvm-ic": ("llvm", "ir-instructions-oz"),
    "llvm-runtime": ("llvm", "runtime-norm"),
    "llvm-size": ("llvm", "loaded-bytes-oz"),
    "loops-runtime": ("loops", "runtime-norm"),
    "pipelines-size": ("pipelines", "loaded-bytes-norm"),
}
# (observation, reward, terminated, truncated, info)
Step = tuple[Any, float, bool, bool, dict[str, Any]]
EPISODE_STEPS = 45
# What is observed unless told otherwise, where it is not "autophase".
OBSERVED = {"flags-clang": "choices", "flags-gcc": "choices"}
SERVER_KEEPS_FAILURES = "a server keeps failures where hone serve --failures says"
RELOCATION_PIC = 1  # in "build-mode": src/program/build_mode.h


def benchmark(path: str | os.PathLike[str], flags: Sequence[str] = ()) -> str:
    """The URI of a C, C++, .ll or .bc file with clang's flags for it."""
    text = os.fspath(path)
    return _core.benchmark_uri(text if "://" in text else os.path.abspath(text), list(flags))


def asked_benchmark(options: dict[str, Any] | None) -> Any:
    """What the options of a reset ask for; they have no other name."""
    others = sorted((options or {}).keys() - {"benchmark"})
    if others:
        raise ValueError(f"a reset has the option 'benchmark', found {', '.join(others)}")
    return (options or {}).get("benchmark")


def check_render_mode(mode: str | None, modes: Sequence[str]) -> None:
    """A TypeError for what cannot be rendered, as for a parameter that there is
    not: Stable-Baselines3 asks any environment for "rgb_array", and makes it
    without where it is told so."""
    if mode is not None and mode not in modes:
        raise TypeError(f"no render_mode {mode!r} here; there are: {', '.join(modes) or 'none'}")


def bundled_benchmarks() -> list[str]:
    """Small C programs that come with the package, for a first try."""
    folder = pathlib.Path(__file__).with_name("programs")
    return [benchmark(path) for path in sorted(folder.glob("*/*.c"))]


def default_benchmark(spaces: Sequence[str] = ()) -> str:
    """What is begun with where no program is named, of which these rewards and
    observations are asked: those of time need one that has a main() and runs
    without input, which no single file of the bundled programs does."""
    if any(name.startswith("runtime") for name in spaces):
        return "generator://hone/1"
    return next(uri for uri in bundled_benchmarks() if "inflate.c" in uri)


class Semantics(NamedTuple):
    """Whether the program that an episode ends with does what its benchmark does."""

    differences: list[str]  # a line each
    ran_program: bool  # it has a main(), and its output was compared
    tested: float  # the share of its bytes in functions that ran on generated inputs
    unavailable: str  # why no function could be called
    sanitized: bool  # it was also run with sanitizers, before and after
    own_faults: list[str]  # what these found in the benchmark itself


class Validation(NamedTuple):
    """Whether an episode, taken again, ends in the same state and reward, and
    where that was asked for, in a program that does the same."""

    state_matches: bool
    reward_matches: bool
    found: str  # the episode as it ended this time
    semantics: Semantics | None = None
    failures: Sequence[str] = ()  # the action that was lost this time, and why

    @property
    def ok(self) -> bool:
        same = self.semantics is None or not self.semantics.differences
        return self.state_matches and self.reward_matches and same


def validate(episode: str, *, semantics: bool = False, inputs: int = 64) -> Validation:
    """Takes an episode again, in an environment of its own.

    With `semantics`, the functions of the program that comes out are called with
    generated `inputs` each, and a program with a main() is run; both have to do
    what the stock build does, with AddressSanitizer too. That takes seconds.
    """
    state_matches, reward_matches, found, failures = _core.validate_episode(episode)
    meaning = Semantics(*_core.episode_semantics(episode, inputs)) if semantics else None
    return Validation(state_matches, reward_matches, found, meaning, failures)


class _UnderWay:
    """Stands for a history while C++ takes actions: Ctrl-C may come when it has
    taken them, and Python has not heard of it."""

    __slots__ = ("before",)

    def __init__(self, before: list[str] | None) -> None:
        self.before = before  # where that is known


class CompilerEnv(gymnasium.Env[Any, np.int64]):
    """A program, and actions that change it.

    Observations are named by `observation`: one name gives that space, a
    sequence of names a Dict of them, None the constant 0, "" what suits the
    environment: AutoPhase's counts, or the options chosen so far. `info` says whether
    the step changed the program ("changed") and what was lost ("failures").

    Episodes of `inliner` and `loops` end when nothing is left to decide. Others
    never end by themselves: put a TimeLimit around, as gymnasium.make does.

    `vocabulary` is the file with IR2Vec's, which the observations "ir2vec" and
    "ir2vec-flow" need; $HONE_IR2VEC_VOCABULARY may name it too.

    With `address`, the environment is on the server that listens there (hone
    serve); `token` may also stand in $HONE_TOKEN. docs/python.md says what is
    different then.
    """

    metadata = {"render_modes": ["ansi"], "render_fps": 4}

    def __init__(
        self,
        environment: str = "llvm",
        *,
        benchmark: str | os.PathLike[str] | None = None,
        observation: str | Sequence[str] | None = "",
        reward: str = "",
        action_space: str = "",
        cpu_seconds: float = 60,
        failures: str | os.PathLike[str] = "",
        vocabulary: str | os.PathLike[str] = "",
        address: str = "",
        token: str = "",
        render_mode: str | None = None,
    ) -> None:
        check_render_mode(render_mode, self.metadata["render_modes"])
        if observation == "":
            observation = OBSERVED.get(environment, "autophase")
        names = observation_names(observation)
        if address and failures:
            raise Error("unsupported", SERVER_KEEPS_FAILURES)
        core = (connect(address, token).make if address else _core.make_environment)(
            environment,
            action_space=action_space,
            reward=reward,
            observations=names,
            cpu_seconds=cpu_seconds,
            failures=os.fspath(failures),
            vocabulary=os.fspath(vocabulary),
        )
        self.environment = environment
        self.reward = reward
        self.render_mode = render_mode
        self.benchmark = globals()["benchmark"](
            benchmark or default_benchmark([reward, *names])
        )
        self._begin(core, observation)

    def _begin(self, core: _core.Environment, observation: str | Sequence[str] | None) -> None:
        self._core = core
        self._observation = observation
        self.actions: list[str] = core.actions
        self.action_space = gymnasium.spaces.Discrete(len(self.actions))
        spaces = [self.observation_spaces[name] for name in observation_names(observation)]
        self.observation_space, self._convert = join_spaces(observation, spaces)
        # 0 where an action is known to do nothing in the state at hand.
        self._mask = np.ones(len(self.actions), np.int8)
        self._history: list[str] | _UnderWay = []
        self.begun = ""  # the program of the episode; `benchmark` is that of the next

    @functools.cached_property
    def observation_spaces(self) -> dict[str, NamedSpace]:
        """Everything that observe() knows."""
        return {row[0]: named_space(*row) for row in self._core.spaces()}

    @functools.cached_property
    def reward_spaces(self) -> list[str]:
        """What `reward` can be."""
        return self._core.reward_spaces

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begins an episode; options={"benchmark": …} with another program."""
        super().reset(seed=seed)
        asked = asked_benchmark(options)
        uri = self.benchmark if asked is None else benchmark(asked)
        call = self._begin_call()
        *_, observations, _ = self._core.reset(uri)
        # Only now: a program that cannot be begun is not kept.
        self.benchmark = self.begun = uri
        self._mask.fill(1)
        self._end_call(call, [])
        return self._convert(observations), {"benchmark": uri}

    def step(self, action: Any) -> Step:
        number = operator.index(action)
        call = self._begin_call()
        reward, changed, done, observations, failures = self._core.step(number)
        if changed:
            self._mask.fill(1)
        else:
            self._mask[number] = 0
        self._end_call(call, call.before, [] if failures else [self.actions[number]])
        info = {"changed": changed, "failures": failures}
        return self._convert(observations), reward, done, False, info

    def multistep(self, actions: Sequence[int]) -> Step:
        """Several actions in one round trip; the reward is that of all."""
        numbers = [operator.index(action) for action in actions]
        call = self._begin_call()
        result = self._core.multistep(numbers)
        return self._several(call, result, [self.actions[number] for number in numbers])

    def step_texts(self, actions: Sequence[str]) -> Step:
        """The same for actions by their texts, in the action space or not: for
        `llvm`, whatever `opt -passes=` takes."""
        if isinstance(actions, str):
            raise TypeError(f"expected a list of texts, found the text {actions!r}")
        texts = list(actions)
        call = self._begin_call()
        return self._several(call, self._core.step_texts(texts), texts)

    def _several(self, call: "_UnderWay", result: Any, texts: list[str]) -> Step:
        reward, changed, done, observations, failures = result
        self._mask.fill(1)
        # Where some were lost, the episode knows which.
        self._end_call(call, None if failures else call.before, texts)
        info = {"changed": changed, "failures": failures}
        return self._convert(observations), reward, done, False, info

    @property
    def history(self) -> list[str]:
        """The actions taken since reset, as texts, without those that were lost."""
        known = self._history
        if isinstance(known, list):
            return known
        taken = actions_of(self._core.episode())
        if self._history is known:  # and no other thread's
            self._history = taken
            self._mask.fill(1)
        return taken

    def _begin_call(self) -> "_UnderWay":
        """Before C++ takes actions; _end_call() says what it took. Where an exception
        comes between, the history is asked of C++ when somebody wants it."""
        known = self._history
        call = _UnderWay(known if isinstance(known, list) else None)
        self._history = call
        return call

    def _end_call(
        self, call: "_UnderWay", before: list[str] | None, texts: Sequence[str] = ()
    ) -> None:
        """The history is `before`, where that is known, and `texts`."""
        if before is None or self._history is not call:  # another thread's call came between
            self._history = _UnderWay(None)
            return
        before += texts
        self._history = before

    def observe(self, name: str) -> Any:
        """Any observation, whether step returns it or not."""
        value = self._core.observe(name)
        return self.observation_spaces[name].convert(value)

    def reward_in(self, space: str) -> float:
        """The episode's reward so far in any reward space, not only its own."""
        return self._core.reward_in(space)

    def fork(self) -> "CompilerEnv":
        """A second environment in the same state, with a life of its own."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._begin(self._core.fork(), self._observation)
        other._history, other.begun = self.history.copy(), self.begun
        other._mask = self._mask.copy()
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> "CompilerEnv":
        return self.fork()

    def __reduce__(self) -> Any:
        raise TypeError(
            "an environment belongs to its process and is not pickled; "
            "make one where it is used and replay() there what episode() says"
        )

    def become(self, other: "CompilerEnv") -> None:
        """Takes over the state of a fork, which ends; its settings are equal."""
        self._core.close()
        self._core, self._mask, self._history = other._core, other._mask, other.history

    def action_masks(self) -> np.ndarray:
        """False for actions that were tried in this state and changed nothing;
        all true when there is no other. The name is that of sb3-contrib."""
        if not isinstance(self._history, list):  # nor is the state what it was
            self._mask.fill(1)
        return self._mask.astype(bool) if self._mask.any() else np.ones(len(self._mask), bool)

    def episode(self) -> str:
        """The episode so far as one line of text, for validate and replay."""
        return self._core.episode()

    def command_line(self) -> str:
        """The `opt` command that takes this episode's passes on input.bc, where
        all of them are passes over the module. It runs them in one go, with the
        analyses and the order of uses that each left to the next, so that single
        instructions may differ: the episode's text is what repeats everything."""
        others = [a for a in self.history if a.startswith(("@", "knob:"))]
        if self.environment != "llvm" or others:
            what = f"the action {others[0]!r}" if others else f"{self.environment!r}"
            raise ValueError(f"no command of opt has {what}; episode() says what was done")
        passes = ",".join(self.history) or "no-op-module"
        command = ["opt-22", f"-passes={passes}", "input.bc", "-o", "output.bc"]
        # Some passes ask how code will be addressed; opt says static by itself.
        if self.observe("build-mode")["relocation"] == RELOCATION_PIC:
            command.insert(1, "-relocation-model=pic")
        return shlex.join(command)

    def replay(self, episode: str) -> float:
        """Begins the episode's benchmark and takes its actions; their reward. One
        that is lost is an Error, and the environment is where it came to."""
        of = episode.lstrip().partition(",")[0]
        if of != self.environment:
            what = f"an episode of {of!r} means something else in {self.environment!r}"
            raise Error("invalid-argument", what)
        call = self._begin_call()
        reward, *_, failures = self._core.replay(episode)
        self.begun = episode.split(",", 2)[1]
        self._mask.fill(1)
        self._end_call(call, None if failures else actions_of(episode))
        if failures:
            raise Error("rejected", f"an action is lost: {failures[0]}")
        return reward

    def render(self) -> str | None:
        """The program as text: its IR, or the command line where options of a
        compiler are chosen."""
        if self.render_mode != "ansi":
            return None
        text: str = self._core.observe("ir" if "ir" in self.observation_spaces else "command-line")
        return text

    def close(self) -> None:
        self._core.close()


def as_field(uri: str) -> str:
    """A URI as an episode's line has it (src/env/episode.h)."""
    return uri.replace(",", "%2C").replace("\n", "%0A").replace("\r", "%0D")


def actions_of(episode: str) -> list[str]:
    """The actions of an episode's line, where they come last."""
    return episode.split(",", 5)[5].split()


def connect(address: str, token: str) -> Any:
    """hone.client.connect(); grpcio is needed by those only who ask for a server."""
    from hone import client

    return client.connect(address, token)


def observation_names(observation: str | Sequence[str] | None) -> list[str]:
    if observation is None:
        return []
    return [observation] if isinstance(observation, str) else list(observation)


def join_spaces(observation: Any, spaces: list[NamedSpace]) -> tuple[gymnasium.Space[Any], Any]:
    """The space of what step returns, and how to make that of C++'s list."""
    if observation is None:
        return gymnasium.spaces.Discrete(1), lambda values: np.int64(0)
    if isinstance(observation, str):
        convert = spaces[0].convert
        return spaces[0].space, lambda values: convert(values[0])
    joined = gymnasium.spaces.Dict({s.name: s.space for s in spaces})
    return joined, lambda values: {
        s.name: s.convert(v) for s, v in zip(spaces, values, strict=True)
    }


def make(task: str = "llvm-size", **settings: Any) -> CompilerEnv:
    """A bare environment: one of TASKS, such as "llvm-size", or the name of an
    environment with `reward` among the settings. gymnasium.make wraps the
    same in Gymnasium's checks and a time limit."""
    environment, reward = TASKS.get(task, (task, ""))
    return CompilerEnv(environment, **{"reward": reward, **settings})


def register_environments() -> None:
    """Makes "hone/llvm-size-v0" and its like known to gymnasium.make, and
    "hone/llvm-size-flat-v0", which observes one Box of float32."""
    for task, (environment, reward) in TASKS.items():
        for suffix, entry_point, batch in (
            ("", "hone.environments:CompilerEnv", "hone.vector:CompilerVectorEnv"),
            ("-flat", "hone.wrappers:make_flat", "hone.vector:make_flat"),
        ):
            name = f"hone/{task}{suffix}-v0"
            if name in gymnasium.registry:
                continue
            gymnasium.register(
                name,
                entry_point=entry_point,
                vector_entry_point=batch,
                max_episode_steps=EPISODE_STEPS,
                nondeterministic=task.endswith("-runtime"),
                kwargs={"environment": environment, "reward": reward},
            )
