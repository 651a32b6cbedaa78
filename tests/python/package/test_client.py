# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.client: environments on a server."""

import concurrent.futures
import contextlib
import os
import shutil
import signal
import subprocess
import time

import gymnasium
import hone
import pytest
from conftest import BUILD
from gymnasium.utils.env_checker import check_env

pytest.importorskip("grpc", reason="grpcio is not installed")
SERVER = BUILD / "bin/hone"
if not (BUILD / "bin/hone-server").exists():
    pytest.skip("this build has no hone-server", allow_module_level=True)

from hone import client  # noqa: E402


class Server:
    def __init__(self, folder, *words):
        self.address = f"unix:{folder}/socket"
        self.words = words
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [SERVER, "serve", "--grpc", self.address, "--json", *self.words],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(self.temporary)},
        )
        self.process.stdout.readline()  # it listens

    def workers(self):
        children = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid=,comm="],
            capture_output=True,
            text=True,
            check=False,
        )
        rows = [row.split() for row in children.stdout.splitlines()]
        return [int(pid) for pid, name in rows if name == "hone-worker"]

    def end(self, with_signal):
        self.process.send_signal(with_signal)
        self.process.stdout.close()
        return self.process.wait(timeout=20)


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    server.end(signal.SIGTERM)


def test_a_remote_environment_equals_a_local_one(server, program):
    here = hone.make("llvm-ic", benchmark=program)
    there = hone.make("llvm-ic", benchmark=program, address=server.address)
    assert there.actions == here.actions
    assert there.observation_spaces.keys() == here.observation_spaces.keys()
    assert (there.reset()[0] == here.reset()[0]).all()
    for actions in ([3], [17, 5, 40], [60]):
        a, b = there.multistep(actions), here.multistep(actions)
        assert a[1] == b[1] and (a[0] == b[0]).all() and a[4] == b[4]
    assert there.observe("state") == here.observe("state")
    fork = there.fork()
    fork.step(0)
    assert there.observe("state") == here.observe("state")
    for env in (fork, there, here):
        env.close()


def test_gymnasium_finds_nothing_to_complain_about(server):
    env = gymnasium.make("hone/llvm-ic-v0", address=server.address)
    check_env(env.unwrapped, skip_render_check=True)
    env.close()


def test_a_killed_server_is_waited_for(server, program):
    connection = client.connect(server.address, recovery_seconds=10)
    env = connection.make("llvm", reward="ir-instructions")
    env.reset(hone.benchmark(program))
    env.multistep([3, 17])
    before = env.observe("state")
    server.end(signal.SIGKILL)
    server.start()
    assert env.observe("state") == before
    assert env.recoveries == 1
    env.close()


def test_nobody_answers_is_an_error_that_says_so(tmp_path):
    connection = client.connect(f"unix:{tmp_path}/nobody", recovery_seconds=0)
    with pytest.raises(hone.Error, match="does not answer") as raised:
        connection.make("llvm")
    assert raised.value.kind == "io"


def test_errors_keep_their_kinds(server):
    connection = client.connect(server.address)
    with pytest.raises(hone.Error, match="no environment 'lvm'") as raised:
        connection.make("lvm")
    assert raised.value.kind == "invalid-argument"
    env = connection.make("llvm")
    with pytest.raises(hone.Error, match="call reset"):
        env.step(0)
    with pytest.raises(hone.Error, match="1000000 is not below") as raised:
        env.step(10**6)
    assert raised.value.kind == "invalid-argument"
    with pytest.raises(hone.Error, match="upload the program again") as raised:
        env.reset("upload://0.c")
    assert raised.value.kind == "not-found"


def test_a_token_is_asked_for_by_a_kind_that_exists(tmp_path):
    secret = tmp_path / "token"
    secret.write_text("a long random word")
    server = Server(tmp_path, "--token-file", str(secret))
    client.connect(server.address, secret.read_text() + "\n").call("List")
    with pytest.raises(hone.Error, match=r"by token= or \$HONE_TOKEN") as raised:
        client.connect(server.address, "another").make("llvm")
    assert raised.value.kind in hone.error_kinds()
    server.end(signal.SIGTERM)


def test_a_closed_environment_stays_closed(server, program):
    env = hone.make("llvm-ic", benchmark=program, address=server.address)
    env.reset()
    env.close()
    with pytest.raises(hone.Error, match="the environment is closed") as raised:
        env.step(0)
    assert raised.value.kind == "invalid-argument"
    assert not server.workers()


def test_a_history_is_taken_again_in_pieces(server, program, monkeypatch):
    monkeypatch.setattr(client, "PIECE", 2)
    connection = client.connect(server.address)
    env = connection.make("llvm", reward="ir-instructions")
    env.reset(hone.benchmark(program))
    env.multistep([3, 17, 5, 40, 60])
    before = env.episode()
    connection.call("Close", session=env._session)
    sent = []
    ask = connection._ask
    monkeypatch.setattr(connection, "_ask", lambda *words: sent.append(words) or ask(*words))
    assert env.episode() == before
    steps = [len(fields["action_texts"]) for method, fields, _ in sent if method == "Step"]
    assert steps == [2, 2, 1]


def test_a_session_without_its_history_is_not_kept(server, program, monkeypatch):
    connection = client.connect(server.address, recovery_seconds=0)
    env = connection.make("llvm", reward="ir-instructions")
    env.reset(hone.benchmark(program))
    env.multistep([3, 17])
    before = env.episode()
    connection.call("Close", session=env._session)
    ask = connection._ask

    def fail_at_steps(method, fields, seconds):
        # A deadline that has passed: within a microsecond a server has answered.
        return ask(method, fields, -1.0 if method == "Step" else seconds)

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_ask", fail_at_steps)
        for _ in range(2):
            with pytest.raises(hone.Error, match="did not answer within") as raised:
                env.step(5)
            assert raised.value.kind == "limit-reached"
            assert not server.workers()
    assert env.episode() == before


@contextlib.contextmanager
def interrupts(connection):
    """Whoever asks is interrupted when the server has done it."""
    ask = connection._ask

    def interrupted(*words):
        ask(*words)
        raise KeyboardInterrupt

    connection._ask = interrupted
    yield
    connection._ask = ask


def test_a_step_that_was_interrupted_was_not_taken(server, program):
    connection = client.connect(server.address)
    env = connection.make("llvm", reward="ir-instructions")
    env.reset(hone.benchmark(program))
    env.multistep([3, 17])
    before = env.episode()
    with interrupts(connection), pytest.raises(KeyboardInterrupt):
        env.step(5)
    assert env.episode() == before


def test_an_environment_may_end_after_its_connection(server, program):
    connection = client.connect(server.address)
    env = connection.make("llvm")
    connection.close()
    env.close()


def test_nobody_waits_for_a_hung_server_to_close(server, program):
    env = client.connect(server.address).make("llvm")
    server.process.send_signal(signal.SIGSTOP)
    begin = time.monotonic()
    env.close()
    assert time.monotonic() - begin < 60  # a call's deadline is 600
    server.process.send_signal(signal.SIGCONT)


def test_a_session_ends_with_its_environment(server, program):
    env = hone.make("llvm-ic", benchmark=program, address=server.address)
    env.reset()
    assert server.workers()
    env.close()
    assert not server.workers()


def test_a_step_that_does_not_end_does_not_outlast_the_grace(tmp_path, program):
    http = tmp_path / "http"
    server = Server(tmp_path, "--grace-seconds", "0.1", "--http", f"unix:{http}")
    env = client.connect(server.address, recovery_seconds=0).make("llvm")
    env.reset(hone.benchmark(program))
    os.kill(server.workers()[0], signal.SIGSTOP)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        step = pool.submit(env.step, 3)
        time.sleep(0.3)
        assert server.end(signal.SIGTERM) == 0
        with pytest.raises(hone.Error):
            step.result()
    assert not http.exists()
    assert not (tmp_path / "socket").exists()
    assert not list(server.temporary.glob("*/*"))


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_flags_are_for_the_compiler_that_sees_the_headers(server, tmp_path, compiler):
    if shutil.which("gcc") is None and compiler == "gcc":
        pytest.skip("gcc is not installed")
    program = tmp_path / "which.c"
    program.write_text(
        "#include <stdlib.h>\n"
        "#ifdef __clang__\n"
        "int table[100] = {1};\n"
        "#endif\n"
        "int f(int a) { return abs(a) * 3 + __LINE__ + MORE; }\n"
    )
    uri = hone.benchmark(program, ["-O1", "-DMORE=4"])
    name = f"flags-{compiler}"
    settings = {"benchmark": uri, "reward": "loaded-bytes", "observation": "source"}
    here = hone.make(name, **settings)
    there = hone.make(name, **settings, address=server.address)
    assert here.reset()[0] == there.reset()[0]
    for action in (there.actions.index("-O2"), there.actions.index("-Os")):
        assert here.step(action)[1] == there.step(action)[1]
    assert here.observe("state") == there.observe("state")
    assert here.observe("assembly") == there.observe("assembly")
    assert hone.validate(there.episode()).ok
    for env in (there, here):
        env.close()


def test_a_forked_process_is_told_to_connect_itself(server, program):
    env = hone.make("llvm-ic", benchmark=program, address=server.address)
    env.reset()
    env.step(3)
    before = env.episode()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        try:
            env.step(5)
        except hone.Error as error:
            env.close()
            os._exit(0 if error.kind == "conflict" else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert env.episode() == before
    env.close()
