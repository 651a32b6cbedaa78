# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The package as the build tree has it: <build>/python/hone, no wheel."""

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("HONE_BUILD_DIR", ROOT / "build/release"))

sys.path.insert(0, str(BUILD / "python"))


def is_built():
    """Whether this build tree is one that has the package (HONE_PYTHON)."""
    cache = (BUILD / "CMakeCache.txt").read_text()
    return "HONE_PYTHON:BOOL=ON" in cache and "HONE_SANITIZE:STRING=\n" in cache


def pytest_ignore_collect(collection_path):
    # Sanitized builds have no package: Python itself would have to be built so.
    return None if is_built() or collection_path.name == "test_wheel.py" else True


@pytest.fixture
def program(tmp_path):
    """A C file with something to remove in it."""
    source = tmp_path / "sum.c"
    source.write_text(
        "static int twice(int x) { return x + x; }\n"
        "int sum(const int *p, int n) {\n"
        "  int s = 0;\n"
        "  for (int i = 0; i < n; i++) s += twice(p[i]);\n"
        "  return s;\n"
        "}\n"
    )
    return source
