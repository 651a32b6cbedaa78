# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.make(…, address=…): what docs/python.md says of environments on a server."""

import signal

import gymnasium
import hone
import pytest
from conftest import error_of, said_by_a_child
from hone import client
from hone.environments import actions_of
from hone.wrappers import Undo, ValidateSteps
from test_client import Server


@pytest.fixture
def address(tmp_path):
    server = Server(tmp_path)
    yield server.address
    server.end(signal.SIGTERM)


def test_an_episode_on_a_server_is_one_of_the_program_here(address, program):
    uri = hone.benchmark(program, ["-DNAME=a,b"])
    there = hone.make("llvm-ic", benchmark=uri, address=address)
    there.reset()
    there.multistep([17, 5, 40])
    assert f"llvm,{uri.replace(',', '%2C')},ir-" in there.episode()
    assert hone.validate(there.episode()).ok
    assert there.fork().episode() == there.episode()
    other = hone.make("llvm-ic", address=address)
    other.reset()
    other.replay(there.episode())
    assert other.episode() == there.episode()
    there.close()
    other.close()


def test_undo_goes_back_as_far_as_a_client_may_have_sessions(tmp_path, program, monkeypatch):
    server = Server(tmp_path, "--sessions-per-client", "3")
    env = Undo(hone.make("llvm-ic", benchmark=program, address=server.address))
    # It would be for its own sessions.
    monkeypatch.setattr(client._Pause, "wait", lambda pause: pytest.fail("a fork waits"))
    env.reset()
    for action in range(5):
        env.step(action)
    for _ in range(3):
        env.step(env.undo)
    assert len(env.unwrapped.history) == 3
    env.close()
    server.end(signal.SIGTERM)


def test_the_line_of_an_episode_is_that_of_one_here(address, program):
    lines = set()
    for settings in ({"address": address}, {}):
        env = hone.make("llvm-ic", benchmark=program, reward="ir-instructions", **settings)
        env.reset()
        env.step_texts(["function(sroa)"])
        lines.add(env.episode())
        env.close()
    assert len(lines) == 1


@pytest.mark.parametrize(
    "flags",
    [
        ["-I", "{0}", "-D", "K=3"],
        ["-isystem", "{0}", "-include", "{0}/k.h"],
        ["-iquote{0}", "-idirafter", "{0}"],
        ["-I{0}", "-MMD", "-MF", "{0}/k.d", "-MP"],
    ],
)
def test_flags_of_the_preprocessor_stay_here(address, tmp_path, flags):
    (tmp_path / "k.h").write_text("#ifndef K\n#define K 5\n#endif\n")
    source = tmp_path / "k.c"
    source.write_text('#include "k.h"\nint f(int x) { return x * K; }\n')
    uri = hone.benchmark(source, [flag.format(tmp_path) for flag in flags])
    states = set()
    for settings in ({"address": address}, {}):
        env = hone.make("llvm-ic", benchmark=uri, **settings)
        env.reset()
        states.add(env.observe("state"))
        env.close()
        assert not (settings and (tmp_path / "k.d").exists())
    assert len(states) == 1


@pytest.mark.parametrize("name", ["missing.c", "missing.ll", "folder.c"])
def test_a_program_that_is_not_there_is_the_error_that_it_is_here(address, tmp_path, name):
    (tmp_path / "folder.c").mkdir()
    errors = set()
    for settings in ({"address": address}, {}):
        env = hone.make("llvm-ic", benchmark=tmp_path / name, **settings)
        errors.add(error_of(env.reset))
        env.close()
    assert len(errors) == 1 and str(tmp_path / name) in errors.pop()


@pytest.mark.parametrize("name", ["a.C", "a.c++", "a.i", "a"])
def test_a_file_is_what_it_is_here(address, tmp_path, name):
    (tmp_path / name).write_text("int f(bool x) { return x; }\n")
    found = set()
    for settings in ({"address": address}, {}):
        env = hone.make("llvm-ic", benchmark=tmp_path / name, **settings)
        try:
            env.reset()
            found.add(env.observe("state"))
        except hone.Error as error:
            found.add(f"{error.kind}: {str(error).partition(';')[0]}")
        env.close()
    assert len(found) == 1


def test_another_process_cannot_use_or_harm_an_environment_on_a_server(address, program):
    env = hone.make("llvm-ic", benchmark=program, address=address)
    env.reset()
    env.step(5)

    def in_the_child():
        said = [error_of(lambda: env.step(40)), error_of(env.fork)]
        env.close()
        return said

    elsewhere = "conflict: this connection was made in another process; make one here"
    assert said_by_a_child(in_the_child) == [elsewhere] * 2
    assert actions_of(env._core.episode()) == [env.actions[5]]
    assert env._core.recoveries == 0
    env.close()


def test_steps_on_a_server_are_validated_here(address, program):
    env = ValidateSteps(hone.make("llvm-ic", benchmark=program, address=address), inputs=4)
    env.reset()
    sroa = next(i for i, a in enumerate(env.unwrapped.actions) if "(sroa" in a)
    info = env.step(sroa)[4]
    assert info["changed"] and info["differences"] == []
    env.close()


def test_gymnasium_steps_environments_on_a_server_one_by_one(address, program):
    envs = gymnasium.make_vec(
        "hone/llvm-ic-v0",
        num_envs=2,
        vectorization_mode="sync",
        benchmark=program,
        address=address,
    )
    here = gymnasium.make_vec("hone/llvm-ic-v0", num_envs=2, benchmark=program)
    assert (envs.reset()[0] == here.reset()[0]).all()
    assert (envs.step([5, 40])[1] == here.step([5, 40])[1]).all()
    envs.close()
    here.close()


def test_what_a_server_decides_itself_is_refused(address, tmp_path):
    with pytest.raises(hone.Error, match="--failures"):
        hone.make("llvm-ic", address=address, failures=tmp_path)
    with pytest.raises((ValueError, hone.Error), match="a vocabulary of its own"):
        hone.make("llvm-ic", address=address, vocabulary=tmp_path / "v.json")
    with pytest.raises(hone.Error, match="cpu_seconds"):
        hone.make("llvm-ic", address=address, cpu_seconds=-1)
