# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every header under src/ compiles alone.

No precompiled header here: it would supply the very includes that a header may
have forgotten. Instead a verdict is kept in the build tree under a hash of the
compiler, the options, and the header with all of ours that it includes, so that
only what changed is compiled again. On two processors a header without LLVM
takes about half a second, one with LLVM's IR one to two.
"""

import concurrent.futures
import functools
import hashlib
import os
import subprocess

import pytest
from source_tree import (
    BUILD,
    ROOT,
    embedded_folder,
    files_under,
    includes,
    report,
    text,
)

COMPILER = os.environ.get("CXX", "clang++-22")
# The warnings of cmake/hone.cmake.
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]
WARNINGS += ["-Wno-missing-designated-field-initializers"]
OPTIONS = [*WARNINGS, "-std=c++20", "-fno-rtti", "-fno-exceptions"]
OPTIONS += ["-fsyntax-only", "-x", "c++", "-"]
# A header of an embedded program; its functions are used by another file.
C_OPTIONS = [*WARNINGS, "-Wno-unused", "-std=gnu17", "-fsyntax-only", "-x", "c", "-"]


def headers_of(config):
    """Where a library has its headers, by what it installs to say so."""
    said = subprocess.run(
        [config, "--includedir"], capture_output=True, text=True, check=True
    )
    return ["-isystem", said.stdout.strip()]


@functools.cache
def closure(path):
    """The header and every file of src/ that it includes, at any depth."""
    found, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found.add(current)
        for _, what, _ in includes(current):
            for child in (path.__class__("src") / what, path.parent / what):
                if (ROOT / child).is_file():
                    waiting.append(child)
    return sorted(found)


def compile_alone(root, header, options):
    """The compiler's complaints about a file that includes only this header."""
    try:
        result = subprocess.run(
            [COMPILER, f"-I{root}/src", *options],
            input=f'#include "{header.relative_to("src")}"\n',
            capture_output=True,
            text=True,
            timeout=120,
        )
    except subprocess.TimeoutExpired:
        return "took more than 120 s"
    if result.returncode == 0:
        return ""
    return result.stderr or f"status {result.returncode}"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_header_compiles_alone():
    version = subprocess.run([COMPILER, "--version"], capture_output=True).stdout
    cpp_options = [*headers_of("llvm-config-22"), *OPTIONS]
    verdicts = BUILD / "headers-alone"
    verdicts.mkdir(parents=True, exist_ok=True)

    def check(header):
        options = C_OPTIONS if embedded_folder(header) else cpp_options
        if any(what == "libpq-fe.h" for _, what, _ in includes(header)):
            options = [*headers_of("pg_config"), *options]
        key = hashlib.sha256(version + repr(options).encode())
        for path in closure(header):
            key.update(f"{path}\0{text(path)}\0".encode())
        verdict = verdicts / key.hexdigest()
        if not verdict.exists():
            complaints = compile_alone(ROOT, header, options)
            if complaints:
                return f"{header} does not compile alone:\n{complaints}"
            verdict.touch()
        return None

    workers = int(os.environ.get("HONE_JOBS", os.cpu_count() or 1))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        report(filter(None, pool.map(check, files_under("src", ".h"))))


def test_a_header_that_forgot_an_include_is_found(tmp_path):
    header = files_under("src", ".h")[0].__class__("src/x.h")
    (tmp_path / "src").mkdir()
    (tmp_path / header).write_text("#pragma once\nstd::vector<int> all();\n")
    assert "vector" in compile_alone(tmp_path, header, OPTIONS)
    (tmp_path / header).write_text(
        "#pragma once\n#include <vector>\nstd::vector<int> all();\n"
    )
    assert not compile_alone(tmp_path, header, OPTIONS)
