# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/compilergym.md: its programs run, and what its tables name exists."""

import os
import re
import shlex
import subprocess
import sys

import hone
import pytest
from conftest import BUILD, ROOT

PAGE = (ROOT / "docs/compilergym.md").read_text()


def test_the_programs_of_the_page_run(program):
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.S | re.M)
    assert len(blocks) == 2
    # In a process that has imported nothing else.
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)],
        cwd=program.parent,
        env={**os.environ, "PYTHONPATH": str(BUILD / "python")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def test_observations_of_the_page_exist():
    row = next(line for line in PAGE.splitlines() if line.startswith("| observations `Ir`"))
    words = set()
    for word in re.findall(r"`([^`]+)`", row.split("|")[2]):
        stem, _, ends = word.partition("{")
        words |= {stem + end for end in ends.rstrip("}").split(",")}
    words -= {"-Oz", "-O0"}
    env = hone.make("llvm")
    assert len(words) > 15 and words <= set(env.observation_spaces)
    gcc = next(line for line in PAGE.splitlines() if line.startswith("| gcc's `source`"))
    env.close()
    env = hone.make("flags-gcc")
    assert set(re.findall(r"`([^`]+)`", gcc.split("|")[2])) <= set(env.observation_spaces)
    env.close()


def test_wrappers_of_the_page_exist():
    for name in ("CycleOverBenchmarks", "RandomBenchmarks", "ValidateSteps", "Undo", "LogSteps"):
        assert f"`{name}`" in PAGE or f"wrappers.{name}" in PAGE
        assert hasattr(hone.wrappers, name)


def test_the_command_line_makes_the_same_code(program, tmp_path):
    env = hone.make("llvm-ic", benchmark=program)
    env.reset()
    (tmp_path / "input.bc").write_bytes(env.observe("bitcode"))
    env.step_texts(["function(sroa<modify-cfg>)", "cgscc(inline)", "function(gvn)"])
    subprocess.run(shlex.split(env.command_line()), cwd=tmp_path, check=True)
    other = hone.make("llvm-ic", benchmark=tmp_path / "output.bc")
    other.reset()
    assert (other.observe("instcount") == env.observe("instcount")).all()
    assert "-relocation-model=pic" in env.command_line()
    env.reset(options={"benchmark": hone.benchmark(program, ["-fno-pie"])})
    assert "-relocation-model" not in env.command_line()
    env.step_texts(["@sum:function(adce)"])
    with pytest.raises(ValueError, match="episode"):
        env.command_line()
    for one in (env, other):
        one.close()
