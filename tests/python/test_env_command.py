# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`hone env` at a terminal and on pipes, and what Ctrl-C does there."""

import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

import pytest
from source_tree import BUILD, ROOT

HONE = BUILD / "bin/hone"
TINY = ROOT / "tests/golden/cli/inputs/tiny.c"
LARGE = ROOT / "examples/programs/deflate/deflate.c"
PATIENCE = 60  # seconds


def environment(folder):
    return {
        **os.environ,
        "TERM": "xterm",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "XDG_DATA_HOME": str(folder),
    }


def start(folder, *words, **others):
    return subprocess.Popen(
        [HONE, "env", *map(str, words)],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **others,
    )


def wait_until(holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def wait_for_handler(process):
    """Until a SIGINT no longer ends it at once."""

    def is_caught():
        with open(f"/proc/{process.pid}/status") as status:
            caught = next(line for line in status if line.startswith("SigCgt"))
        return int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1

    wait_until(is_caught)


def interrupt_at(process, text):
    """Reads stderr up to a line with the text, then interrupts; what was read."""
    said = ""
    for line in process.stderr:
        said += line
        if text in line:
            break
    process.send_signal(signal.SIGINT)
    return said


class Terminal:
    """`hone env shell` at a terminal of its own."""

    def __init__(self, folder, *words):
        self.said = ""
        self.pid, self.tty = pty.fork()
        if self.pid == 0:
            words = [str(HONE), "env", "shell", *map(str, words)]
            os.execve(HONE, words, environment(folder))

    def type(self, keys):
        os.write(self.tty, keys.encode())

    def wait_for(self, text):
        """Until it is said; forgets what was said before."""
        end = time.monotonic() + PATIENCE
        while text not in self.said:
            assert time.monotonic() < end, self.said
            if select.select([self.tty], [], [], 1)[0]:
                self.said += os.read(self.tty, 4096).decode(errors="replace")
        before, _, self.said = self.said.partition(text)
        return before

    def wait_for_step(self):
        """Until no line is edited: then the terminal reads lines itself."""
        wait_until(lambda: termios.tcgetattr(self.tty)[3] & termios.ICANON)

    def end(self):
        status = os.waitpid(self.pid, 0)[1]
        os.close(self.tty)
        return os.waitstatus_to_exitcode(status)


def test_ctrl_c_at_the_prompt_clears_the_line(tmp_path):
    shell = Terminal(tmp_path, TINY)
    shell.wait_for("hone> ")
    shell.type("no-such-action\x03")
    shell.wait_for("^C")
    shell.wait_for("hone> ")
    shell.type("function(sroa)\r")
    assert "lost" not in shell.wait_for("1 taken")
    shell.wait_for("hone> ")
    shell.type("\x03")
    shell.wait_for("^C")
    shell.wait_for("hone> ")
    shell.type("quit\r")
    assert shell.end() == 0


def test_ctrl_c_during_a_step_ends_the_line_and_not_the_shell(tmp_path):
    shell = Terminal(tmp_path, LARGE)
    shell.wait_for("hone> ")
    shell.type("default<O3> " * 30 + "\r")
    shell.wait_for_step()
    shell.type("\x03")
    shell.wait_for("hone> ")
    shell.type("history\r")
    shell.wait_for("history")
    last = shell.wait_for(" taken, reward").split()[-1]
    assert int(last) < 30
    shell.type("quit\r")
    assert shell.end() == 0


def test_ctrl_c_ends_a_script_and_keeps_its_episode(tmp_path):
    process = start(tmp_path, "shell", TINY, stdin=subprocess.PIPE)
    process.stdin.write("function(sroa)\n")
    process.stdin.flush()
    assert process.stdout.readline().startswith("1 taken")
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 1
    assert process.stdout.read().endswith(",function(sroa)\n")
    # The second line, unless it is not yet waited for.
    assert re.fullmatch("hone: line [12]: interrupted\n", process.stderr.read())
    process.stdin.close()


@pytest.fixture
def table(tmp_path):
    run = ["run", TINY, "--episodes", 12, "--length", 4, "-q"]
    process = start(tmp_path, *run)
    path = tmp_path / "episodes.csv"
    path.write_text(process.communicate(timeout=PATIENCE)[0])
    return path


def test_ctrl_c_in_the_first_phase_leaves_out_the_second(tmp_path, table):
    words = ["validate", table, "--semantics", "--jobs", 1]
    process = start(tmp_path, *words)
    interrupt_at(process, "1 of 12 validated")
    said, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "of 12 episodes" in errors
    assert "programs" not in errors
    assert "0 of 0 programs do something else" in said


def test_ctrl_c_in_the_second_phase_keeps_what_is_known(tmp_path, table):
    words = ["validate", table, "--semantics", "--jobs", 1]
    process = start(tmp_path, *words)
    interrupt_at(process, "1 of 12 programs compared")
    said, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "hone: interrupted after " in errors
    assert "of 12 programs\n" in errors
    assert "episode 1: no difference found" in said
    assert "12 of 12 episodes are valid" in said


def test_a_run_that_is_interrupted_at_once_says_so_once(tmp_path):
    words = ["run", TINY, "--length", 2_000_000_000, "--jobs", 2]
    process = start(tmp_path, *words)
    wait_for_handler(process)
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 2
    assert errors == "hone: interrupted before an episode had ended\n"


@pytest.mark.parametrize(
    "words",
    [
        ["step", TINY, "--observe", "tokens"],
        ["spaces", "--json"],
        ["shell", TINY],
    ],
)
def test_a_reader_that_has_gone_is_no_error_to_speak_of(tmp_path, words):
    process = start(tmp_path, *words, stdin=subprocess.PIPE)
    process.stdout.close()
    process.stdin.write("function(sroa)\n")
    process.stdin.close()
    assert process.stderr.read() == ""
    # By the signal, or as a shell reports it.
    assert process.wait(PATIENCE) in (-signal.SIGPIPE, 128 + signal.SIGPIPE)


def test_a_lost_action_says_what_llvm_said(tmp_path):
    asked = start(tmp_path, "step", TINY, "--take", "function(licm)")
    output, _ = asked.communicate(timeout=PATIENCE)
    assert "lost function(licm): exit code 1: LLVM ERROR: LICM requires MemorySSA" in output
    assert asked.returncode == 1


def test_a_path_with_a_newline_is_a_line_of_a_table(tmp_path):
    program = tmp_path / "a\nb,c.c"
    program.write_bytes(TINY.read_bytes())
    words = ("--episodes", "2", "--length", "3", "-q")
    table, _ = start(tmp_path, "run", program, *words).communicate(timeout=PATIENCE)
    assert len(table.splitlines()) == 3 and "/a%0Ab%2Cc.c," in table
    (tmp_path / "table.csv").write_text(table)
    again = start(tmp_path, "replay", tmp_path / "table.csv", "-q")
    assert again.communicate(timeout=PATIENCE)[0] == table
    # What was written before that is no table, and the error names the line.
    (tmp_path / "table.csv").write_text(table.replace("%0A", "\n"))
    broken = start(tmp_path, "replay", tmp_path / "table.csv", "-q")
    assert "line 2: an episode has the fields" in broken.communicate(timeout=PATIENCE)[1]
    assert broken.returncode == 2


def test_what_a_killed_process_leaves_is_removed_by_the_next(tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def begin(*words):
        return subprocess.Popen(
            [HONE, "env", *map(str, words)],
            env={**environment(tmp_path), "TMPDIR": str(temporary)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    shell = begin("shell", TINY, "--environment", "flags-clang")
    shell.stdin.write("-O2\nepisode\n")
    shell.stdin.flush()
    shell.stdout.readline()  # it has compiled
    (left,) = temporary.glob("*/*")
    shell.kill()
    shell.communicate()
    assert list(left.iterdir())
    begin("step", TINY, "--environment", "flags-clang").communicate(timeout=PATIENCE)
    assert not list(temporary.glob("*/*"))
