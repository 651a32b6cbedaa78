# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""clang-format decides the layout of C and C++; tools/format.sh applies it."""

import os
import subprocess

import pytest
from source_tree import ROOT, files_under, report

FORMATTER = "clang-format-22"


def unformatted(paths, root=ROOT):
    """The files that the formatter would change."""
    result = subprocess.run(
        [FORMATTER, "--dry-run", "--Werror", "--ferror-limit=1", *map(str, paths)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    named = {line.split(":", 1)[0] for line in result.stderr.splitlines() if ": error:" in line}
    if result.returncode != 0 and not named:
        return [result.stderr]
    return sorted(named)


@pytest.mark.timeout(300)
def test_sources_are_formatted():
    paths = [
        path
        for folder in ("src", "examples", "cmake", "tests/cpp")
        for path in files_under(folder, ".h", ".cpp", ".c")
    ]
    report(f"{path}: run tools/format.sh" for path in unformatted(paths))


def test_bad_layout_is_found(tmp_path):
    (tmp_path / ".clang-format").write_text("BasedOnStyle: Google\n")
    (tmp_path / "good.cpp").write_text("int f() { return 1; }\n")
    (tmp_path / "bad.cpp").write_text("int  f( ){return 1;}\n")
    assert unformatted(["good.cpp", "bad.cpp"], tmp_path) == ["bad.cpp"]


def test_the_script_takes_the_same_files():
    """tools/format.sh --list names what the test above looks at, by git."""
    listed = subprocess.run(
        [ROOT / "tools/format.sh", "--list"], capture_output=True, text=True, check=True
    ).stdout.split()
    expected = [
        str(path)
        for folder in ("cmake", "examples", "src", "tests/cpp")
        for path in files_under(folder, ".h", ".cpp", ".c")
    ]
    assert sorted(listed) == sorted(expected), os.linesep.join(listed)
