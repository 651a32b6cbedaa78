# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The package as the build tree has it: <build>/python/hone, no wheel."""

import json
import os
import pathlib
import sys
import threading

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


def error_of(call):
    """What a call raises, "" for nothing."""
    try:
        call()
    except Exception as error:
        return f"{getattr(error, 'kind', type(error).__name__)}: {error}"
    return ""


def ends_of_threads_at_its_close(call, close):
    """What threads that call without end are told when another one closes what
    they wait for."""
    ends, steps = set(), threading.Semaphore(0)

    def work():
        try:
            while True:
                call()
                steps.release()
        except Exception as error:
            ends.add(str(error))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    steps.acquire()
    close()
    for thread in threads:
        thread.join()
    return ends


def said_by_a_child(call):
    """What a call returns in a process that fork() makes, as JSON has it."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        status = 1
        try:
            os.write(write, json.dumps(call()).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    with open(read, "rb") as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(said)


def children_of_this_process():
    tasks = pathlib.Path("/proc/self/task").glob("*/children")
    return sorted(number for task in tasks for number in task.read_text().split())
