# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.make and gymnasium.make("hone/…")."""

import copy
import functools
import gc
import pickle
import threading
import warnings

import gymnasium
import hone
import numpy as np
import pytest
from conftest import (
    children_of_this_process,
    ends_of_threads_at_its_close,
    error_of,
    said_by_a_child,
)
from gymnasium.utils.env_checker import check_env
from hone import _core
from hone.environments import TASKS


@pytest.fixture
def env(program):
    env = hone.make("llvm-ic", benchmark=program)
    yield env
    env.close()


def number_of(env, text):
    return next(i for i, a in enumerate(env.actions) if f"({text}" in f"({a}")


TIMED = [task for task in TASKS if task.endswith("runtime")]


@pytest.fixture
def runnable(tmp_path):
    """A C file with a main() and loops, which runs without input."""
    source = tmp_path / "main.c"
    source.write_text(
        "static int twice(int x) { return x + x; }\n"
        "int main(int argc, char **argv) {\n"
        "  volatile int s = 0;\n"
        "  for (int i = 0; i < 99 + argc; i++) s += twice(i) * argc;\n"
        "  return s == 0;\n"
        "}\n"
    )
    return source


@pytest.mark.parametrize("task", [*TASKS, "llvm-ic-flat"])
def test_gymnasium_finds_nothing_to_complain_about(task, runnable):
    # It resets a dozen times, and the program that timed ones begin with by
    # themselves takes most of a second to build.
    settings = {"benchmark": runnable} if task in TIMED else {}
    env = gymnasium.make(f"hone/{task}-v0", **settings)
    assert env.spec.max_episode_steps == 45
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()


@pytest.mark.parametrize("task", TIMED)
def test_timed_rewards_begin_with_a_program_that_can_be_run(task):
    env = gymnasium.make(f"hone/{task}-v0", observation=("runtime", "ir-instructions"))
    observation, info = env.reset(seed=1)
    assert observation["runtime"][0] > 0 and info["benchmark"].startswith("generator://")
    env.close()


def test_a_timed_observation_begins_so_too():
    batch = gymnasium.make_vec("hone/llvm-ic-v0", num_envs=1, observation="runtime")
    assert batch.reset()[0][0, 0] > 0
    batch.close()


@pytest.mark.parametrize("compiler", ["clang", "gcc"])
def test_chosen_options_are_rendered_as_words(program, compiler):
    env = hone.make(f"flags-{compiler}-size", benchmark=program, render_mode="ansi")
    env.reset()
    before = env.render()
    env.step(3)
    assert env.render() != before and "-" in env.render()
    assert env.render() == env.observe("command-line")
    env.close()


def test_a_pass_that_removes_instructions_is_rewarded(env):
    env.reset()
    observation, reward, terminated, truncated, info = env.step(number_of(env, "sroa"))
    assert observation in env.observation_space
    assert reward > 0 and not terminated and not truncated
    assert info == {"changed": True, "failures": []}


def test_several_actions_are_one_step(env):
    actions = [number_of(env, name) for name in ("sroa", "instcombine", "simplifycfg")]
    env.reset()
    together = env.multistep(actions)[1]
    state = env.observe("state")
    env.reset()
    assert sum(env.step(action)[1] for action in actions) == pytest.approx(together)
    assert env.observe("state") == state


def test_a_fork_has_a_life_of_its_own(env):
    env.reset()
    env.step(number_of(env, "sroa"))
    state, fork = env.observe("state"), env.fork()
    assert fork.observe("state") == state
    fork.step(number_of(env, "instcombine"))
    assert fork.observe("state") != state == env.observe("state")
    fork.close()
    assert env.observe("state") == state


def test_a_deep_copy_is_a_fork_within_wrappers_too(program):
    env = gymnasium.make("hone/llvm-ic-v0", benchmark=program, max_episode_steps=2)
    env.reset()
    env.step(number_of(env.unwrapped, "sroa"))
    second = copy.deepcopy(env)
    assert second.step(number_of(env.unwrapped, "instcombine"))[3]
    assert len(second.unwrapped.history) == 2 and len(env.unwrapped.history) == 1
    second.close()
    assert not env.step(number_of(env.unwrapped, "sroa"))[4]["changed"]
    env.close()


def test_what_belongs_to_a_process_is_not_pickled(env):
    batch = gymnasium.make_vec("hone/llvm-ic-v0", num_envs=1)
    for held in (env, hone.wrappers.FlatObservation(env), batch):
        with pytest.raises(TypeError, match="belongs to its process"):
            pickle.dumps(held)
    with pytest.raises(TypeError, match="not copied"):
        copy.deepcopy(batch)
    batch.close()


def test_every_observation_is_in_its_space(env):
    env.reset()
    for name, (_, space, *_) in env.observation_spaces.items():
        # The program has no main function, and no vocabulary is named.
        if not name.startswith(("runtime", "ir2vec")):
            assert env.observe(name) in space, name


def test_observations_can_be_several_or_none(program):
    env = hone.make("llvm-ic", benchmark=program, observation=("ir", "instcount"))
    observation, _ = env.reset()
    assert set(observation) == {"ir", "instcount"} and observation in env.observation_space
    env.close()
    env = hone.make("llvm-ic", benchmark=program, observation=None)
    assert env.reset()[0] in env.observation_space
    env.close()


def test_every_space_has_samples(env):
    for row in env.observation_spaces.values():
        assert row.space.sample() in row.space, row.name


def test_what_is_no_action_takes_nothing(env):
    env.reset()
    for wrong in (3.7, "3", None, np.array([3])):
        with pytest.raises(TypeError):
            env.step(wrong)
        with pytest.raises(TypeError):
            env.multistep([wrong])
    with pytest.raises(TypeError, match="a list of texts"):
        env.step_texts("function(sroa)")
    assert env.history == [] == hone.environments.actions_of(env.episode())


def test_a_program_may_be_named_by_a_uri_with_commas(program):
    env = hone.make("llvm-ic", benchmark=f"file://{program}?flag=-DX=1,2")
    env.reset()
    assert hone.validate(env.episode()).ok
    env.close()


def test_an_observation_that_was_returned_is_not_written_again(env):
    before, _ = env.reset()
    kept = copy.deepcopy(before)
    env.step(number_of(env, "sroa"))
    assert np.array_equal(before, kept)


def test_an_episode_replays_to_the_same_state_and_reward(env):
    env.reset()
    rewards = [env.step(number_of(env, name))[1] for name in ("sroa", "gvn", "globaldce")]
    episode = env.episode()
    assert hone.validate(episode).ok
    assert env.replay(episode) == pytest.approx(sum(rewards))
    reward = episode.split(",")[3]
    wrong = hone.validate(episode.replace(reward, "0.125", 1))
    assert wrong.state_matches and not wrong.reward_matches


def test_a_lost_action_is_named(env):
    env.reset()
    env.step(5)
    line = env.episode()
    lost = hone.validate(line + " nosuch")
    assert not lost.ok and lost.reward_matches and "'nosuch'" in lost.failures[0]
    with pytest.raises(hone.Error, match="an action is lost: 'nosuch'"):
        env.replay(line + " nosuch")
    assert env.episode() == line and env.history == [env.actions[5]]


def test_an_episode_of_another_environment_is_not_replayed(env):
    env.reset()
    line = env.episode()
    with pytest.raises(hone.Error, match="'pipelines' means something else in 'llvm'"):
        env.replay(line.replace("llvm,", "pipelines,", 1))
    assert env.episode() == line


def test_an_episode_can_be_asked_whether_its_program_does_the_same(env):
    env.reset()
    env.multistep([number_of(env, name) for name in ("sroa", "gvn")])
    found = hone.validate(env.episode(), semantics=True, inputs=8)
    assert found.ok and found.semantics == hone.Semantics([], False, 1.0, "", False, [])
    assert hone.validate(env.episode()).semantics is None
    odd = found._replace(semantics=hone.Semantics(["sum, input 0: …"], False, 1.0, "", False, []))
    assert not odd.ok


def test_an_action_that_did_nothing_is_masked_until_the_state_changes(env):
    env.reset()
    sroa = number_of(env, "sroa")
    env.step(sroa)
    assert env.action_masks().all()
    env.step(sroa)
    assert not env.action_masks()[sroa] and env.action_masks().sum() == len(env.actions) - 1
    env.step(number_of(env, "instcombine"))
    assert env.action_masks().all()


def test_another_benchmark_begins_by_an_option_of_reset(env, tmp_path):
    other = tmp_path / "other.c"
    other.write_text("int f(void) { return 1; }\n")
    env.reset()
    large = env.observe("ir-instructions")[0]
    _, info = env.reset(options={"benchmark": other})
    assert info["benchmark"].endswith("/other.c")
    assert env.observe("ir-instructions")[0] < large


def test_an_option_that_reset_does_not_have_is_named(env):
    with pytest.raises(ValueError, match="'benchmark', found benchmrk"):
        env.reset(options={"benchmrk": "other.c"})
    batch = gymnasium.make_vec("hone/llvm-ic-v0", num_envs=1)
    with pytest.raises(ValueError, match="found reset_mask"):
        batch.reset(options={"reset_mask": np.array([True])})
    batch.close()


def test_a_program_that_cannot_be_begun_is_not_kept(env, tmp_path):
    first = env.reset()[1]["benchmark"]
    with pytest.raises(hone.Error, match="does not exist"):
        env.reset(options={"benchmark": tmp_path / "missing.c"})
    assert env.benchmark == first and env.reset()[1]["benchmark"] == first
    timed = hone.make("llvm-runtime", benchmark=first)
    with pytest.raises(hone.Error, match="main"):
        timed.reset()
    assert timed.reset(options={"benchmark": "generator://hone/1"})[1]["benchmark"] != first
    timed.close()


class Interrupted:
    """An environment of C++ that Ctrl-C comes to when it has done its work."""

    def __init__(self, core):
        self.core = core

    def __getattr__(self, name):
        def call(*words):
            getattr(self.core, name)(*words)
            raise KeyboardInterrupt

        return call


@pytest.mark.parametrize(
    "call",
    [
        lambda env: env.step(number_of(env, "sroa")),
        lambda env: env.multistep([number_of(env, "sroa"), number_of(env, "gvn")]),
        lambda env: env.step_texts(["function(sroa)"]),
        lambda env: env.reset(),
    ],
)
def test_ctrl_c_during_a_call_leaves_the_history_of_the_episode(env, call):
    env.reset()
    env.step(number_of(env, "globaldce"))
    idle = number_of(env, "globaldce")
    env.step(idle)
    assert not env.action_masks()[idle]
    core, env._core = env._core, Interrupted(env._core)
    with pytest.raises(KeyboardInterrupt):
        call(env)
    env._core = core
    assert env.action_masks().all()
    env.step(number_of(env, "instcombine"))
    assert env.history == env.episode().split(",", 5)[5].split()
    assert hone.validate(env.episode()).ok


def test_the_history_is_right_where_threads_step_at_one_time(env):
    env.reset()
    sroa, gvn = number_of(env, "sroa"), number_of(env, "gvn")
    work = [
        threading.Thread(target=lambda a=a: [env.step(a) for _ in range(50)]) for a in (sroa, gvn)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert env.history == env.episode().split(",", 5)[5].split() and len(env.history) == 100


@pytest.mark.parametrize("setting", ["reward", "action_space", "observation"])
def test_names_that_do_not_exist_are_refused(program, setting):
    with pytest.raises(hone.Error, match="nonesuch") as caught:
        hone.make("llvm-ic", benchmark=program, **{setting: "nonesuch"})
    assert caught.value.kind == "invalid-argument"
    with pytest.raises(hone.Error, match="nonesuch"):
        hone.make("nonesuch")


@pytest.mark.parametrize("limit", [-1, 0, float("nan"), float("inf")])
def test_a_limit_is_a_positive_number(program, limit):
    expected = rf"cpu_seconds is {limit}; expected a positive number"
    for make in (hone.make, functools.partial(gymnasium.make_vec, num_envs=2)):
        task = "llvm-ic" if make is hone.make else "hone/llvm-ic-v0"
        with pytest.raises(hone.Error, match=expected) as caught:
            make(task, benchmark=program, cpu_seconds=limit)
        assert caught.value.kind == "invalid-argument"


def test_a_limit_of_memory_is_a_positive_number():
    for make in (_core.make_environment, functools.partial(_core.make_batch, size=1)):
        for limit in (-1, 0):
            with pytest.raises(hone.Error, match=f"memory_bytes is {limit}; expected a positive"):
                make("llvm", memory_bytes=limit)


def test_misuse_is_an_error_and_no_crash(program):
    env = hone.make("llvm-ic", benchmark=program)
    with pytest.raises(hone.Error, match="reset"):
        env.step(0)
    env.reset()
    with pytest.raises(hone.Error, match="size of the action space"):
        env.step(len(env.actions))
    env.close()
    env.close()
    with pytest.raises(hone.Error, match="closed"):
        env.step(0)


def test_threads_may_step_an_environment_and_its_fork(env):
    env.reset()
    fork = env.fork()
    actions = list(range(0, len(env.actions), 7))
    work = [
        threading.Thread(target=lambda e=e: [e.step(action) for action in actions])
        for e in (env, fork)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert env.observe("state") == fork.observe("state")


def test_close_waits_for_the_step_under_way_and_ends_those_that_wait(program):
    for _ in range(5):
        env = hone.make("llvm-ic", benchmark=program, observation=None)
        env.reset()
        ends = ends_of_threads_at_its_close(
            lambda env=env: env.multistep(range(0, len(env.actions), 5)), env.close
        )
        assert ends == {"the environment is closed; make another one"}


def test_another_process_cannot_use_or_harm_an_environment(env):
    env.reset()
    fork = env.fork()
    env.step(number_of(env, "sroa"))
    workers = children_of_this_process()

    def in_the_child():
        nonlocal env, fork
        said = [error_of(lambda: env.step(0)), error_of(lambda: env._core.actions)]
        said += [error_of(env.fork), error_of(env.reset)]
        env.close()
        fork.close()
        del env, fork  # the last reference is the fixture's
        gc.collect()
        own = hone.make("llvm-ic")
        said += [error_of(own.reset)]
        own.close()
        return said

    elsewhere = "conflict: this environment was made in another process; make one here"
    assert said_by_a_child(in_the_child) == [elsewhere] * 4 + [""]
    assert env.step(number_of(env, "instcombine"))[4]["changed"]
    assert fork.step(number_of(env, "sroa"))[4]["changed"]
    assert children_of_this_process() == workers
    assert hone.validate(env.episode()).ok


def test_environments_of_processes_are_made_there(program, env):
    env.reset()
    make = functools.partial(gymnasium.make, "hone/llvm-ic-v0", benchmark=program)
    together = gymnasium.vector.AsyncVectorEnv([make, make], context="fork")
    sroa = number_of(env, "sroa")
    together.reset()
    assert together.step([sroa, sroa])[1].tolist() == [env.step(sroa)[1]] * 2
    together.close()


def test_bundled_programs_can_be_reset():
    uris = hone.bundled_benchmarks()
    assert len(uris) > 20
    env = hone.make(benchmark=uris[0])
    assert env.reset()[1]["benchmark"] == uris[0]
    env.close()


@pytest.mark.parametrize("task", ["inliner-size", "loops-runtime"])
def test_an_episode_ends_when_nothing_is_left_to_decide(task, runnable):
    env = gymnasium.make(f"hone/{task}-v0", benchmark=runnable, observation=None)
    env.reset()
    steps = 1
    while not env.step(0)[2]:
        steps += 1
    assert steps < 10
    episode = env.unwrapped.episode()
    assert hone.validate(episode).state_matches
    env.close()
    batch = gymnasium.make_vec(f"hone/{task}-v0", num_envs=1, benchmark=runnable, observation=None)
    batch.reset()
    ends = [bool(batch.step([0])[2][0]) for _ in range(2 * steps + 1)]
    assert ends == [i % (steps + 1) == steps - 1 for i in range(2 * steps + 1)]
    batch.close()


@pytest.mark.parametrize("mode", ["human", "rgb_array"])
def test_what_cannot_be_rendered_is_refused_as_stable_baselines3_expects_it(mode):
    makers = (
        lambda: hone.make("llvm-ic", render_mode=mode),
        lambda: gymnasium.make("hone/llvm-ic-flat-v0", render_mode=mode),
        lambda: gymnasium.make_vec("hone/llvm-ic-v0", num_envs=1, render_mode=mode),
    )
    for make in makers:
        with pytest.raises(TypeError, match=f"no render_mode '{mode}' here"):
            make()


@pytest.mark.parametrize("compiler", ["clang", "gcc"])
def test_options_of_a_compiler_are_chosen_one_a_step(program, compiler):
    env = gymnasium.make(f"hone/flags-{compiler}-size-v0", benchmark=program)
    first, _ = env.reset()
    assert first in env.observation_space and not first.any()
    chosen, _, done, _, info = env.step(3)
    assert chosen in env.observation_space and chosen.any() and not done
    assert env.unwrapped.history == [env.unwrapped.actions[3]] and not info["failures"]
    env.close()
    batch = gymnasium.make_vec(f"hone/flags-{compiler}-size-flat-v0", num_envs=2, benchmark=program)
    assert batch.reset()[0].shape == (2, len(first))
    batch.close()
