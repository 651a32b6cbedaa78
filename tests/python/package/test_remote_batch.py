# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""gymnasium.make_vec("hone/…", address=…): batches of environments on a server."""

import contextlib
import gc
import signal

import gymnasium
import hone
import numpy as np
import pytest
from conftest import ends_of_threads_at_its_close, error_of, said_by_a_child
from hone import client
from hone.wrappers import LogBatch
from test_client import Server, interrupts

COUNT = 3


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    server.end(signal.SIGTERM)


@contextlib.contextmanager
def batch_of(address, program, **settings):
    settings = {"benchmark": program, "num_envs": COUNT, **settings}
    batch = gymnasium.make_vec("hone/llvm-ic-v0", address=address, **settings).unwrapped
    yield batch
    batch.close()


def sequence(length, seed=5):
    return np.random.default_rng(seed).integers(119, size=(length, COUNT))


def assert_same_rows(one, other):
    assert one.keys() == other.keys()
    for name, rows in one.items():
        assert np.array_equal(rows, other[name]) and rows.dtype == other[name].dtype


def assert_equal(one, other):
    """Results of two steps."""
    assert_same_rows(one[0], other[0])
    for mine, its in zip(one[1:4], other[1:4], strict=True):
        assert np.array_equal(mine, its) and mine.dtype == its.dtype
    assert np.array_equal(one[4]["changed"], other[4]["changed"])


def test_it_steps_and_begins_again_as_one_of_this_machine(server, program, tmp_path):
    leaf = tmp_path / "leaf.c"
    leaf.write_text("int f(int x) { return x + 1; }\n")
    settings = {
        "benchmark": [program, leaf, program],
        "observation": ("autophase", "ir-instructions"),
        "max_episode_steps": 7,
    }
    with batch_of("", program, **settings) as here, batch_of(
        server.address, program, **settings
    ) as there:
        assert there.observation_space == here.observation_space
        assert_same_rows(there.reset()[0], here.reset()[0])
        for actions in sequence(20):
            assert_equal(there.step(actions), here.step(actions))
            assert np.array_equal(there.action_masks(), here.action_masks())
        row = sequence(4).T
        assert_equal(there.step(row), here.step(row))
        for i in range(COUNT):
            assert there.history(i) == here.history(i)
            assert hone.validate(there.episode(i)).ok
    assert not server.workers()


def test_whoever_is_ready_is_received(server, program):
    actions = sequence(6)
    with batch_of("", program) as here, batch_of(server.address, program, batch_size=2) as there:
        first = here.reset()[0]
        expected = [here.step(row) for row in actions]
        there.async_reset()
        taken = np.zeros(COUNT, int)
        while there.in_flight:
            observations, rewards, *_, info = there.recv(min(there.in_flight, 2))
            for i, env in enumerate(info["env_id"]):
                at = taken[env]
                seen, reward = (first, np.zeros(COUNT)) if at == 0 else expected[at - 1][:2]
                assert np.array_equal(observations[i], seen[env]) and rewards[i] == reward[env]
                taken[env] += 1
                if at < len(actions):
                    there.send(actions[at, [env]], [env])
        assert (taken == len(actions) + 1).all()


def test_it_is_logged_as_one_of_this_machine(server, program, tmp_path):
    rows = []
    for address in ("", server.address):
        with batch_of(address, program) as batch:
            logged = LogBatch(batch, tmp_path / f"{len(rows)}.db")
            logged.reset()
            for actions in sequence(4):
                logged.step(actions)
            kept = logged.store.steps()
        rows.append(sorted((row["benchmark"], row["action"], row["reward"]) for row in kept))
    assert rows[0] == rows[1] and len(rows[0]) > COUNT


def test_a_server_that_was_killed_is_waited_for(server, program):
    with batch_of("", program) as here, batch_of(server.address, program) as there:
        here.reset()
        there.reset()
        for at, actions in enumerate(sequence(6)):
            if at in (2, 4):
                server.end(signal.SIGKILL)
                server.start()
            expected = here.step(actions)
            if at == 4:
                there.send(actions)
                answer = there.recv()
                order = np.argsort(answer[-1]["env_id"])
                assert np.array_equal(answer[1][order], expected[1])
            else:
                assert np.array_equal(there.step(actions)[1], expected[1])
        assert [there.episode(i) for i in range(COUNT)] == [here.episode(i) for i in range(COUNT)]


def test_a_session_that_was_lost_is_the_others_loss_of_time(server, program):
    with batch_of("", program) as here, batch_of(server.address, program) as there:
        here.reset()
        there.reset()
        connection = there._batch._connection
        for actions in sequence(3):
            connection.call("Close", session=there._batch._environments[1]._session)
            assert np.array_equal(there.step(actions)[1], here.step(actions)[1])
        assert [env.recoveries for env in there._batch._environments] == [0, 3, 0]


def test_rows_too_long_for_one_request_are_sent_one_by_one(server, program):
    with batch_of(server.address, program) as batch:
        batch.reset()
        sroa, nothing = (
            next(i for i, action in enumerate(batch.actions) if name in action)
            for name in ("(sroa", "elim-avail-extern")
        )
        rows = np.full((COUNT, 40_000), nothing)  # a request has 100,000 at most
        rows[:, -1] = sroa
        assert (batch.step(rows)[1] > 0).all()
        assert [env.recoveries for env in batch._batch._environments] == [0] * COUNT


def test_an_interrupted_step_was_not_taken(server, program):
    with batch_of(server.address, program) as batch:
        batch.reset()
        batch.step([3, 17, 5])
        before = [batch.episode(i) for i in range(COUNT)]
        with interrupts(batch._batch._connection), pytest.raises(KeyboardInterrupt):
            batch.step([5, 5, 5])
        assert [batch.episode(i) for i in range(COUNT)] == before


def test_a_step_interrupted_while_one_is_taken_again_was_taken_by_those_before(server, program):
    with batch_of(server.address, program) as batch:
        batch.reset()
        connection = batch._batch._connection
        connection.call("Close", session=batch._batch._environments[1]._session)
        ask = connection._ask

        def interrupted(method, *words):
            if method == "Make":
                raise KeyboardInterrupt
            return ask(method, *words)

        connection._ask = interrupted
        with pytest.raises(KeyboardInterrupt):
            batch.step([3, 17, 5])
        connection._ask = ask
        assert [len(batch.history(i)) for i in range(COUNT)] == [1, 0, 0]
        batch.step([17, 17, 17])
        for i, row in enumerate(([3, 17], [17], [17])):
            assert batch.history(i) == [batch.actions[action] for action in row]
            assert hone.validate(batch.episode(i)).ok


def test_misuse_is_an_error_of_the_same_words(server, program, tmp_path):
    def errors(address):
        with batch_of(address, program) as batch:
            missing = {"benchmark": [program, tmp_path / "missing.c", program]}
            said = [
                error_of(lambda: batch.step([0, 0, 0])),
                error_of(lambda: batch.reset(options=missing)),
            ]
            batch.reset()
            said += [
                error_of(lambda: batch.step([1, 2])),
                error_of(lambda: batch.step([0, 10_000, 0])),
                error_of(lambda: batch.episode(COUNT)),
            ]
            batch.send([5], [1])
            said += [
                error_of(lambda: batch.send([5], [1])),
                error_of(lambda: batch.step([5, 5, 5])),
                error_of(lambda: batch.recv(2)),
                error_of(lambda: batch.recv(0)),
                error_of(lambda: batch.episode(1)),
                error_of(batch.reset),
            ]
            assert batch.recv(1)[-1]["env_id"].tolist() == [1]
            said.append(error_of(lambda: batch.send([5], [0, 1])))
            batch.step([0, 0, 0])  # and it goes on
        said.append(error_of(lambda: batch.step([0, 0, 0])))
        return [*said, error_of(lambda: refused(address=address, observation="ir"))]

    def refused(**settings):
        gymnasium.make_vec("hone/llvm-ic-v0", num_envs=2, **settings)

    assert errors(server.address) == errors("")
    assert not server.workers()
    said = error_of(lambda: refused(address=server.address, failures=tmp_path))
    assert "hone serve --failures" in said


def test_a_server_that_is_full_keeps_nothing(tmp_path, monkeypatch):
    server = Server(tmp_path, "--sessions-per-client", str(COUNT - 1))
    monkeypatch.setattr(client._Pause, "wait", lambda pause: False)
    settings = {"num_envs": COUNT, "address": server.address}
    said = error_of(lambda: gymnasium.make_vec("hone/llvm-ic-v0", **settings))
    assert said.startswith("limit-reached: ") and "sessions" in said
    gc.collect()
    assert not server.workers()
    server.end(signal.SIGTERM)


def test_close_waits_for_the_step_under_way_and_ends_those_that_wait(server, program):
    with batch_of(server.address, program, observation=None) as batch:
        batch.reset()
        rows = np.tile(np.arange(0, len(batch.actions), 5), (COUNT, 1))
        ends = ends_of_threads_at_its_close(lambda: batch._batch.step(rows), batch._batch.close)
        assert ends == {"the batch is closed; make another one"}
    assert not server.workers()


def test_another_process_cannot_use_or_harm_it(server, program):
    with batch_of(server.address, program) as batch:
        batch.reset()
        workers = server.workers()

        def in_the_child():
            said = [error_of(lambda: batch.step([0, 0, 0])), error_of(lambda: batch.in_flight)]
            batch.close()
            return said

        elsewhere = "conflict: this batch was made in another process; make one here"
        assert said_by_a_child(in_the_child) == [elsewhere] * 2
        batch.step([0, 0, 0])
        assert server.workers() == workers
