# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.ray on a cluster of this machine, whose processes are killed."""

import os
import signal
import subprocess
import sys

import hone
import numpy as np
import postgresql_server
import pytest
from conftest import BUILD, ROOT
from gymnasium.utils.env_checker import check_env
from hone.wrappers import ConstrainedActions

ray = pytest.importorskip("ray", reason="ray is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def cluster():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": str(BUILD / "python")}},
    )
    yield
    ray.shutdown()


def test_an_actor_does_what_the_environment_does_here(cluster, program):
    from hone.ray import RemoteEnv

    here, there = hone.make("llvm-ic", benchmark=program), RemoteEnv("llvm-ic", benchmark=program)
    assert there.observation_space == here.observation_space
    assert np.array_equal(there.reset(seed=1)[0], here.reset(seed=1)[0])
    for action in (5, 40, 40, 77):
        for mine, its in zip(here.step(action), there.step(action), strict=True):
            assert np.array_equal(mine, its)
        assert np.array_equal(here.action_masks(), there.action_masks())
    assert there.observe("state") == here.observe("state")
    assert hone.validate(there.episode()).ok
    with pytest.raises(Exception, match="does not exist"):
        there.reset(options={"benchmark": program.with_name("missing.c")})
    assert there.benchmark == here.benchmark
    check_env(there, skip_render_check=True, skip_close_check=True)
    few = ConstrainedActions(there, [here.actions[40], 5])
    few.reset()
    few.step(0)
    assert there.history == [here.actions[40]] and len(few.action_masks()) == 2
    there.close()


def test_an_actor_that_is_killed_goes_on_where_it_was(cluster, program):
    from hone.ray import RemoteEnv

    env, twin = (RemoteEnv("llvm-ic", benchmark=program) for _ in "ab")
    rewards = []
    for one in (env, twin):
        one.reset()
        rewards.append([one.step(5)[1]])
        if one is env:
            os.kill(env.pid, signal.SIGKILL)
        rewards[-1] += [one.step(40)[1], one.multistep([77, 12])[1]]
    assert rewards[0] == rewards[1]
    assert env.history == twin.history and env.episode() == twin.episode()
    begun = [(one, one.begin([3])) for one in (env, twin)]
    assert len({one.finish(step)[1] for one, step in begun}) == 1
    env.close()
    twin.close()


def test_actions_follow_each_other_and_belong_to_an_episode(cluster, program):
    from hone.ray import RemoteEnv

    env = RemoteEnv("llvm-ic", benchmark=program)
    env.reset()
    begun = env.begin([5])
    with pytest.raises(hone.Error, match="under way"):
        env.begin([40])
    env.finish(begun)
    with pytest.raises(hone.Error, match="not any more"):
        env.finish(begun)
    begun = env.begin([40])
    env.reset()
    with pytest.raises(hone.Error, match="not any more"):
        env.finish(begun)
    assert env.history == []
    env.step(77)
    assert env.history == [env.actions[77]]
    env.close()


def test_an_environment_that_cannot_be_made_says_why(cluster):
    from hone.ray import RemoteEnv

    with pytest.raises(hone.Error, match="no environment 'nope'") as caught:
        RemoteEnv("nope")
    assert caught.value.kind == "invalid-argument"
    with pytest.raises(TypeError, match="no render_mode 'ansi'"):
        RemoteEnv("llvm-ic", render_mode="ansi")


def test_several_files_have_no_output_together(program):
    from hone.ray import optimize

    with pytest.raises(ValueError, match="one output for 2 files"):
        optimize([program, program], store="", output="both.o")


def test_a_killed_search_loses_nothing(tmp_path):
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server; tools/setup.sh installs one")
    words = ["--programs", "2", "--budget", "8", "--kills", "1"]
    run = subprocess.run(
        [sys.executable, ROOT / "bench/ray/two_workers.py", *words],
        env={**os.environ, "PYTHONPATH": str(BUILD / "python")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "same best results: 2 of 2" in run.stdout, run.stdout
    assert "killed: 1" in run.stdout and "lost rows: 0" in run.stdout
