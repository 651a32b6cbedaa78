# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the house rules read: the files of the tree, and tools/house.toml."""

import functools
import os
import pathlib
import re
import subprocess
import tomllib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HONE_BUILD_DIR", ROOT / "build/release"))

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


@functools.cache
def settings():
    return tomllib.loads((ROOT / "tools/house.toml").read_text())


@functools.cache
def files():
    """Every file that git tracks or would add, relative to the root.

    Without git (an unpacked archive) it is every file outside build/. The
    owner of the checkout may be another user, hence safe.directory.
    """
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"]
        + ["--cached", "--others", "--exclude-standard"],
        capture_output=True,
    )
    if listing.returncode == 0:
        names = listing.stdout.decode().split("\0")
        paths = {pathlib.PurePosixPath(name) for name in names if name}
    else:
        paths = {
            pathlib.PurePosixPath(path.relative_to(ROOT))
            for path in ROOT.rglob("*")
            if path.relative_to(ROOT).parts[0] not in ("build", ".git")
        }
    return sorted(path for path in paths if (ROOT / path).is_file())


def files_under(folder, *suffixes):
    """The files below a folder, in all or in some languages."""
    return [
        path
        for path in files()
        if path.is_relative_to(folder) and (not suffixes or path.suffix in suffixes)
    ]


@functools.cache
def text(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@functools.cache
def includes(path):
    """The includes of a C or C++ file: (opening quote, what, line number)."""
    body = text(path)
    return [
        (m.group(1), m.group(2), body.count("\n", 0, m.start()) + 1)
        for m in INCLUDE.finditer(body)
    ]


def embedded_folder(path):
    """The folder of [embedded] that holds src/<path>, or None."""
    for folder in settings()["embedded"]:
        if str(path).startswith(f"src/{folder}/"):
            return folder
    return None


def excused(path, allowed):
    """Whether a table of exceptions names a file or a folder above it."""
    return any(
        str(path) == name or (name.endswith("/") and str(path).startswith(name))
        for name in allowed
    )


def report(problems):
    """Fails with all the problems, not only the first."""
    problems = list(problems)
    if problems:
        pytest.fail("\n".join(map(str, problems)), pytrace=False)
