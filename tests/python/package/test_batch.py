# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""gymnasium.make_vec("hone/…"): environments that C++ steps together."""

import gc

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


def make(program, count=3, **settings):
    settings = {"benchmark": program, "num_envs": count, **settings}
    return gymnasium.make_vec("hone/llvm-ic-v0", **settings)


def test_a_batch_does_what_its_environments_do_alone(program):
    batch = make(program, observation=("autophase", "ir-instructions"))
    actions = np.array([[5, 40, 77], [40, 5, 5], [90, 90, 40]])
    first, _ = batch.reset(seed=1)
    assert first in batch.observation_space
    assert first["autophase"].shape == (3, 56) and first["ir-instructions"].shape == (3, 1)
    results = [batch.step(row) for row in actions]
    batch.close()
    for i in range(3):
        alone = hone.make("llvm-ic", benchmark=program, observation="autophase")
        assert np.array_equal(alone.reset()[0], first["autophase"][i])
        for row, (observations, rewards, terminated, truncated, info) in zip(
            actions, results, strict=True
        ):
            observation, reward, *_, own = alone.step(row[i])
            assert np.array_equal(observation, observations["autophase"][i])
            assert (reward, own["changed"]) == (rewards[i], info["changed"][i])
            assert not terminated[i] and not truncated[i]
        alone.close()


def test_a_truncated_episode_is_reset_by_the_next_step(program):
    batch = make(program, count=2, max_episode_steps=2)
    mode = gymnasium.vector.AutoresetMode.NEXT_STEP
    assert batch.metadata["autoreset_mode"] == mode
    sroa = next(i for i, a in enumerate(batch.actions) if "(sroa" in a)
    first, _ = batch.reset()
    ends = []
    for _ in range(6):
        observations, rewards, _, truncated, _ = batch.step([sroa, sroa])
        ends.append(bool(truncated[0]))
        if len(ends) in (3, 6):  # the step after a truncation
            assert np.array_equal(observations, first) and not rewards.any()
    assert ends == [False, True, False, False, True, False]
    batch.close()


@pytest.mark.parametrize("observation", [("instcount", "autophase"), "instcount", None])
def test_flat_rows_are_those_of_the_single_environment(program, observation):
    settings = {"benchmark": program, "observation": observation}
    batch = gymnasium.make_vec("hone/llvm-ic-flat-v0", num_envs=1, **settings)
    alone = gymnasium.make("hone/llvm-ic-flat-v0", **settings)
    rows, _ = batch.reset()
    assert np.array_equal(rows[0], alone.reset()[0]) and rows in batch.observation_space
    batch.close()
    alone.close()


def test_actions_are_integers(program):
    batch = make(program, count=2)
    batch.reset()
    with pytest.raises(TypeError, match="found float64"):
        batch.step(np.array([3.7, 5.0]))
    batch.close()


def test_lost_actions_go_through_gymnasiums_wrappers(program):
    batch = gymnasium.make_vec("hone/pipelines-size-v0", num_envs=3, benchmark=program)
    first, lost = (
        next(i for i, a in enumerate(batch.unwrapped.actions) if f"@{place}:" in a)
        for place in (5, 151)
    )
    listed = gymnasium.wrappers.vector.DictInfoToList(batch)
    listed.reset()
    infos = listed.step([first, lost, lost])[4]
    assert ["failures" in info for info in infos] == [False, True, True]
    assert "'151' is no place" in infos[1]["failures"][0]
    batch.close()


def test_a_reset_ends_no_episode(tmp_path):
    leaf = tmp_path / "leaf.c"
    leaf.write_text("int f(int x) { return x + 1; }\n")
    batch = gymnasium.make_vec("hone/inliner-size-v0", num_envs=1, benchmark=leaf)
    batch.reset()
    assert [bool(batch.step([0])[2]) for _ in range(4)] == [True, False, True, False]
    batch.close()


def test_each_environment_may_have_its_own_program(program, tmp_path):
    other = tmp_path / "other.c"
    other.write_text("int f(void) { return 1; }\n")
    batch = make([program, other], count=2, observation="ir-instructions")
    observations, _ = batch.reset()
    assert observations[0] > observations[1]
    observations, _ = batch.reset(options={"benchmark": other})
    assert observations[0] == observations[1]
    batch.close()
    with pytest.raises(ValueError, match="1 benchmarks for 2"):
        make([program], count=2)


def test_the_programs_that_begin_next_may_be_set(program, tmp_path):
    other = tmp_path / "other.c"
    other.write_text("int f(void) { return 1; }\n")
    batch = make(program, count=2, observation="ir-instructions", max_episode_steps=1).unwrapped
    first, _ = batch.reset()
    batch.benchmarks[1] = hone.benchmark(other)
    batch.step([0, 0])
    assert batch.begun == [hone.benchmark(program)] * 2
    observations, *_ = batch.step([0, 0])
    assert observations[0] == first[0] > observations[1]
    assert batch.begun == batch.benchmarks != [hone.benchmark(program)] * 2
    batch.step([0, 0])
    batch.benchmarks = [hone.benchmark(path) for path in (other, tmp_path / "missing.c")]
    with pytest.raises(hone.Error, match="does not exist"):
        batch.send([0, 0])
    assert batch.recv(1)[-1]["env_id"] == [0]  # which has begun
    assert batch.history(0) == [] and batch.begun == [hone.benchmark(other)] * 2
    batch.close()


def test_programs_that_cannot_be_begun_are_not_kept(program, tmp_path):
    batch = make(program, count=2).unwrapped
    first, _ = batch.reset()
    batch.step([5, 40])
    kept = batch.benchmarks
    half = {"benchmark": [tmp_path / "sum.c", tmp_path / "missing.c"]}
    with pytest.raises(hone.Error, match="does not exist"):
        batch.reset(options=half)
    # One of the two may have begun anew; the next step does it for both.
    assert batch.benchmarks == kept
    assert np.array_equal(batch.step([5, 40])[0], first)
    with pytest.raises(hone.Error, match="does not exist"):
        batch.async_reset(options=half)
    assert batch.benchmarks == kept
    while batch.in_flight:
        batch.recv(1)
    assert np.array_equal(batch.reset()[0], first)
    batch.close()


def test_a_reset_in_flight_changes_nothing(program):
    batch = make(program, count=2, max_episode_steps=3).unwrapped
    batch.reset()
    batch.send([5], [1])
    with pytest.raises(hone.Error, match="in flight"):
        batch.reset()
    batch.recv(1)
    batch.step([5, 5])
    assert batch.step([5, 5])[3].tolist() == [False, True]
    batch.close()


def test_misuse_is_an_error_and_no_crash(program):
    batch = make(program)
    batch.reset()
    with pytest.raises(hone.Error, match="needs as many actions"):
        batch.step([1, 2])
    with pytest.raises(hone.Error, match="size of the action space"):
        batch.step([0, 10_000, 0])
    batch.step([0, 0, 0])  # and it goes on
    batch.close()
    with pytest.raises(hone.Error, match="closed"):
        batch.step([0, 0, 0])
    with pytest.raises(hone.Error, match="observe text in single"):
        make(program, observation="ir")


def test_close_waits_for_the_step_under_way_and_ends_those_that_wait(program):
    for _ in range(5):
        batch = make(program, count=2, observation=None).unwrapped
        batch.reset()
        rows = np.tile(np.arange(0, len(batch.actions), 5), (2, 1))
        # Gymnasium's own close() is for one thread.
        ends = ends_of_threads_at_its_close(
            lambda batch=batch, rows=rows: batch._batch.step(rows), batch._batch.close
        )
        assert ends == {"the batch is closed; make another one"}


def test_another_process_cannot_use_or_harm_a_batch(program):
    batch = make(program, count=2).unwrapped
    batch.reset()
    workers = children_of_this_process()

    def in_the_child():
        nonlocal batch
        said = [error_of(lambda: batch.step([0, 0])), error_of(batch.reset)]
        said += [error_of(batch.async_reset), error_of(lambda: batch.in_flight)]
        batch.close()
        del batch
        gc.collect()
        return said

    elsewhere = "conflict: this batch was made in another process; make one here"
    assert said_by_a_child(in_the_child) == [elsewhere] * 4
    batch.step([0, 0])
    assert children_of_this_process() == workers
    batch.close()


def test_a_batch_masks_what_its_environments_mask_alone(program):
    batch = make(program, count=2, max_episode_steps=6, observation=None)
    alone = [hone.make("llvm-ic", benchmark=program, observation=None) for _ in range(2)]
    sroa, combine, dce = (
        next(i for i, a in enumerate(batch.unwrapped.actions) if f"({name}" in a)
        for name in ("sroa", "instcombine", "adce")
    )
    masks = batch.unwrapped.action_masks
    batch.reset()
    for env in alone:
        env.reset()
    left_out = set()
    for row in ([sroa, dce], [sroa, dce], [dce, sroa], [combine, sroa], [combine, combine]):
        changed = batch.step(row)[4]["changed"]
        for env, action in zip(alone, row, strict=True):
            env.step(action)
        assert np.array_equal(masks(), [env.action_masks() for env in alone])
        left_out |= {(i, action) for i, action in enumerate(row) if not changed[i]}
        assert masks().dtype == bool and not masks()[~changed, np.array(row)[~changed]].any()
    assert {(0, sroa), (1, dce)} <= left_out
    assert batch.step([combine, combine])[3].all() and not masks().all()
    batch.step([combine, combine])  # begins the next episodes
    assert masks().all()
    batch.step([dce, dce])
    assert not masks()[0, dce]
    batch.step([[dce, dce], [dce, dce]])  # a row is no single action
    assert masks().all()
    batch.close()
    for env in alone:
        env.close()


def test_a_batch_masks_asynchronous_steps_and_forgets_what_failed(program):
    batch = make(program, count=2).unwrapped
    dce = next(i for i, a in enumerate(batch.actions) if "(adce" in a)
    batch.async_reset()
    batch.recv(2)
    batch.send([dce], [1])
    batch.recv(1)
    assert batch.action_masks()[0].all() and not batch.action_masks()[1, dce]
    with pytest.raises(hone.Error, match="not below"):
        batch.send([len(batch.actions)], [0])
    assert batch.action_masks().all()
    batch.close()


def test_gymnasiums_own_vector_environment_gives_the_same(program):
    ours = make(program, count=2)
    theirs = make(program, count=2, vectorization_mode="sync")
    assert np.array_equal(ours.reset()[0], theirs.reset()[0])
    for action in (7, 40, 3):
        for mine, other in zip(ours.step([action] * 2), theirs.step([action] * 2), strict=True):
            if not isinstance(mine, dict):
                assert np.array_equal(mine, other)
    ours.close()
    theirs.close()


def test_a_flat_batch_observes_what_flat_environments_do(program):
    settings = {"benchmark": program, "observation": ("autophase", "instcount")}
    batch = gymnasium.make_vec("hone/llvm-ic-flat-v0", num_envs=2, **settings)
    alone = gymnasium.make("hone/llvm-ic-flat-v0", **settings)
    assert batch.single_observation_space == alone.observation_space
    rows, _ = batch.reset()
    assert rows in batch.observation_space and rows.dtype == np.float32
    assert np.array_equal(rows[1], alone.reset()[0])
    assert np.array_equal(batch.step([5, 40])[0][1], alone.step(40)[0])
    batch.close()
    alone.close()


def sequence(count, length, seed=4):
    return np.random.default_rng(seed).integers(119, size=(length, count))


def test_asynchronous_steps_are_worth_what_synchronous_ones_are(program):
    actions = sequence(4, 10)
    together = make(program, count=4)
    apart = make(program, count=4, batch_size=2)
    first, _ = together.reset()
    expected = [together.step(row) for row in actions]
    apart.async_reset()
    taken = np.zeros(4, int)
    while apart.in_flight:
        count = min(apart.in_flight, 2)
        observations, rewards, terminated, truncated, info = apart.recv(count)
        who = info["env_id"]
        assert len(who) == len(rewards) == len(observations) == count
        assert not terminated.any() and not truncated.any()
        for i, env in enumerate(who):
            at = taken[env]
            if at == 0:
                assert np.array_equal(observations[i], first[env]) and rewards[i] == 0
            else:
                assert np.array_equal(observations[i], expected[at - 1][0][env])
                assert rewards[i] == expected[at - 1][1][env]
                assert info["changed"][i] == expected[at - 1][4]["changed"][env]
        going = [env for env in who if taken[env] < len(actions)]
        apart.send([actions[taken[env], env] for env in going], going)
        taken[who] += 1
    assert (taken == len(actions) + 1).all()
    together.close()
    apart.close()


def test_an_ended_episode_is_reset_in_flight_too(program):
    batch = make(program, count=2, max_episode_steps=2)
    batch.async_reset()
    first, *_ = batch.recv()
    ends = []
    for _ in range(3):
        batch.send([5, 40])
        observations, _, _, truncated, info = batch.recv()
        ends.append(truncated.tolist())
    assert ends == [[False] * 2, [True] * 2, [False] * 2]
    assert np.array_equal(observations[np.argsort(info["env_id"])], first)
    batch.close()


def test_a_row_of_actions_is_worth_its_single_steps(program):
    actions = sequence(2, 6)
    single = make(program, count=2)
    rows = make(program, count=2, max_episode_steps=6)
    single.reset()
    rows.reset()
    steps = [single.step(row) for row in actions]
    for half in (0, 1):
        part = slice(3 * half, 3 * half + 3)
        observations, rewards, _, truncated, _ = rows.step(actions[part].T)
        assert np.array_equal(observations, steps[part][-1][0])
        assert np.allclose(rewards, sum(step[1] for step in steps[part]), rtol=1e-12, atol=0)
        assert truncated.all() == bool(half)
    single.close()
    rows.close()


def test_misuse_of_asynchronous_steps_is_an_error(program):
    batch = make(program, count=2)
    with pytest.raises(ValueError, match="batch_size 3 of 2"):
        make(program, count=2, batch_size=3)
    batch.reset()
    batch.send([5], [1])
    with pytest.raises(hone.Error, match="environment 1 is in flight"):
        batch.send([5], [1])
    with pytest.raises(hone.Error, match="are in flight"):
        batch.step([5, 5])
    with pytest.raises(hone.Error, match="2 answers asked for, 1 environments in flight"):
        batch.recv()
    *_, info = batch.recv(1)
    assert info["env_id"].tolist() == [1]
    with pytest.raises(hone.Error, match="needs as many actions"):
        batch.send([5], [0, 1])
    batch.step([5, 5])
    batch.close()
