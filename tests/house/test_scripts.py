# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The scripts parse, explain themselves and refuse what they do not know."""

import os
import subprocess

import pytest
from source_tree import ROOT, files, report, text


def scripts():
    return [path for path in files() if text(path).startswith("#!")]


def test_scripts_can_be_run():
    report(
        f"{path}: chmod +x" for path in scripts() if not os.access(ROOT / path, os.X_OK)
    )


def test_shell_scripts_parse():
    problems = []
    for path in scripts():
        if "bash" in text(path).splitlines()[0]:
            result = subprocess.run(["bash", "-n", ROOT / path], capture_output=True, text=True)
            problems += [result.stderr] if result.returncode else []
    report(problems)


@pytest.mark.parametrize("script", ["check", "quickstart"])
def test_help_is_short_and_starts_nothing(script):
    result = subprocess.run(
        [ROOT / script, "--help"], capture_output=True, text=True, timeout=10
    )
    assert result.returncode == 0 and not result.stderr
    assert f"./{script}" in result.stdout and len(result.stdout.splitlines()) < 25


@pytest.mark.parametrize("script", ["check", "quickstart"])
def test_an_unknown_option_is_an_error(script):
    result = subprocess.run(
        [ROOT / script, "--no-such"], capture_output=True, text=True, timeout=10
    )
    assert result.returncode == 2 and "--no-such" in result.stderr


def run_setup(script, **environment):
    """Runs lines of bash that use the functions of tools/setup.sh."""
    return subprocess.run(
        ["bash", "-c", f"source tools/setup.sh\n{script}"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_a_failed_step_shows_its_output(tmp_path):
    result = run_setup(
        f"hone_step 'trying it' {tmp_path}/log bash -c 'echo the reason; exit 7'"
    )
    assert result.returncode == 7
    assert "trying it: failed with status 7" in result.stderr
    assert "| the reason" in result.stderr


def test_nothing_is_missing_here():
    """Also the proof that a second set-up has nothing to install."""
    result = run_setup("hone_missing_packages")
    assert result.stdout.split() == []


def test_a_missing_package_is_named():
    result = run_setup(
        "HONE_PACKAGES=(bash no-such-package); hone_missing_packages"
    )
    assert result.stdout.split() == ["no-such-package"]


@pytest.mark.parametrize("candidate, answer", [("1:22.1", "yes"), ("(none)", "no")])
def test_a_candidate_is_seen_in_long_output(tmp_path, candidate, answer):
    """Long enough for a pipe to be closed while apt-cache still writes."""
    apt_cache = tmp_path / "apt-cache"
    apt_cache.write_text(
        f"#!/bin/sh\necho '  Candidate: {candidate}'\nseq 100000\n"
    )
    apt_cache.chmod(0o755)
    result = run_setup(
        "set -o pipefail; hone_has_candidate clang-22 && echo yes || echo no",
        PATH=f"{tmp_path}:{os.environ['PATH']}",
    )
    assert result.stdout.split() == [answer]


def test_without_sudo_the_command_for_root_is_printed(tmp_path):
    script = "HONE_LOGS=$PWD; HONE_PACKAGES=(no-such-package); hone_install_packages"
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "id").write_text("#!/bin/sh\necho 1000\n")
    (bin_folder / "sudo").write_text("#!/bin/sh\nexit 1\n")
    for program in bin_folder.iterdir():
        program.chmod(0o755)
    result = run_setup(script, PATH=f"{bin_folder}:{os.environ['PATH']}")
    assert result.returncode != 0
    assert "apt-get install --no-install-recommends no-such-package" in result.stderr
