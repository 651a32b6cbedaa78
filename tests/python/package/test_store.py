# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.Store, and the wrapper that logs steps into one."""

import json
import subprocess

import gymnasium
import hone
import numpy as np
import postgresql_server
import pytest
from conftest import BUILD
from hone.wrappers import LogBatch, LogSteps, Undo


@pytest.fixture(scope="module")
def server():
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server; tools/setup.sh installs one")
    with postgresql_server.Server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    if request.param == "sqlite":
        return str(tmp_path / "steps.db")
    return request.getfixturevalue("server").create(f"test{abs(hash(tmp_path))}")


def logged(program, place, wrap=lambda env: env):
    env = hone.make("llvm-ic", benchmark=program)
    return LogSteps(wrap(env), place)


def numbers(env, *names):
    return [next(i for i, a in enumerate(env.unwrapped.actions) if f"({n}" in a) for n in names]


def test_every_step_is_in_the_store_and_hone_store_info_counts_it(program, place):
    env = logged(program, place)
    first, _ = env.reset()
    rewards = [env.step(action)[1] for action in numbers(env, "sroa", "instcombine")]
    env.close()
    rows = sorted(hone.Store(place).steps(), key=lambda row: row["depth"])
    assert [row["depth"] for row in rows] == [0, 1, 2]
    assert [row["reward"] for row in rows] == [0, *rewards]
    assert [row["parent"] for row in rows] == ["0" * 32, rows[0]["key"], rows[1]["key"]]
    assert json.loads(rows[0]["observation"]) == first.tolist()
    assert "(sroa" in rows[1]["action"] and rows[1]["changed"] is True
    assert {row["benchmark"] for row in rows} == {env.unwrapped.benchmark}
    info = subprocess.run(
        [BUILD / "bin/hone", "store", "info", "--store", place, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(info.stdout)
    assert (said["steps"], said["beginnings"], said["evaluations"]) == (2, 1, 0)


def test_episodes_that_begin_alike_share_their_beginning(program, tmp_path):
    store = hone.Store(tmp_path / "steps.db")
    env = logged(program, store)
    sroa, gvn, dce = numbers(env, "sroa", "gvn", "adce")
    for last in (gvn, dce, gvn):
        env.reset()
        env.step(sroa)
        env.step(last)
    assert store.info()["steps"] == 3 and store.info()["beginnings"] == 1


@pytest.mark.parametrize("outside", [True, False])
def test_steps_that_were_undone_are_no_parents(program, tmp_path, outside):
    store = hone.Store(tmp_path / "steps.db")
    env = Undo(logged(program, store)) if outside else logged(program, store, Undo)
    env.reset()
    sroa, gvn = numbers(env, "sroa", "gvn")
    undo = len(env.unwrapped.actions)
    for action in (sroa, undo, gvn):
        env.step(action)
    env.close()
    start, *others = sorted(store.steps(), key=lambda row: row["depth"])
    assert len(others) == 2 and {row["parent"] for row in others} == {start["key"]}


def test_several_actions_are_one_row_and_a_lost_one_is_none(program, tmp_path):
    store = hone.Store(tmp_path / "steps.db")
    env = logged(program, store)
    env.reset()
    env.unwrapped.multistep(numbers(env, "sroa", "gvn"))
    (last,) = numbers(env, "adce")
    env.step(last)
    rows = store.steps()
    assert max(row["depth"] for row in rows) == 3 and len(rows) == 2


def test_another_program_that_began_behind_a_log_is_not_logged(program, tmp_path):
    env = hone.make("llvm-ic", benchmark=program)
    env.reset()
    store = hone.Store(tmp_path / "steps.db")
    log = LogSteps(env, store)
    with pytest.raises(hone.Error, match="has not seen this episode begin"):
        log.step(0)
    log.reset()
    env.reset(options={"benchmark": "generator://hone/1"})
    with pytest.raises(hone.Error, match="has not seen this episode begin"):
        log.step(0)
    assert env.history == [] and store.info()["steps"] == 0
    log.reset()
    log.step(0)
    assert {row["benchmark"] for row in store.steps() if row["depth"]} == {"generator://hone/1"}


def logged_batch(place, environment="llvm-ic", **settings):
    return LogBatch(gymnasium.make_vec(f"hone/{environment}-v0", **settings), place)


def rows_of_single_environments(place, programs, episodes, **settings):
    """What LogSteps keeps of each program's episodes."""
    for program, own in zip(programs, episodes, strict=True):
        env = LogSteps(hone.make("llvm-ic", benchmark=program, **settings), place)
        for actions in own:
            env.reset()
            for action in actions:
                env.step(action)
        env.close()
    return hone.Store(place).steps()


@pytest.mark.parametrize("observation", [("instcount", "autophase"), "ir-instructions", None])
def test_a_batch_keeps_the_rows_of_single_environments(program, tmp_path, observation):
    other = tmp_path / "other.c"
    other.write_text("int f(int x) { int y = x * 2; return y + x; }\n")
    batch = logged_batch(
        tmp_path / "batch.db",
        num_envs=2,
        benchmark=[program, other],
        observation=observation,
        max_episode_steps=3,
    )
    batch.reset()
    sroa, gvn, dce = numbers(batch, "sroa", "gvn", "adce")
    # The fourth begins the second episodes and is none of their actions.
    for row in ([sroa, dce], [sroa, sroa], [gvn, gvn], [dce, dce], [gvn, sroa], [sroa, dce]):
        batch.step(row)
    batch.close()
    episodes = [[[sroa, sroa, gvn], [gvn, sroa]], [[dce, sroa, gvn], [sroa, dce]]]
    alone = rows_of_single_environments(
        tmp_path / "alone.db", [program, other], episodes, observation=observation
    )
    assert hone.Store(tmp_path / "batch.db").steps() == alone


def test_a_batch_keeps_what_was_sent_and_what_is_begun_anew(program, tmp_path):
    batch = logged_batch(tmp_path / "batch.db", num_envs=3, batch_size=1, benchmark=program)
    actions = [[5, 40], [40, 5, 77], [90]]
    taken = [iter(own) for own in actions]
    batch.async_reset()
    while batch.in_flight:
        (who,) = batch.recv()[-1]["env_id"]
        for action in taken[who]:
            batch.send([action], [who])
            break
    batch.env.reset(options={"benchmark": "generator://hone/1"})
    batch.env.step([5, 5, 5])
    with pytest.raises(hone.Error, match="has not seen an episode begin"):
        batch.step([5, 5, 5])
    batch.reset()
    batch.step([[5, 40]] * 3)
    batch.close()
    programs, episodes = [program] * 3, [[own] for own in actions]
    alone = rows_of_single_environments(tmp_path / "alone.db", programs, episodes)
    rows = hone.Store(tmp_path / "batch.db").steps()
    assert [row for row in rows if row["benchmark"] != "generator://hone/1"] == alone
    start, both = sorted((r for r in rows if r not in alone), key=lambda row: row["depth"])
    assert both["depth"] == 2 and both["parent"] == start["key"]


def test_a_batch_keeps_no_lost_action_and_goes_on_after_an_error(program, tmp_path):
    batch = logged_batch(
        tmp_path / "batch.db", "pipelines-size", num_envs=2, benchmark=program, observation=None
    )
    first, lost = (
        next(i for i, a in enumerate(batch.env.actions) if f"remove@{place}" == a)
        for place in (5, 151)
    )
    batch.reset()
    batch.step([first, lost])
    with pytest.raises(hone.Error, match="not below"):
        batch.step([first, len(batch.env.actions)])
    batch.step([first, first])
    texts = [batch.env.actions[first]]
    assert [batch.env.history(i) for i in range(2)] == [2 * texts, texts]
    assert hone.validate(batch.env.episode(0)).ok
    batch.close()
    rows = batch.store.steps()
    assert sorted(row["depth"] for row in rows) == [0, 1, 2]
    with pytest.raises(TypeError, match="CompilerVectorEnv"):
        LogBatch(hone.make("llvm-ic"))


def test_rows_move_between_a_file_and_a_server(program, server, tmp_path):
    env = logged(program, tmp_path / "a.db")
    env.reset()
    env.step(0)
    hone.optimize(program, budget=3, store=tmp_path / "a.db")
    file, remote = hone.Store(tmp_path / "a.db"), hone.Store(server.create("moved"))
    counts = file.export_rows(tmp_path / "rows")
    assert counts == remote.import_rows(tmp_path / "rows")
    assert file.evaluations() == remote.evaluations() != []
    assert file.steps() == remote.steps() != []


def test_the_command_line_takes_the_uri_of_a_server(program, server, tmp_path):
    uri = server.create("commands")

    def run(*words):
        words = [BUILD / "bin/hone", *words, "--store", uri, "--json"]
        done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
        return json.loads(done.stdout)

    reports = [run("opt", program, "-o", "a.o", "--budget", "3") for _ in "ab"]
    assert reports[0]["result"] == reports[1]["result"]
    count = run("store", "info")["evaluations"]
    assert count > 0 and run("store", "export", "rows")["exported"] == count
    assert run("store", "import", "rows")["imported"] == count
    assert run("store", "gc")["removed"] == 0 and run("store", "info")["evaluations"] == count


def test_a_place_that_is_none_is_refused(tmp_path):
    (tmp_path / "text").write_text("no store")
    with pytest.raises(hone.Error, match="no store of Hone's"):
        hone.Store(tmp_path / "text")
    with pytest.raises(hone.Error, match="cannot open it"):
        hone.Store("postgresql:///hone?host=/nowhere")
