# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Golden tests: whole outputs of commands, run by lit (`./check`).

A file with RUN: lines is a test. A golden is compared whole:

    RUN: %hone list passes | diff %S/list_passes.expected -

and rewritten by tools/update_golden.py, after which its diff is reviewed like
code. Where part of the output varies, FileCheck takes the place of diff:

    RUN: %hone --version | %FileCheck %s
    CHECK: {{^hone [0-9]+\\.[0-9]+\\.[0-9]+}}

The commands run in lit's own shell (pipes, redirections, &&, not, diff, cat,
echo, mkdir, rm; no variables, no loops), in the test's own folder of the build
tree. A file named fail_… shows an error: its RUN line for hone begins with
`not`. `REQUIRES: long` keeps a test out of `./check --fast`.

    %hone  %clang  %FileCheck   the programs
    %s  %S  %t                  lit's: the test, its folder, a name for output
    %examples                   the example programs
"""

import os
import pathlib
import shutil

import lit.formats

root = pathlib.Path(__file__).resolve().parents[2]
build = pathlib.Path(lit_config.params.get("build", root / "build/release"))

config.name = "hone"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test", ".c", ".ll"]
config.excludes = ["inputs"]
config.test_source_root = str(root / "tests/golden")
config.test_exec_root = str(build / "tests/golden")

# No user's store, settings or home; no colours; no variation by locale.
home = build / "tests/golden/home"
config.environment = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "HOME": str(home),
    "XDG_DATA_HOME": str(home / "data"),
    "XDG_CACHE_HOME": str(home / "cache"),
    "XDG_CONFIG_HOME": str(home / "config"),
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "detect_leaks=0"),
}
home.mkdir(parents=True, exist_ok=True)

hone = build / "bin/hone"
if os.access(hone, os.X_OK):
    config.available_features.add("hone")
    # Optional: `hone prove --solver z3` is tested where there is one.
    if shutil.which("z3"):
        config.available_features.add("z3")
elif (root / "src/cli").is_dir():
    # Without this line a broken build would pass as a row of skipped tests.
    lit_config.fatal(f"{hone} does not exist; build it first (./check does)")

if not lit_config.params.get("fast"):
    config.available_features.add("long")


def program(name):
    return shutil.which(name) or lit_config.fatal(f"{name} is not in PATH")


config.substitutions += [
    ("%hone", str(hone)),
    ("%clang", program("clang-22")),
    ("%FileCheck", program("FileCheck-22")),
    ("%examples", str(root / "examples")),
]
