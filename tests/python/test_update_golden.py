# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""tools/update_golden.py writes what the commands print, and only that."""

import pytest
import update_golden


@pytest.fixture
def golden(tmp_path):
    """A test file with the given RUN lines, and a build with a made-up hone."""
    hone = tmp_path / "build/bin/hone"
    hone.parent.mkdir(parents=True)
    hone.write_text('#!/bin/sh\necho "hone says $*"\n[ "$1" != wrong ]\n')
    hone.chmod(0o755)

    def write(*commands):
        test = tmp_path / "x.test"
        test.write_text("".join(f"RUN: {command}\n" for command in commands))
        return test

    def run(test, *options):
        build = str(tmp_path / "build")
        return update_golden.main(["--build", build, *options, str(test)])

    write.run, write.folder = run, tmp_path
    return write


def test_a_golden_is_written_and_then_agrees(golden):
    test = golden("%hone help opt | diff %S/x.expected -")
    assert golden.run(test, "--check") == 1
    assert golden.run(test) == 0
    assert (golden.folder / "x.expected").read_text() == "hone says help opt\n"
    assert golden.run(test, "--check") == 0


def test_check_changes_nothing(golden):
    test = golden("%hone help | diff %S/x.expected -")
    (golden.folder / "x.expected").write_text("old\n")
    assert golden.run(test, "--check") == 1
    assert (golden.folder / "x.expected").read_text() == "old\n"


def test_earlier_commands_run_first(golden):
    test = golden("echo made > %t", "cat %t | diff %S/x.expected -")
    assert golden.run(test) == 0
    assert (golden.folder / "x.expected").read_text() == "made\n"


def test_lines_are_joined(golden):
    test = golden("%hone a \\", "  b | diff -u %S/x.expected -")
    assert golden.run(test) == 0
    assert (golden.folder / "x.expected").read_text() == "hone says a b\n"


def test_a_failing_command_writes_no_golden(golden):
    test = golden("%hone wrong | diff %S/x.expected -")
    assert golden.run(test) == 2
    assert not (golden.folder / "x.expected").exists()


def test_an_expected_failure_is_written(golden):
    test = golden("not %hone wrong | diff %S/x.expected -")
    assert golden.run(test) == 0
    assert (golden.folder / "x.expected").read_text() == "hone says wrong\n"


def test_tests_without_goldens_are_left_alone(golden):
    test = golden("%hone wrong | %FileCheck %s")
    assert golden.run(test) == 0
