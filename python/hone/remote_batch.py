# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A batch of environments on a server: what
gymnasium.make_vec("hone/llvm-size-v0", num_envs=8, address=…) steps."""

import concurrent.futures
import contextlib
import functools
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from hone.client import Connection, RemoteEnvironment, Taken
from hone.errors import Error

STACKED = ("integer", "float", "box", "float-box")  # kinds of observations

Flight = concurrent.futures.Future[Taken]
# (rewards, changed, done, an array for each observation, failures)
Rows = tuple[list[float], list[bool], list[bool], list[np.ndarray], list[list[str]]]


class RemoteBatch:
    """What hone._core.Batch is, elsewhere.

    Steps of all environments together are one call of the server's, which sends
    them to all workers before it waits. Resets, and what is sent without waiting,
    are calls of threads, one for each environment.
    """

    def __init__(
        self, connection: Connection, environment: str, size: int, options: dict[str, Any]
    ) -> None:
        if size < 1:
            raise Error("invalid-argument", "a batch has at least one environment")
        self._connection = connection
        self._lock = threading.Lock()
        self._flights: dict[int, Flight] = {}  # by environment
        self._landed: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._ready: deque[int] = deque()  # of those that have landed
        self._left: list[Flight] = []  # resets whose step() was interrupted
        self._closed = False
        self._pool = concurrent.futures.ThreadPoolExecutor(size, "hone-batch")
        make = functools.partial(connection.make, environment, **options)
        made = [self._pool.submit(make) for _ in range(size)]
        concurrent.futures.wait(made)
        failures = [failure for one in made if (failure := one.exception()) is not None]
        self._environments: list[RemoteEnvironment] = [
            one.result() for one in made if one.exception() is None
        ]
        try:
            if failures:
                raise failures[0]
            _check_kinds(self.spaces(), options.get("observations", ()))
        except BaseException:
            self.close()
            raise
        self.actions = self._environments[0].actions

    def __len__(self) -> int:
        return len(self._environments)

    def spaces(self) -> list[tuple[str, str, list[str], int, str]]:
        return self._environments[0].spaces()

    def step(self, actions: np.ndarray, benchmarks: list[str] | None = None) -> Rows:
        with self._held():
            if self._flights:
                raise Error(
                    "conflict",
                    f"{len(self._flights)} environments are in flight; receive them before "
                    "all step together",
                )
            everyone = range(len(self))
            resets = self._resets(everyone, actions, benchmarks)
            begun = {i: self._pool.submit(reset) for i, reset in resets.items()}
            going = [i for i in everyone if i not in begun]
            answers: dict[int, Taken | Error] = {}
            try:
                if going:
                    steps = self._connection.step_together(
                        [self._environments[i] for i in going], [actions[i].tolist() for i in going]
                    )
                    answers.update(zip(going, steps, strict=True))
                for i, flight in begun.items():
                    answers[i] = _outcome(flight)
            except BaseException:
                self._left = list(begun.values())
                raise
            return _stacked([_unless_error(answers[i]) for i in everyone])

    def send(
        self, who: Sequence[int], actions: np.ndarray, benchmarks: list[str] | None = None
    ) -> None:
        with self._held():
            self._check_are_free(who)
            resets = self._resets(who, actions, benchmarks)
            for i, row in zip(who, actions, strict=True):
                step = functools.partial(self._environments[i].multistep, row.tolist())
                self._flights[i] = self._pool.submit(resets.get(i, step))
                self._flights[i].add_done_callback(lambda _, i=i: self._landed.put(i))

    def receive(self, count: int) -> tuple[list[int], Rows]:
        with self._held():
            if count < 1:
                raise Error("invalid-argument", "receive one answer at least")
            if count > len(self._flights):
                raise Error(
                    "invalid-argument",
                    f"{count} answers asked for, {len(self._flights)} environments in flight",
                )
            while len(self._ready) < count:
                i = self._landed.get()
                failure = self._flights[i].exception()
                if failure is not None:  # this answer is lost; the others stay
                    del self._flights[i]
                    raise failure
                self._ready.append(i)
            who = [self._ready.popleft() for _ in range(count)]
            return who, _stacked([self._flights.pop(i).result() for i in who])

    @property
    def in_flight(self) -> int:
        with self._held():
            return len(self._flights)

    def episode(self, index: int) -> str:
        with self._held():
            self._check_are_free([index])
            return self._environments[index].episode()

    def close(self) -> None:
        """Waits for what is in flight."""
        if not self._connection.is_here():
            return
        with self._lock:
            if self._closed:
                return
            self._closed = True
            concurrent.futures.wait([*self._flights.values(), *self._left])
            # A server that hangs is waited for once, not once for each. Where
            # Python itself ends, there are no threads any more.
            with contextlib.suppress(RuntimeError):
                ends = [self._pool.submit(one.close) for one in self._environments]
                concurrent.futures.wait(ends)
            self._pool.shutdown()

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """One call at a time, of this process, while it is open."""
        if not self._connection.is_here():
            raise Error("conflict", "this batch was made in another process; make one here")
        with self._lock:
            if self._closed:
                raise Error("invalid-argument", "the batch is closed; make another one")
            concurrent.futures.wait(self._left)
            self._left = []
            yield

    def _check_are_free(self, who: Sequence[int]) -> None:
        busy = set(self._flights)
        for i in who:
            if not 0 <= i < len(self):
                raise Error("invalid-argument", f"environment {i} of {len(self)}")
            if i in busy:
                raise Error(
                    "conflict",
                    f"environment {i} is in flight; receive it before it is asked for "
                    "something else",
                )
            busy.add(i)

    def _resets(
        self, who: Sequence[int], actions: np.ndarray, benchmarks: list[str] | None
    ) -> dict[int, Callable[[], Taken]]:
        """Of those of these environments that have a benchmark. The rows of the
        others are looked at before any of them steps."""
        uris = benchmarks or [""] * len(who)
        if len(actions) != len(who) or len(uris) != len(who):
            raise Error(
                "invalid-argument",
                f"a batch of {len(who)} environments needs as many actions and benchmarks",
            )
        for i, row, uri in zip(who, actions, uris, strict=True):
            if not uri:
                self._environments[i].check(row.tolist())
        return {
            i: functools.partial(self._environments[i].reset, uri)
            for i, uri in zip(who, uris, strict=True)
            if uri
        }


def _check_kinds(
    spaces: list[tuple[str, str, list[str], int, str]], observed: Sequence[str]
) -> None:
    kinds = {name: kind for name, kind, *_ in spaces}
    for name in observed:
        if kinds[name] not in STACKED:
            raise Error(
                "unsupported",
                f"a batch stacks integers, floats and boxes; observe {kinds[name]} "
                "in single environments",
            )


def _outcome(flight: Flight) -> Taken | Error:
    try:
        return flight.result()
    except Error as error:
        return error


def _unless_error(answer: Taken | Error) -> Taken:
    if isinstance(answer, Error):
        raise answer
    return answer


def _stacked(steps: list[Taken]) -> Rows:
    rewards, changed, done, observations, failures = zip(*steps, strict=True)
    columns = [np.reshape(column, (len(steps), -1)) for column in zip(*observations, strict=True)]
    return list(rewards), list(changed), list(done), columns, list(failures)
