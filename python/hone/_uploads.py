# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What of a program of this machine goes to a server."""

import os
import pathlib
import shutil
import subprocess
import urllib.parse
from collections.abc import Sequence

from hone.errors import Error

# As src/program/input.cpp tells them apart.
KINDS = {
    **{".bc": "bc", ".c": "c", ".ll": "ll"},
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".c++", ".C"), "cc"),
}
PREPROCESSED = {".i": "i", ".ii": "ii"}  # for the environments of flags
# What only the preprocessor heeds, with the value in the same word or the next.
PREPROCESSOR = ("-I", "-D", "-U", "-isystem", "-iquote", "-idirafter", "-include", "-imacros")
# The same of the rules for make that it writes beside.
DEPENDENCY_VALUES = ("-MF", "-MT", "-MQ", "-MJ")
DEPENDENCIES = ("-M", "-MM", "-MD", "-MMD", "-MP", "-MG", "-MV")


def read_program(uri: str, environment: str) -> tuple[bytes, str, list[str]]:
    """The content, kind and flags that stand for a file:// URI in an environment
    of this name."""
    path, _, query = uri.removeprefix("file://").partition("?")
    flags = [urllib.parse.unquote(item.removeprefix("flag=")) for item in query.split("&") if item]
    path = urllib.parse.unquote(path)
    _check_file(path)
    kinds = KINDS | PREPROCESSED if environment.startswith("flags-") else KINDS
    kind = kinds.get(pathlib.Path(path).suffix)
    if kind is None:
        expected = ", ".join(kinds)
        raise Error(
            "unsupported",
            f"cannot tell what '{path}' is; expected a file named {expected}",
        )
    return _whole_program(path, kind, flags, environment)


def _check_file(path: str) -> None:
    """The errors of src/program/input.cpp, whatever would have read the file."""
    if not os.path.exists(path):
        raise Error("not-found", f"'{path}' does not exist")
    if os.path.isdir(path):
        expected = "expected a C, C++, .ll or .bc file"
        raise Error("invalid-argument", f"'{path}' is a folder; {expected}")


def _whole_program(
    path: str, kind: str, flags: list[str], environment: str
) -> tuple[bytes, str, list[str]]:
    """What the preprocessor of the environment's compiler makes of a source, since
    the server has none of its headers; its kind, and the flags that are left.
    Without the compiler here, the file itself."""
    flags = _without([f for f in flags if f not in DEPENDENCIES], DEPENDENCY_VALUES)
    compiler = shutil.which("gcc" if environment == "flags-gcc" else "clang-22")
    if kind not in ("c", "cc") or compiler is None:
        return pathlib.Path(path).read_bytes(), kind, flags
    command = [compiler, "-E", "-P"]
    if environment.startswith("flags-"):  # as src/env/flag_builder.cpp does it
        flags = [flag for flag in flags if not flag.startswith("-O")]
        command = [compiler, "-w", "-E"]
        kind = {"c": "i", "cc": "ii"}[kind]
    made = subprocess.run([*command, *flags, path], capture_output=True, check=False)
    if made.returncode != 0:
        raise Error("tool-failed", made.stderr.decode(errors="replace").strip())
    return made.stdout, kind, _without(flags, PREPROCESSOR)


def _without(flags: Sequence[str], names: tuple[str, ...]) -> list[str]:
    """The flags without these, whose values may stand in the next word."""
    rest, words = [], iter(flags)
    for flag in words:
        if not flag.startswith(names):
            rest.append(flag)
        elif flag in names:
            next(words, None)
    return rest
