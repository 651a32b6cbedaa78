# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.optimize: what `hone opt` does, and how errors and Ctrl-C arrive."""

import os
import signal
import subprocess

import hone
import pytest


def test_a_smaller_object_is_written_and_described(program, tmp_path):
    steps = []
    report = hone.optimize(
        program,
        output=tmp_path / "sum.o",
        budget=3,
        store="none",
        on_step=lambda *step: steps.append(step),
    )
    assert report.compiles <= 3 and len(steps) == report.compiles
    assert report.improved and steps[-1][3] == report.result.loaded
    assert report.result.loaded <= report.stock.loaded
    assert report.saved == 1 - report.result.loaded / report.stock.loaded
    assert (tmp_path / "sum.o").read_bytes() == report.output
    symbols = subprocess.run(
        ["llvm-nm-22", tmp_path / "sum.o"], capture_output=True, text=True, check=True
    )
    assert " T sum" in symbols.stdout
    assert report.details["compiler"] and "clang" in report.script


def test_the_same_seed_gives_the_same_bytes(program):
    first, second = (hone.optimize(program, budget=4, store="none", seed=7) for _ in "ab")
    assert first.output == second.output


@pytest.mark.parametrize(
    "setting",
    [{"budget": 0}, {"seconds": -1}, {"seconds": float("nan")}, {"seed": -1}, {"check_inputs": -1}],
)
def test_numbers_that_the_command_line_refuses_are_refused(program, setting):
    (name,) = setting
    with pytest.raises(hone.Error, match=f"{name} is .*; expected [01] or more"):
        hone.optimize(program, store="none", **setting)


def test_an_output_that_cannot_be_written_is_refused_before_the_search(program, tmp_path):
    steps = []
    with pytest.raises(hone.Error, match="its folder does not exist"):
        hone.optimize(
            program,
            output=tmp_path / "missing/sum.o",
            store="none",
            on_step=lambda *step: steps.append(step),
        )
    assert not steps


def test_errors_are_those_of_the_command_line(program, tmp_path):
    with pytest.raises(hone.Error, match="absent.c") as caught:
        hone.optimize(tmp_path / "absent.c", store="none")
    assert caught.value.kind == "not-found"
    program.write_text("int f( {")
    with pytest.raises(hone.Error, match="error: expected") as caught:
        hone.optimize(program, store="none")
    assert caught.value.kind == "tool-failed"


@pytest.mark.parametrize("word", ["goal", "protocol", "tier", "require", "emit", "search"])
def test_words_without_a_meaning_are_refused(program, word):
    with pytest.raises(hone.Error, match="nonesuch") as caught:
        hone.optimize(program, store="none", **{word: "nonesuch"})
    assert caught.value.kind in hone.error_kinds()


def test_what_a_callback_raises_is_passed_on(program):
    def on_step(*_):
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        hone.optimize(program, budget=100, store="none", on_step=on_step)


def test_the_first_interrupt_keeps_what_was_found(program):
    calls = []

    def on_step(compile, *_):
        calls.append(compile)
        if compile == 2:
            os.kill(os.getpid(), signal.SIGINT)

    report = hone.optimize(program, budget=10_000, store="none", jobs=1, on_step=on_step)
    assert report.stop_reason == "interrupted"
    assert report.output and report.compiles < 10_000


def test_searches_are_listed():
    assert "default" in hone.search_names()
