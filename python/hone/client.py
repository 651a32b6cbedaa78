# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Environments on a server (`hone serve`), with the interface of local ones.

    env = gymnasium.make("hone/llvm-size-v0", address="unix:/run/hone.sock")

Programs are read here and uploaded, so that the server needs none of this
machine's files. A session that was lost, with its server or its lease, is made
again and takes the actions again that were answered; nobody notices but by the
time it took.

It needs grpcio and protobuf: `pip install grpcio protobuf`.
"""

import os
import pathlib
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hone._uploads import read_program
from hone.environments import as_field
from hone.errors import Error

try:
    import grpc
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError as missing:
    raise ImportError(f"{missing.name} is missing; pip install grpcio protobuf") from missing

SERVICE = "hone.service.v1.Environments"
FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0
CLOSE_SECONDS = 2.0
# Of one request, where a history is taken again: far below what a server takes,
# and each piece has a call's deadline to itself.
PIECE = 1000

# What failures without a kind of ours are, by their gRPC codes.
CODES = {
    grpc.StatusCode.CANCELLED: "io",
    grpc.StatusCode.DEADLINE_EXCEEDED: "limit-reached",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "limit-reached",
    grpc.StatusCode.UNAUTHENTICATED: "invalid-argument",
    grpc.StatusCode.UNAVAILABLE: "io",
}

# (reward, changed, done, observations, failures), as hone._core returns it.
Taken = tuple[float, bool, bool, list[Any], list[str]]


def _messages() -> dict[str, Any]:
    """The messages of proto/hone/service/v1, from what protoc made of it."""
    path = pathlib.Path(__file__).with_name("service.binpb")
    if not path.exists():
        raise ImportError(f"'{path}' is missing: hone was built without protoc")
    files = descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return {
        message.name: message_factory.GetMessageClass(
            pool.FindMessageTypeByName(f"{file.package}.{message.name}")
        )
        for file in files.file
        for message in file.message_type
    }


MESSAGES = _messages()


def connect(address: str, token: str = "", **settings: Any) -> "Connection":
    """A connection to a server; `token` may also stand in $HONE_TOKEN."""
    token = token or os.environ.get("HONE_TOKEN", "")
    return Connection(address, token.strip(), **settings)  # a file's ends with a newline


class Connection:
    """May be used by several threads; an environment of it by one at a time."""

    def __init__(
        self,
        address: str,
        token: str = "",
        *,
        name: str = "",
        call_seconds: float = 600,
        recovery_seconds: float = 30,
    ) -> None:
        self.address = address
        self._process = os.getpid()
        self.call_seconds = call_seconds
        self.recovery_seconds = recovery_seconds
        self._metadata = [("authorization", f"Bearer {token}")] if token else []
        self._metadata += [("hone-client", name)] if name else []
        self._channel = grpc.insecure_channel(
            address,
            options=[
                ("grpc.max_receive_message_length", -1),
                ("grpc.initial_reconnect_backoff_ms", 100),
                ("grpc.max_reconnect_backoff_ms", 1000),
                ("grpc.optimization_target", "latency"),
            ],
        )
        self._methods: dict[str, Any] = {}

    def call(self, method: str, **fields: Any) -> Any:
        """One call by its name and the fields of its request; the reply."""
        return self._ask(method, fields, self.call_seconds)

    def is_here(self) -> bool:
        """False in a process that fork() made since, whose calls would be the
        parent's."""
        return self._process == os.getpid()

    def _ask(self, method: str, fields: dict[str, Any], seconds: float) -> Any:
        if not self.is_here():
            raise Error("conflict", "this connection was made in another process; make one here")
        if method not in self._methods:
            self._methods[method] = self._channel.unary_unary(
                f"/{SERVICE}/{method}",
                request_serializer=MESSAGES[f"{method}Request"].SerializeToString,
                response_deserializer=MESSAGES[f"{method}Reply"].FromString,
            )
        request = MESSAGES[f"{method}Request"](**fields)
        return self._methods[method](request, timeout=seconds, metadata=self._metadata)

    def upload(self, uri: str, environment: str = "llvm") -> str:
        """Sends the file of a file:// URI; the URI by which the server knows
        it. Other URIs are the server's own and stay what they are."""
        pause = _Pause(self.recovery_seconds)
        while True:
            try:
                return self._send(uri, environment)
            except grpc.RpcError as failure:
                if not _may_pass(failure) or not pause.wait():
                    raise _error(self, failure) from None

    def _send(self, uri: str, environment: str) -> str:
        if not uri.startswith("file://"):
            return uri
        content, kind, flags = read_program(uri, environment)
        return self.call("Upload", content=content, kind=kind, flags=flags).benchmark

    def make(self, environment: str, **options: Any) -> "RemoteEnvironment":
        """An environment; options are those of hone._core.make_environment."""
        return RemoteEnvironment(self, environment, options)

    def make_batch(self, environment: str, size: int, **options: Any) -> "RemoteBatch":
        """Several environments; options are those of hone._core.make_batch."""
        from hone.remote_batch import RemoteBatch  # which is made of what is here

        return RemoteBatch(self, environment, size, options)

    def step_together(
        self, environments: Sequence["RemoteEnvironment"], rows: Sequence[Sequence[int]]
    ) -> list["Taken | Error"]:
        """Actions for each of several environments of this connection, in one
        round trip. Steps that were lost with their sessions are taken again, one
        by one; an error is of one environment."""
        steps = [
            {"session": environment._session, "actions": row}
            for environment, row in zip(environments, rows, strict=True)
        ]
        try:
            replies = list(self.call("StepBatch", steps=steps).steps)
        except KeyboardInterrupt:
            _give_up(environments)  # the server may do it all the same
            raise
        except grpc.RpcError as failure:
            # What the server says itself, it says instead of any step.
            if "hone-error" not in _trailing(failure):
                _give_up(environments)
                if not _may_pass(failure):
                    raise _error(self, failure) from None
            replies = [None] * len(steps)
        answers: list[Taken | Error] = []
        try:
            for environment, row, reply in zip(environments, rows, replies, strict=True):
                answers.append(environment._finish_row(row, reply))
        except KeyboardInterrupt:
            _give_up(environments[len(answers) :])  # whose histories lack the step
            raise
        return answers

    def close(self) -> None:
        if self.is_here():
            self._channel.close()


class RemoteEnvironment:
    """What hone._core.Environment is, elsewhere."""

    def __init__(self, connection: Connection, environment: str, options: dict[str, Any]) -> None:
        self._connection = connection
        self._environment = environment
        if options.get("vocabulary"):
            raise ValueError("a server has a vocabulary of its own: $HONE_IR2VEC_VOCABULARY there")
        names = ("action_space", "reward", "observations", "cpu_seconds", "memory_bytes")
        self._options = {name: options[name] for name in names if name in options}
        self._benchmark = ""  # as the caller named it
        self._history: list[str] = []
        self.recoveries = 0
        self._session = ""  # empty where there is none
        self._closed = False
        spaces = self._call("Spaces")
        self.recoveries = 0
        self.actions: list[str] = list(spaces.actions)
        self.reward_spaces: list[str] = list(spaces.rewards)
        self._spaces = [
            (row.name, row.kind, list(row.names), row.low, row.sentence)
            for row in spaces.observations
        ]

    def spaces(self) -> list[tuple[str, str, list[str], int, str]]:
        return self._spaces

    def reset(self, benchmark: str) -> Taken:
        before = self._benchmark, self._history
        self._benchmark, self._history = benchmark, []
        try:
            return _taken(self._call("Reset", lambda: {"benchmark": self._uploaded()}).step)
        except Error:
            self._benchmark, self._history = before
            raise

    def step(self, action: int) -> Taken:
        return self.multistep([action])

    def multistep(self, actions: Sequence[int]) -> Taken:
        self.check(actions)
        return self._step([self.actions[action] for action in actions], {"actions": actions})

    def check(self, actions: Sequence[int]) -> None:
        """That they are actions of this environment."""
        size = len(self.actions)
        for action in actions:
            if not 0 <= action < size:
                raise Error(
                    "invalid-argument",
                    f"action {action} is not below {size}, the size of the action space",
                )

    def step_texts(self, actions: Sequence[str]) -> Taken:
        return self._step(list(actions), {"action_texts": actions})

    def _step(self, texts: list[str], fields: dict[str, Any]) -> Taken:
        try:
            step = self._call("Step", lambda: fields).step
        except Error:
            self._learn_history()
            raise
        return self._finish(texts, step)

    def _finish(self, texts: list[str], step: Any) -> Taken:
        if step.failures:
            self._learn_history()
        else:
            self._history += texts
        return _taken(step)

    def _finish_row(self, actions: Sequence[int], reply: Any) -> "Taken | Error":
        """By the reply in a batch; without one, or where the session was lost,
        the step is taken now. Whether it had been nobody knows, but in a session
        that is made again it was not."""
        if reply is not None and reply.error.kind == "not-found":
            self._session = ""
            reply = None
        try:
            if reply is None:
                return self.multistep(actions)
            if reply.HasField("error"):
                self._learn_history()
                return Error(reply.error.kind, reply.error.message)
            return self._finish([self.actions[action] for action in actions], reply.step)
        except Error as error:
            return error

    def _learn_history(self) -> None:
        """From the server, which knows what was lost; where it cannot say so,
        the session is given up for one with the history that is known."""
        if not self._session:
            return
        try:
            reply = self._connection.call("State", session=self._session)
            self._history = list(reply.episode.actions)
        except grpc.RpcError:
            self._end_session()

    def observe(self, space: str) -> Any:
        return _value(self._call("Observe", lambda: {"observation": space}).value)

    def reward_in(self, space: str) -> float:
        return self._call("Step", lambda: {"rewards": [space]}).step.rewards[0]

    def fork(self) -> "RemoteEnvironment":
        session = self._call("Fork").session
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, _session=session, _history=self._history.copy())
        return other

    def episode(self) -> str:
        """The program is named as it was here, not as the server does it."""
        episode = self._call("State").episode
        episode.benchmark = self._benchmark
        return _line(episode)

    def record(self) -> str:
        """Writes the episode into the server's store; its line."""
        return _line(self._call("Record").episode)

    def replay(self, episode: str) -> Taken:
        fields = episode.rstrip("\n").split(",", 5)
        if len(fields) != 6:
            raise ValueError(f"'{episode[:100]}' is no episode; expected six fields")
        taken = self.reset(fields[1])
        return self.step_texts(fields[5].split()) if fields[5].split() else taken

    def close(self) -> None:
        self._closed = True
        self._end_session()

    def __del__(self) -> None:
        if getattr(self, "_session", ""):
            self.close()

    # --- Sessions ---

    def _end_session(self) -> None:
        session, self._session = self._session, ""
        if session and self._connection.is_here():
            try:
                self._connection._ask("Close", {"session": session}, CLOSE_SECONDS)
            except (grpc.RpcError, ValueError):
                # Where the server is gone, so is the session. A ValueError is a
                # channel that was closed, or collected, before.
                pass

    def _uploaded(self) -> str:
        return self._connection._send(self._benchmark, self._environment)

    def _make_session(self) -> None:
        """With the whole history in it, or none at all."""
        self._session = ""
        fields = {"environment": self._environment, "options": self._options}
        if self._benchmark:
            fields["benchmark"] = self._uploaded()
        self._session = self._connection.call("Make", **fields).session
        try:
            self._take_again()
        except (Error, grpc.RpcError):
            self._end_session()
            raise

    def _take_again(self) -> None:
        for begin in range(0, len(self._history), PIECE):
            piece = self._history[begin : begin + PIECE]
            reply = self._connection.call("Step", session=self._session, action_texts=piece)
            if reply.step.failures:
                why = reply.step.failures[0]
                raise Error("crashed", f"an action cannot be taken again: {why}")

    def _call(self, method: str, fields: Callable[[], dict[str, Any]] = dict) -> Any:
        """A call on the session, again where the session had to be made again.
        What is not found twice is something else than the session."""
        if self._closed:
            raise Error("invalid-argument", "the environment is closed; make another one")
        pause = _Pause(self._connection.recovery_seconds)
        recovered, lost = False, not self._session
        while True:
            try:
                if lost:
                    self._make_session()
                    self.recoveries += 1
                    recovered, lost = True, False
                return self._connection.call(method, session=self._session, **fields())
            except KeyboardInterrupt:
                self._session = ""  # the server may do it all the same
                raise
            except grpc.RpcError as failure:
                code = failure.code()
                if code == grpc.StatusCode.NOT_FOUND and not (lost or recovered):
                    lost = True
                    continue
                if not _may_pass(failure) or not pause.wait():
                    # Where the server has not said it, nobody knows what became
                    # of the session.
                    if "hone-error" not in _trailing(failure):
                        self._session = ""
                    raise _error(self._connection, failure) from None
                lost = lost or code == grpc.StatusCode.UNAVAILABLE


class _Pause:
    """Between a client that may ask again and its server: each wait is twice as
    long as the one before it, up to a second."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._next = FIRST_WAIT

    def wait(self) -> bool:
        """False when the time is up."""
        if time.monotonic() + self._next > self._end:
            return False
        time.sleep(self._next)
        self._next = min(2 * self._next, LONGEST_WAIT)
        return True


def _give_up(environments: Sequence[RemoteEnvironment]) -> None:
    """The sessions of which nobody knows what became."""
    for environment in environments:
        environment._session = ""


def _trailing(failure: Any) -> dict[str, Any]:
    return dict(failure.trailing_metadata() or ())


def _may_pass(failure: Any) -> bool:
    """The server is away, or full."""
    away = failure.code() == grpc.StatusCode.UNAVAILABLE
    return away or "grpc-retry-pushback-ms" in _trailing(failure)


def _error(connection: Connection, failure: Any) -> Error:
    told = _trailing(failure).get("hone-error")
    if told:
        return Error(told, failure.details())
    code = failure.code()
    kind = CODES.get(code, "internal")
    if code == grpc.StatusCode.DEADLINE_EXCEEDED:
        return Error(
            kind,
            f"the server at '{connection.address}' did not answer within "
            f"{connection.call_seconds:g} seconds",
        )
    if kind == "io":
        return Error(
            kind,
            f"the server at '{connection.address}' does not answer "
            f"({failure.details()}); hone serve --grpc {connection.address} starts one",
        )
    return Error(kind, failure.details())


def _value(message: Any) -> Any:
    kind = message.WhichOneof("value")
    held = getattr(message, kind)
    if kind == "integers":
        return np.array(held.values, np.int64)
    if kind == "reals":
        return np.array(held.values, np.float64)
    return list(held.values) if kind == "texts" else held


def _taken(step: Any) -> Taken:
    values = [_value(value) for value in step.observations]
    return step.reward, step.changed, step.done, values, list(step.failures)


def _line(episode: Any) -> str:
    """src/env/episode.h."""
    return ",".join(
        [
            episode.environment,
            as_field(episode.benchmark),
            episode.reward_space,
            repr(episode.reward).removesuffix(".0"),
            episode.state,
            " ".join(episode.actions),
        ]
    )
