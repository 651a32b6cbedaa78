# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A pinned sample of ONNX's node tests is compiled and gives the right numbers.

The tests come with the wheel of onnx that tools/requirements.txt names. Every
55th that is compiled stands in node_tests.txt, and those whose sizes, axes or
random numbers come at run time. bench/onnx/conformance runs all of them.
"""

import importlib.util
import pathlib
import subprocess
import sys

import pytest
from source_tree import BUILD, ROOT


def test_the_pinned_node_tests_are_compiled_and_right():
    wheel = importlib.util.find_spec("onnx")
    if wheel is None:
        pytest.skip("the package onnx is not installed: run tools/setup.sh")
    data = pathlib.Path(wheel.origin).parent / "backend/test/data"
    pinned = ROOT / "tests/python/node_tests.txt"
    result = subprocess.run(
        [sys.executable, ROOT / "bench/onnx/conformance", data, "--hone", BUILD / "bin/hone", "--expect", pinned],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"| all | {len(pinned.read_text().split())} |" in result.stdout
