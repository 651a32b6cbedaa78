# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""tools/count_tests.py reads what ctest, lit and pytest really write."""

import io

import count_tests
import pytest

CTEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="(empty)" tests="4" failures="1" disabled="1" skipped="1">
  <testcase name="base.Text.Passes" classname="base.Text.Passes" status="run"/>
  <testcase name="base.Text.Fails" classname="base.Text.Fails" status="fail">
    <failure message=""/><system-out>expected 1, found 2</system-out>
  </testcase>
  <testcase name="base.Text.Skips" classname="base.Text.Skips" status="notrun">
    <skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
    <system-out>text_test.cpp:12: Skipped
no network
[  SKIPPED ] Text.Skips</system-out>
  </testcase>
  <testcase name="base.Text.Off" classname="base.Text.Off" status="disabled"/>
</testsuite>
"""

LIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites time="0.10"><testsuite name="hone" tests="4" failures="1" skipped="2">
<testcase classname="hone.cli" name="version.test" time="0.01"/>
<testcase classname="hone.cli" name="help.test" time="0.01">
  <failure><![CDATA[1c1 < a > b]]></failure>
</testcase>
<testcase classname="hone.cli" name="opt.test" time="0">
  <skipped message="Missing required feature(s): hone"/>
</testcase>
<testcase classname="hone.cli" name="other.test" time="0">
  <skipped message="Test not selected (--filter, --max-tests)"/>
</testcase>
</testsuite></testsuites>
"""

PYTEST = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="0" tests="3">
<testcase classname="house.test_a" name="test_x" time="0.001"/>
<testcase classname="house.test_a" name="test_y" time="0.001">
  <failure message="Failed: no&#10;more">no
more</failure>
</testcase>
<testcase classname="house.test_a" name="test_z" time="0.001">
  <error message="failed on setup">fixture 'w' not found</error>
</testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def count(tmp_path):
    """count(name=(status, report), …) gives the exit status and the lines."""

    def run(**runners):
        arguments = []
        for name, (status, body) in runners.items():
            path = tmp_path / f"{name}.xml"
            if body is not None:
                path.write_text(body)
            arguments.append(f"{name}={status}={path}")
        out = io.StringIO()
        return count_tests.main(arguments, out), out.getvalue().splitlines()

    return run


def test_all_three_reports_are_added(count):
    status, lines = count(ctest=(8, CTEST), lit=(1, LIT), pytest=(1, PYTEST))
    assert status == 1
    assert lines[-1] == "3 passed, 4 failed, 3 skipped"
    assert "ctest: 1 passed, 1 failed, 2 skipped" in lines
    assert "lit: 1 passed, 1 failed, 1 skipped" in lines
    assert "pytest: 1 passed, 2 failed" in lines


def test_failures_are_shown_with_their_output(count):
    _, lines = count(ctest=(8, CTEST), lit=(1, LIT), pytest=(1, PYTEST))
    assert lines[lines.index("FAILED: base.Text.Fails") + 1] == "  | expected 1, found 2"
    assert lines[lines.index("FAILED: hone.cli: help.test") + 1] == "  | 1c1 < a > b"
    assert "FAILED: house.test_a: test_z" in lines
    # pytest says the same twice.
    where = lines.index("FAILED: house.test_a: test_y")
    assert lines[where + 1 : where + 3] == ["  | no", "  | more"]
    assert lines.count("  | more") == 1


def test_skips_give_their_reason(count):
    _, lines = count(ctest=(8, CTEST), lit=(1, LIT))
    assert "skipped: base.Text.Skips: no network" in lines
    assert "skipped: base.Text.Off: disabled" in lines
    assert "skipped: hone.cli: opt.test: Missing required feature(s): hone" in lines


def test_passing_tests_pass(count):
    body = '<testsuite><testcase name="a" classname="a" status="run"/></testsuite>'
    assert count(ctest=(0, body)) == (0, ["ctest: 1 passed, 0 failed", "1 passed, 0 failed"])


def test_nothing_is_not_a_pass(count):
    status, lines = count(pytest=(5, "<testsuites/>"))
    assert status == 1 and lines[-1] == "0 passed, 0 failed"


def test_a_runner_that_only_fails_is_a_failure(count):
    body = '<testsuite><testcase name="a" classname="a" status="run"/></testsuite>'
    status, lines = count(ctest=(8, body))
    assert status == 1 and lines[-1] == "1 passed, 1 failed"
    assert any("status 8" in line for line in lines)


def test_a_missing_report_is_a_failure(count):
    status, lines = count(lit=(0, None))
    assert status == 1 and lines[-1] == "0 passed, 1 failed"


def test_long_output_is_cut_at_its_end(count):
    output = "\n".join(f"line {n}" for n in range(100))
    body = f'<t><testcase name="a" classname="a" status="fail"><failure/><system-out>{output}</system-out></testcase></t>'
    _, lines = count(ctest=(8, body))
    assert "  | line 99" in lines and "  | line 69" not in lines
