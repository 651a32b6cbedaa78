# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The programs of examples/python run, and find what they say they find."""

import importlib.util
import os
import re
import subprocess
import sys

import nbclient
import nbformat
import pytest
from conftest import BUILD, ROOT

pytestmark = pytest.mark.slow


def run(name, *words):
    result = subprocess.run(
        [sys.executable, ROOT / "examples/python" / f"{name}.py", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(BUILD / "python")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def best_of(output):
    return float(re.search(r"^best (\S+)", output, re.M).group(1))


def test_random_search_finds_an_episode_that_replays(program):
    output = run("random_search", "--program", program, "--episodes", 4)
    assert best_of(output) > 0 and "replays True" in output


def test_the_same_seed_searches_alike(program):
    words = ("--program", program, "--episodes", 2, "--seed", 5)
    assert run("random_search", *words) == run("random_search", *words)


def test_greedy_begins_with_what_helps_most(program):
    output = run("greedy", "--program", program, "--steps", 3)
    assert re.search(r"function\((mem2reg|sroa)", output.splitlines()[0])
    assert best_of(output) > 0.5


def test_the_tree_search_finds_more_with_more_simulations(program):
    few, many = (best_of(run("tree_search", "--program", program, "--simulations", n)) for n in (2, 40))
    assert many > 0 and many >= few


def test_the_policy_gradient_learns(program):
    output = run("policy_gradient", "--program", program, "--updates", 30, "--environments", 4)
    first, last = map(float, re.search(r"first (\S+) last (\S+)", output).groups())
    assert last > first


def test_ppo_learns_or_says_that_it_is_a_policy_gradient(program):
    output = run("ppo", "--programs", program, "--steps", 2048)
    if importlib.util.find_spec("stable_baselines3") is None:
        assert output.startswith("Stable-Baselines3 is not installed: a policy gradient in NumPy")
    first, last = map(float, re.search(r"first (\S+) last (\S+)", output).groups())
    assert last > first


def test_the_notebook_runs_and_prints_what_it_says(tmp_path):
    notebook = nbformat.read(ROOT / "examples/python/tour.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # kept without them
    os.environ["PYTHONPATH"] = str(BUILD / "python")
    os.environ["IPYTHONDIR"] = os.environ["JUPYTER_CONFIG_DIR"] = str(tmp_path)
    nbclient.NotebookClient(notebook, timeout=100).execute()
    texts = [c.outputs[0].text for c in notebook.cells if c.cell_type == "code"]
    assert re.fullmatch(r"\d+ actions; \d+ instructions\n", texts[0])
    assert "{'changed': True, 'failures': []}" in texts[1]
    gains = [float(line.split()[0]) for line in texts[2].splitlines()]
    assert len(gains) == 3 and gains[0] >= gains[1] >= gains[2] and gains[0] > 0
    assert texts[3:] == ["True\n", "3 steps in the store\n"]


def test_the_custom_environment_is_short_and_makes_something_smaller():
    lines = (ROOT / "examples/python/custom_environment.py").read_text().splitlines()
    assert len(lines) <= 60
    stock, result = map(int, re.findall(r"\d+", run("custom_environment")))
    assert 0 < result < stock


def test_a_dead_bound_check_is_removed():
    lines = run("dead_bound_checks", "--tile", 8).splitlines()
    assert lines[0] == "for o in [0, n / 8)"
    full, rest = lines.index("    a[…]"), lines[-2]
    assert not any("if" in line for line in lines)
    assert lines[full - 1] == "  for i in [0, 8)"
    # As long as the last tile is.
    bound = rest.removeprefix("for i in [0, ").removesuffix(")")
    assert run_bound(bound) == [n % 8 for n in range(40)]


def run_bound(bound):
    import hone

    return [hone.parse(bound).evaluate(n=n) for n in range(40)]
