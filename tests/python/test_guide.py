# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The commands of GUIDE.md and of the lessons run, and print what is said there.

Blocks tagged ```sh are run in their order, by one shell, in one empty folder,
with the build's `hone` first in PATH: what a reader does who follows along.
Every command must succeed, or end with the status that a comment behind it
names: `hone prove "x == 1"  # exits 1`. Each line of a ```text block after a
```sh block must be a line of that block's output, in the same order; `…`
stands for anything within a line, or alone on a line for any lines.

A block with another tag (```console) is not run. $HONE_SOURCE is the checkout,
and $HONE_EXAMPLES its examples/programs.
"""

import contextlib
import dataclasses
import os
import re
import signal
import subprocess
import time

import pytest
from source_tree import BUILD, ROOT

GUIDE = ROOT / "GUIDE.md"
FENCE = re.compile(r"^(```+)([^\n]*)\n(.*?)^\1[ \t]*$", re.M | re.S)
EXITS = re.compile(r"#\s*exits\s+(\d+)\s*$")
LIMIT = 600  # seconds for the whole guide
LESSONS = ["examples/loops/README.md"]


@dataclasses.dataclass
class Block:
    line: int
    commands: list  # (text, expected status)
    output: str | None = None  # the ```text block behind it


def split_commands(script):
    """Complete commands: a line goes on while bash finds it unfinished."""
    commands, pending = [], []
    for line in script.splitlines():
        if not pending and (not line.strip() or line.lstrip().startswith("#")):
            continue
        pending.append(line)
        text = "\n".join(pending)
        check = subprocess.run(
            ["bash", "-n"], input=text + "\n", capture_output=True, text=True
        )
        # An open here-document is only a warning.
        if check.returncode != 0 or check.stderr or text.endswith("\\"):
            continue
        exits = EXITS.search(text)
        commands.append((text, int(exits.group(1)) if exits else 0))
        pending = []
    if pending:
        raise ValueError("unfinished command:\n" + "\n".join(pending))
    return commands


def read_blocks(markdown):
    blocks, last = [], None
    for match in FENCE.finditer(markdown):
        tag, body = match.group(2).strip(), match.group(3)
        line = markdown.count("\n", 0, match.start()) + 1
        if tag == "sh":
            last = Block(line, split_commands(body))
            blocks.append(last)
        elif tag == "text" and last is not None:
            last.output, last = body, None
        else:
            last = None
    return blocks


def missing_line(expected, output):
    """The first expected line that the output lacks, or None."""
    lines, position = output.splitlines(), 0
    for wanted in expected.splitlines():
        if wanted.strip() in ("", "…"):
            continue
        parts = (re.escape(part) for part in wanted.strip().split("…"))
        pattern = re.compile(".*".join(parts))
        for number in range(position, len(lines)):
            if pattern.fullmatch(lines[number].strip()):
                position = number + 1
                break
        else:
            return wanted
    return None


def shell_script(blocks, results):
    """One script for all blocks: one output and one status file for each."""
    yield "set +e +u"
    for number, block in enumerate(blocks):
        yield f"exec >{results}/{number}.out 2>&1"
        for text, expected in block.commands:
            yield text
            yield (
                f"hone_guide_status=$?; [ $hone_guide_status = {expected} ] || "
                f'{{ echo "status $hone_guide_status, expected {expected}" '
                f">{results}/{number}.bad; exit 1; }}"
            )
        yield f": >{results}/{number}.done"


def run_blocks(blocks, folder, timeout=LIMIT):
    """For each block a complaint, or None; a failed block ends the walk."""
    results, scratch = folder / "results", folder / "scratch"
    results.mkdir()
    scratch.mkdir()
    script = folder / "guide.sh"
    script.write_text("\n".join(shell_script(blocks, results)) + "\n")
    environment = {
        **os.environ,
        "PATH": f"{BUILD}/bin:{os.environ['PATH']}",
        "HONE_SOURCE": str(ROOT),
        "HONE_EXAMPLES": str(ROOT / "examples/programs"),
        "HOME": str(folder),
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        **{f"XDG_{k}_HOME": str(folder / k) for k in ("DATA", "CACHE", "CONFIG")},
    }
    start, late = time.monotonic(), ""
    shell = subprocess.Popen(
        ["bash", script],
        cwd=scratch,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        shell.wait(timeout)
    except subprocess.TimeoutExpired:
        late = f"not finished after {time.monotonic() - start:.0f} s"
    finally:
        # What the guide started in the background ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()

    complaints, stopped = [], None
    for number, block in enumerate(blocks):
        out = results / f"{number}.out"
        output = out.read_text(errors="replace") if out.exists() else ""
        bad = results / f"{number}.bad"
        complaint = None
        if stopped is not None:
            complaint = f"not run: the block in line {stopped} failed"
        elif bad.exists():
            complaint = f"{bad.read_text().strip()}\n{output}"
        elif not (results / f"{number}.done").exists():
            complaint = f"{late or 'ended the shell'}\n{output}"
        elif block.output is not None:
            wanted = missing_line(block.output, output)
            if wanted is not None:
                complaint = f"no line like {wanted!r} (in this order) in:\n{output}"
                complaints.append(complaint)
                continue
        if complaint and stopped is None:
            stopped = block.line
        complaints.append(complaint)
    return complaints


# --- The guide itself ----------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(LIMIT + 60)
def test_the_guide_is_true(tmp_path):
    if not GUIDE.exists() and not (ROOT / "src/cli").is_dir():
        pytest.skip("there is no GUIDE.md yet")
    assert GUIDE.exists(), "the command is there, but GUIDE.md is not"
    blocks = read_blocks(GUIDE.read_text(encoding="utf-8"))
    assert blocks, "GUIDE.md has no ```sh block"
    complaints = [
        f"GUIDE.md:{block.line}: {complaint}"
        for block, complaint in zip(blocks, run_blocks(blocks, tmp_path))
        if complaint
    ]
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_lesson_is_true(lesson, tmp_path):
    blocks = read_blocks((ROOT / lesson).read_text(encoding="utf-8"))
    assert blocks, f"{lesson} has no ```sh block"
    complaints = [
        f"{lesson}:{block.line}: {complaint}"
        for block, complaint in zip(blocks, run_blocks(blocks, tmp_path))
        if complaint
    ]
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


# --- The walk on made-up guides ------------------------------------------------


def walk(tmp_path, markdown, **options):
    return run_blocks(read_blocks(markdown), tmp_path, **options)


def test_blocks_share_a_shell_and_a_folder(tmp_path):
    guide = """
```sh
mkdir deep && cd deep
name=value
```
Words.
```sh
echo "$name in $(basename "$PWD")"
```
```text
value in deep
```
"""
    assert walk(tmp_path, guide) == [None, None]


def test_a_status_is_compared(tmp_path):
    assert walk(tmp_path, "```sh\nfalse  # exits 1\nfalse\n```\n") == [
        "status 1, expected 0\n"
    ]


def test_an_unexpected_success_is_found(tmp_path):
    (complaint,) = walk(tmp_path, "```sh\ntrue  # exits 1\n```\n")
    assert complaint.startswith("status 0, expected 1")


def test_lines_and_wildcards_are_compared(tmp_path):
    shell = "```sh\nprintf 'size 1234 bytes\\nmore\\nend\\n'\n```\n"
    assert walk(tmp_path, shell + "```text\nsize … bytes\n…\nend\n```\n") == [None]


def test_a_missing_line_is_found(tmp_path):
    shell = "```sh\nprintf 'one\\ntwo\\n'\n```\n"
    (complaint,) = walk(tmp_path, shell + "```text\ntwo\none\n```\n")
    assert "no line like 'one'" in complaint


def test_a_failure_ends_the_walk(tmp_path):
    complaints = walk(tmp_path, "```sh\nfalse\n```\n\n```sh\ntrue\n```\n")
    assert complaints[1] == "not run: the block in line 1 failed"


def test_a_guide_that_hangs_is_ended(tmp_path):
    (complaint,) = walk(tmp_path, "```sh\nsleep 60\n```\n", timeout=1)
    assert complaint.startswith("not finished after")


def test_other_blocks_are_not_run(tmp_path):
    assert walk(tmp_path, "```console\nfalse\n```\n```c\nint f;\n```\n") == []


def test_long_commands_are_whole():
    script = "cat >f <<'END'\na\nEND\nfor x in 1 2; do\n  echo $x\ndone\ntrue \\\n  a\n"
    assert [text.splitlines()[0] for text, _ in split_commands(script)] == [
        "cat >f <<'END'",
        "for x in 1 2; do",
        "true \\",
    ]
