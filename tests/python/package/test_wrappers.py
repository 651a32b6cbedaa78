# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.wrappers around hone.make."""

import gymnasium
import hone
import numpy as np
import pytest
from conftest import error_of
from gymnasium.utils.env_checker import check_env
from hone import wrappers


@pytest.fixture
def env(program):
    env = hone.make("llvm-ic", benchmark=program)
    yield env
    env.close()


@pytest.fixture
def programs(tmp_path):
    for size in range(3):
        lines = "".join(f"int f{i}(int x) {{ return x * {i}; }}\n" for i in range(size + 1))
        (tmp_path / f"{size}.c").write_text(lines)
    return sorted(tmp_path.glob("[0-9].c"))


def sizes(env, count, seed=None):
    found = []
    for i in range(count):
        env.reset(seed=seed if i == 0 else None)
        found.append(int(env.unwrapped.observe("ir-instructions")[0]))
    return found


def test_benchmarks_follow_each_other_and_begin_again(env, programs):
    found = sizes(wrappers.CycleOverBenchmarks(env, programs), 5)
    assert found[0] < found[1] < found[2] and found[3:] == found[:2]


def test_benchmarks_are_drawn_alike_for_a_seed(env, programs):
    drawing = wrappers.RandomBenchmarks(env, programs)
    first = sizes(drawing, 8, seed=3)
    assert first == sizes(drawing, 8, seed=3) and len(set(first)) > 1


def test_only_some_actions_are_left(env):
    sroa = next(a for a in env.actions if "(sroa" in a)
    few = wrappers.ConstrainedActions(env, [0, sroa])
    few.reset()
    assert few.action_space.n == 2 and few.actions == [env.actions[0], sroa]
    assert few.step(1)[1] > 0
    few.step(1)
    assert list(few.action_masks()) == [True, False]
    with pytest.raises(ValueError):
        wrappers.ConstrainedActions(env, ["nonesuch"])


def test_undo_takes_the_step_and_its_reward_back(env):
    undo = wrappers.Undo(env)
    first, _ = undo.reset()
    state = env.observe("state")
    assert not undo.action_masks()[undo.undo]
    sroa = next(i for i, a in enumerate(env.actions) if "(sroa" in a)
    rewards = [undo.step(action)[1] for action in (sroa, 40, undo.undo)]
    assert rewards[1] == -rewards[2]
    undo.step(sroa)  # which changes nothing once more
    assert not undo.step(undo.undo)[4]["changed"]
    observation, reward, *_, info = undo.step(undo.undo)
    assert reward == -rewards[0] != 0 and info["changed"]
    assert np.array_equal(observation, first) and env.observe("state") == state
    assert undo.step(undo.undo)[1] == 0
    undo.close()


def test_undo_keeps_no_more_states_than_it_can_go_back_to(env, monkeypatch):
    forks, fork = [], hone.CompilerEnv.fork
    monkeypatch.setattr(hone.CompilerEnv, "fork", lambda e: forks.append(fork(e)) or forks[-1])
    undo = wrappers.Undo(env, depth=2)
    undo.reset()
    for action in range(5):
        undo.step(action)
    assert [error_of(one.episode) == "" for one in forks] == [False] * 3 + [True] * 2
    for _ in range(3):
        undo.step(undo.undo)
    assert len(env.history) == 3 and not undo.action_masks()[undo.undo]
    undo.close()
    with pytest.raises(ValueError, match="found 0"):
        wrappers.Undo(env, depth=0)


def test_some_actions_and_a_way_back_go_together_either_way(env):
    sroa = next(a for a in env.actions if "(sroa" in a)
    few = wrappers.ConstrainedActions(env, [sroa, 0])
    undo = wrappers.Undo(few)
    assert undo.action_space.n == 3 and undo.actions == [*few.actions, "undo"]
    both = wrappers.ConstrainedActions(wrappers.Undo(env), [sroa, "undo"])
    for one, back in ((undo, undo.undo), (both, 1)):
        one.reset()
        assert len(one.action_masks()) == one.action_space.n
        assert one.step(0)[1] == -one.step(back)[1] != 0
        assert env.history == []


def test_fewer_of_few_actions_are_theirs(env):
    few = wrappers.ConstrainedActions(env, [5, 40, 77])
    fewer = wrappers.ConstrainedActions(few, [2])
    fewer.reset()
    fewer.step(0)
    assert env.history == [env.actions[77]] == fewer.actions


@pytest.mark.parametrize("wrong", [-1, 3])
def test_a_number_beyond_the_chosen_actions_is_none(env, wrong):
    few = wrappers.ConstrainedActions(env, [5, 40, 77])
    few.reset()
    with pytest.raises(ValueError, match="none of the 3"):
        few.step(wrong)
    with pytest.raises(ValueError, match="none of the 3"):
        wrappers.ConstrainedActions(few, [wrong])


def test_a_text_is_not_taken_for_its_letters(env):
    with pytest.raises(TypeError, match="a list of actions"):
        wrappers.ConstrainedActions(env, "globaldce")
    for wrapper in (wrappers.CycleOverBenchmarks, wrappers.RandomBenchmarks):
        with pytest.raises(TypeError, match="several programs"):
            wrapper(env, "sum.c")


def test_programs_that_a_pattern_does_not_find_are_missed_at_once(env, tmp_path):
    for wrapper in (wrappers.CycleOverBenchmarks, wrappers.RandomBenchmarks):
        with pytest.raises(ValueError, match="a program at least"):
            wrapper(env, tmp_path.glob("*.f90"))


@pytest.mark.parametrize(
    "observation", ["autophase", ("instcount", "ir"), "bitcode", "tokens", "ir-instructions"]
)
@pytest.mark.filterwarnings("ignore:.*different from the unwrapped")
def test_any_observation_but_a_document_becomes_one_flat_box(program, observation):
    env = hone.make("llvm-ic", benchmark=program, observation=observation)
    flat = wrappers.FlatObservation(env, length=100)
    check_env(flat, skip_render_check=True)
    space = flat.observation_space
    assert isinstance(space, gymnasium.spaces.Box) and space.dtype == np.float32
    assert flat.reset()[0] in space and len(space.shape) == 1
    flat.close()


def test_flat_numbers_can_be_raw_and_documents_have_no_flat_form(program):
    env = hone.make("llvm-ic", benchmark=program, observation="ir-instructions")
    flat = wrappers.FlatObservation(env, raw=True)
    assert flat.reset()[0] == env.observe("ir-instructions")
    env.close()
    env = hone.make("llvm-ic", benchmark=program, observation="cpu-info")
    with pytest.raises(TypeError, match="document"):
        wrappers.FlatObservation(env)
    env.close()


def test_the_mask_stands_in_the_observation(env):
    masked = wrappers.MaskedObservation(wrappers.FlatObservation(env))
    observation, _ = masked.reset()
    assert observation in masked.observation_space
    sroa = next(i for i, a in enumerate(env.actions) if "(sroa" in a)
    masked.step(sroa)
    observation, *_ = masked.step(sroa)
    assert observation["action_mask"][sroa] == 0
    assert masked.get_wrapper_attr("action_masks")()[sroa] == np.False_


def test_a_time_limit_is_gymnasiums_own(env):
    limited = gymnasium.wrappers.TimeLimit(env, 2)
    limited.reset()
    assert [limited.step(0)[3] for _ in range(2)] == [False, True]


def test_a_step_that_changes_what_the_program_does_ends_the_episode(env, monkeypatch):
    checked = wrappers.ValidateSteps(env, penalty=-2.0, inputs=4)
    checked.reset()
    sroa = next(i for i, action in enumerate(env.actions) if "sroa" in action)
    _, reward, terminated, _, info = checked.step(sroa)
    assert reward > 0 and not terminated and info["differences"] == []
    # No pass of the action space is known to do so; the verdict is made up.
    verdict = (["sum, input 0: 3 and not 4"], False, 1.0, "", False, [])
    monkeypatch.setattr(hone._core, "episode_semantics", lambda episode, inputs: verdict)
    rotate = next(i for i, action in enumerate(env.actions) if "loop-rotate" in action)
    _, reward, terminated, _, info = checked.step(rotate)
    assert (reward, terminated, info["differences"]) == (-2.0, True, verdict[0])
