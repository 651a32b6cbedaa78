# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The programs of examples/python run, and find what they say they find."""

import os
import re
import subprocess
import sys

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


def test_the_custom_environment_is_short_and_makes_something_smaller():
    lines = (ROOT / "examples/python/custom_environment.py").read_text().splitlines()
    assert len(lines) <= 60
    stock, result = map(int, re.findall(r"\d+", run("custom_environment")))
    assert 0 < result < stock
