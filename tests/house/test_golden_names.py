# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Golden tests: fail_… shows errors, the others none; no golden is orphaned."""

import re

from source_tree import files_under, report, text
from update_golden import run_lines

FAILS = re.compile(r"(?:^|[|;&]\s*|\()not\s+(?:--crash\s+)?%hone")


def golden_tests():
    return [
        path
        for path in files_under("tests/golden", ".test", ".c", ".ll")
        if "inputs" not in path.parts
    ]


def test_names_say_what_is_expected_to_fail():
    problems = []
    for path in golden_tests():
        fails = any(FAILS.search(command) for command in run_lines(text(path)))
        if fails != path.name.startswith("fail_"):
            problems.append(f"{path}: fail_… is for tests that run `not %hone`")
    report(problems)


def test_every_golden_belongs_to_a_test():
    used = "\n".join(text(path) for path in golden_tests())
    report(
        f"{path}: no test compares with it"
        for path in files_under("tests/golden", ".expected")
        if path.name not in used
    )
