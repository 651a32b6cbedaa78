#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Adds up the reports of several test runners.

    tools/count_tests.py NAME=STATUS=REPORT …

NAME is what to call the runner, STATUS its exit status, REPORT the JUnit file
it wrote (ctest --output-junit, lit --xunit-xml-output, pytest --junitxml).
Prints one line a runner, then every failure with the end of its output, and
closes with `N passed, N failed` or `N passed, N failed, N skipped`. Exits 1
when something failed or nothing ran.

A runner that failed without naming a failed test (it crashed, or could not
list its tests) counts as one failure: silence is not a pass.
"""

import dataclasses
import re
import sys
import xml.etree.ElementTree as xml

OUTPUT_LINES = 30
# pytest's status for "no test was selected", which -k and --fast may cause.
PYTEST_NOTHING = 5


@dataclasses.dataclass
class Counts:
    passed: int = 0
    failures: list = dataclasses.field(default_factory=list)  # (name, output)
    skipped: list = dataclasses.field(default_factory=list)  # (name, reason)

    def add(self, other):
        self.passed += other.passed
        self.failures += other.failures
        self.skipped += other.skipped

    def line(self):
        text = f"{self.passed} passed, {len(self.failures)} failed"
        return text + (f", {len(self.skipped)} skipped" if self.skipped else "")


def text_of(element):
    """The message and the text of a <failure> or <error>."""
    message = (element.get("message") or "").strip()
    body = (element.text or "").strip()
    if message.removeprefix("Failed: ") in body:
        return body  # pytest repeats the whole text as message
    return f"{message}\n{body}".strip()


def name_of(case):
    """ctest repeats the name as class; lit and pytest put the file there."""
    name, folder = case.get("name", "?"), case.get("classname", "")
    return name if folder in ("", name) else f"{folder}: {name}"


def read_report(path):
    """The counts of one JUnit file; raises OSError or xml.ParseError."""
    counts = Counts()
    for case in xml.parse(path).getroot().iter("testcase"):
        name = name_of(case)
        bad = [e for tag in ("failure", "error") for e in case.findall(tag)]
        skipped = case.find("skipped")
        if bad:
            # ctest leaves <failure> empty and has the output beside it.
            output = "\n".join(filter(None, map(text_of, bad)))
            beside = case.findtext("system-out") or ""
            counts.failures.append((name, output or beside))
        elif case.get("status") == "disabled":
            counts.skipped.append((name, "disabled"))
        elif skipped is not None:
            reason = (skipped.get("message") or skipped.text or "").strip()
            if reason.startswith("Test not selected"):
                continue  # lit lists what --filter left out
            if reason == "SKIP_REGULAR_EXPRESSION_MATCHED":
                reason = gtest_reason(case.findtext("system-out") or "")
            counts.skipped.append((name, reason))
        else:
            counts.passed += 1
    return counts


def gtest_reason(output):
    """What was streamed into GTEST_SKIP()."""
    match = re.search(r": Skipped\n(.*)", output)
    return match.group(1) if match and match.group(1) else "skipped"


def count_runner(name, status, path):
    try:
        counts = read_report(path)
    except (OSError, xml.ParseError) as error:
        counts = Counts()
        if status == 0:
            status = f"0, but its report cannot be read: {error}"
    nothing = name == "pytest" and status == PYTEST_NOTHING
    if status != 0 and not counts.failures and not nothing:
        counts.failures.append(
            (name, f"the runner ended with status {status}; see its output above")
        )
    return counts


def print_details(counts, out):
    for name, reason in counts.skipped:
        print(f"skipped: {name}: {reason.splitlines()[0] if reason else ''}", file=out)
    for name, output in counts.failures:
        print(f"FAILED: {name}", file=out)
        lines = output.strip().splitlines()
        if len(lines) > OUTPUT_LINES:
            print("  | …", file=out)
        for line in lines[-OUTPUT_LINES:]:
            print(f"  | {line}", file=out)


def main(arguments, out=sys.stdout):
    total, lines = Counts(), []
    for argument in arguments:
        name, status, path = argument.split("=", 2)
        counts = count_runner(name, int(status), path)
        lines.append(f"{name}: {counts.line()}")
        total.add(counts)
    print_details(total, out)
    print("\n".join(lines), file=out)
    print(total.line(), file=out)
    return 1 if total.failures or total.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
