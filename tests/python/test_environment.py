# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Python package: the twin of src/python/bind_environment.cpp."""

import json
import subprocess
import sys

import pytest
from source_tree import BUILD, ROOT

PACKAGE = BUILD / "python"
if not [*PACKAGE.glob("hone/_hone*.so")]:
    pytest.skip("the Python package was not built", allow_module_level=True)
sys.path.insert(0, str(PACKAGE))

import gymnasium  # noqa: E402
import hone  # noqa: E402
import hone.gym  # noqa: E402
import numpy  # noqa: E402
from gymnasium.utils.env_checker import check_env  # noqa: E402

SOURCE = """
static int twice(int x) { return x * 2; }
int sum(const int *p, int n) {
  int s = 0;
  for (int i = 0; i < n; ++i) s += twice(p[i]);
  return s;
}
"""


@pytest.fixture
def uri(tmp_path):
    (tmp_path / "sum.c").write_text(SOURCE)
    return hone.benchmark_uri(str(tmp_path / "sum.c"), ["-O2"])


def test_a_step_returns_observations_reward_and_whether_something_changed(uri):
    env = hone.make(reward="ir-instructions", observations=["ir-instructions"])
    (before,), reward, changed, failures = env.reset(uri)
    assert (reward, changed, failures) == (0, False, [])
    (after,), reward, changed, failures = env.step_texts(["function(sroa)"])
    assert reward == before - after > 0
    assert changed and not failures
    action = env.actions.index("function(sroa<modify-cfg>)")
    assert env.step(action)[1:3] == (0, False)


def test_every_observation_has_the_type_of_its_space(uri):
    env = hone.make()
    env.reset(uri)
    types = {
        "integer": int,
        "float": float,
        "box": numpy.ndarray,
        "text": str,
        "document": str,
        "bytes": bytes,
        "sequence": list,
    }
    for name, space in env.observation_spaces.items():
        if name == "runtime":  # there is no main function
            continue
        value = env.observe(name)
        assert isinstance(value, types[space["kind"]]), name
        if space["kind"] == "box":
            assert value.shape == (len(space["names"]),)
        if space["kind"] == "document":
            assert isinstance(json.loads(value), dict)
    assert env.observe("bitcode").startswith(b"BC")


def test_a_fork_goes_its_own_way_and_episodes_validate(uri):
    env = hone.make(reward="ir-instructions-oz")
    env.reset(uri)
    env.multistep([3, 5])
    fork = env.fork()
    assert fork.episode() == env.episode()
    fork.step_texts(["function(sroa)"])
    assert fork.episode() != env.episode()
    table = f"{hone.EPISODE_HEADER}\n{fork.episode()}\n"
    (episode,) = hone.parse_episodes(table)
    assert episode == fork.episode()
    found = hone.validate(episode)
    assert found["state_matches"] and found["reward_matches"]
    episode.reward += 1
    assert not hone.validate(episode)["reward_matches"]


def test_errors_say_what_was_wrong(uri):
    with pytest.raises(ValueError, match="did you mean 'ir-instructions'"):
        hone.make(reward="ir-instruction")
    env = hone.make()
    with pytest.raises(ValueError, match="no episode has begun"):
        env.step(0)
    with pytest.raises(hone.Error, match="no/such.c") as caught:
        env.reset("file:///no/such.c")
    assert caught.value.kind == "not-found"
    env.reset(uri)
    with pytest.raises(ValueError, match="action 100000 is not below"):
        env.step(100000)
    env.close()
    with pytest.raises(ValueError, match="closed"):
        env.observe("ir")


def test_a_crash_is_a_lost_step():
    env = hone.make(reward="ir-instructions")
    env.reset(hone.benchmark_uri(str(ROOT / "tests/modules/switches.ll")))
    _, reward, _, failures = env.step_texts(["function(unify-loop-exits)"])
    assert reward == 0
    assert len(failures) == 1 and "signal 11" in failures[0]
    assert env.step_texts(["function(sroa)"])[1] > 0


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["llvm", "llvm-instructions", "llvm-size"])
def test_gymnasium_is_content(name, uri):
    env = gymnasium.make(f"hone/{name}-v0", benchmarks=[uri])
    check_env(env.unwrapped)
    env.close()


def test_episodes_of_one_seed_are_alike_and_end_after_their_steps(uri):
    ends = []
    for _ in range(2):
        env = gymnasium.make("hone/llvm-v0", benchmarks=[uri], max_episode_steps=6)
        env.reset(seed=3)
        env.action_space.seed(3)
        rewards, truncated = [], False
        while not truncated:
            _, reward, terminated, truncated, _ = env.step(env.action_space.sample())
            assert not terminated
            rewards.append(reward)
        assert len(rewards) == 6
        episode = env.unwrapped.episode()
        assert sum(rewards) == pytest.approx(episode.reward)
        ends.append(str(episode))
    assert ends[0] == ends[1]


def test_several_observations_are_a_dict_of_boxes(uri):
    names = ["autophase", "ir-instructions"]
    env = gymnasium.make("hone/llvm-v0", benchmarks=[uri], observation=names)
    seen, _ = env.reset()
    assert env.observation_space.contains(seen)
    assert sorted(seen) == names
    with pytest.raises(ValueError, match="space of text"):
        gymnasium.make("hone/llvm-v0", observation="ir")


def test_a_batch_steps_like_single_environments(uri):
    batch = gymnasium.make_vec(
        "hone/llvm-v0", num_envs=2, max_episode_steps=4, benchmarks=[uri]
    )
    batch.reset(seed=1)
    single = hone.make(reward="ir-instructions-oz", observations=["autophase"])
    single.reset(uri)
    actions = batch.action_space
    actions.seed(5)
    for step in range(9):
        chosen = actions.sample()
        seen, rewards, _, truncated, _ = batch.step(chosen)
        if step == 4:  # in place of this step the episodes begin anew
            (expected,), reward, _, _ = single.reset()
        else:
            (expected,), reward, _, _ = single.step(int(chosen[1]))
        assert rewards[1] == reward
        assert (seen[1] == expected).all()
        assert truncated.all() == (step in (3, 8))
    batch.close()


def test_the_typed_interface_is_that_of_the_module(tmp_path):
    """Made anew by `tools/update_interface.sh`."""
    interface = tmp_path / "_hone.pyi"
    command = ROOT / "tools/update_interface.sh"
    subprocess.run([command, sys.executable, PACKAGE, interface], check=True)
    assert interface.read_text() == (ROOT / "python/hone/_hone.pyi").read_text()


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    readme = (ROOT / "README.md").read_text()
    example = readme.split("```python\n")[1].split("```")[0]
    (tmp_path / "lame.c").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})
    total, episode = capsys.readouterr().out.split(" ", 1)
    (found,) = hone.parse_episodes(episode)
    assert float(total) == pytest.approx(found.reward)
    assert len(found.actions) == 45
