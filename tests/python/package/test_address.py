# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.make(…, address=…): what docs/python.md says of environments on a server."""

import signal

import gymnasium
import hone
import pytest
from hone.wrappers import ValidateSteps
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


def test_a_whole_reward_is_written_alike_there_and_here(address, program):
    lines = []
    for where in ("", address):
        env = hone.make("llvm", reward="ir-instructions", benchmark=program, address=where)
        env.reset()
        env.multistep([17, 5, 40])
        lines.append(env.episode())
        env.close()
    assert lines[0] == lines[1]


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
