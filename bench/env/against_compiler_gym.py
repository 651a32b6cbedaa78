#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""CompilerGym 0.2.5 and Hone on the same programs, in turn, both from Python.

    bench/peers/compiler_gym/install.sh FOLDER
    PYTHONPATH=build/release/python build/venv/bin/python bench/env/against_compiler_gym.py \\
        FOLDER/run lstring.c lvm.c [--rounds 5] [--write docs/bench/env.md] [-- FLAGS]

Each round takes every row of both, one after the other. Rewards are counts of
IR instructions, nothing is observed. Passes start from the initial state with
its own copy of the module made, and in Hone in a worker that has not taken them
there (it remembers what it has run), but on nearly the same file. "Passes that both have" takes the very
same names in both; LLVM 10 and LLVM 22 do different work under a name, and
CompilerGym's other actions hold many that do nothing on C.
"""

import argparse
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

import hone

HERE = pathlib.Path(__file__).resolve()
PEER = HERE.parent.parent / "peers/compiler_gym/compiler_gym_peer.py"
BEGIN, END = "<!-- against_compiler_gym.py -->", "<!-- end -->"
CLANG = "clang-22 -w -emit-llvm -c -O1 -Xclang -disable-llvm-passes".split()
# Names that differ from what stands between our parentheses.
RENAMED = {
    "early-cse<memssa>": "early-cse-memssa",
    "function-attrs": "functionattrs",
    "rpo-function-attrs": "rpo-functionattrs",
}


def pass_name(action: str) -> str:
    """`function(loop-mssa(licm<allowspeculation>))` is LLVM 10's `licm`."""
    inner = re.sub(r"^(?:(?:function|cgscc|loop|loop-mssa)\()*", "", action).rstrip(")")
    return RENAMED.get(inner, inner.split("<")[0])


class Hone:
    """Twin of Side in compiler_gym_peer.py."""

    def __init__(self, source: str, flags: list[str], folder: str) -> None:
        bitcode = f"{folder}/{pathlib.Path(source).stem}.bc"
        subprocess.run([*CLANG, *flags, source, "-o", bitcode], check=True)
        self.program = hone.benchmark(bitcode)
        # Nearly the same, for a worker that shall know the work but not the program.
        twin = f"{bitcode[:-3]}.twin.bc"
        also = ["-x", "c", "-include", source, "-", "-o", twin]
        subprocess.run([*CLANG, *flags, *also], input=b"int hone_twin = 1;", check=True)
        self.twin = hone.benchmark(twin)
        self.env = self.make()
        self.env.reset()
        self.instructions = int(self.env.observe("ir-instructions").item())
        self.numbers: dict[str, int] = {}
        for number, action in enumerate(self.env.actions):
            self.numbers.setdefault(pass_name(action), number)
        self.numbers.update((action, n) for n, action in enumerate(self.env.actions))
        self.actions = self.env.actions

    def make(self):
        return hone.make(
            "llvm", benchmark=self.program, reward="ir-instructions", observation=None
        )

    def renew(self, warm: str) -> None:
        """A worker that knows nothing of the program but has run the pass, as
        the peer's service has."""
        self.env.close()
        self.env = self.make()
        self.env.reset(options={"benchmark": self.twin})
        self.env.step(self.numbers[warm])
        self.env.reset(options={"benchmark": self.program})

    def timed(self, work) -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    def make_and_close(self, first_reset: bool) -> float:
        begin = time.perf_counter()
        env = self.make()
        if first_reset:
            env.reset()
        taken = time.perf_counter() - begin
        env.close()
        return taken

    def reset(self) -> float:
        self.env.step(self.numbers["sroa"])
        return self.timed(lambda: self.env.reset())

    def fork(self) -> float:
        return self.timed(lambda: self.env.fork().close())

    def nothing(self, times: int) -> float:
        action = self.numbers["lower-expect"]
        if times == 1:
            return self.timed(lambda: self.env.step(action))
        return self.timed(lambda: self.env.multistep([action] * times)) / times

    def single(self, name: str, after_reset: bool) -> float:
        self.renew(name)
        action = self.numbers[name]
        if after_reset:
            return self.timed(lambda: (self.env.reset(), self.env.step(action)))
        self.env.step(self.numbers["lower-expect"])
        return self.timed(lambda: self.env.step(action))

    def observe(self, space: str, actions: list[str]) -> list[float]:
        self.renew(actions[0])
        taken = []
        for name in actions:
            self.env.step(self.numbers[name])
            taken.append(self.timed(lambda: self.env.observe(space)))
        return taken

    def episode(self, actions: list[str]) -> float:
        numbers = [self.numbers[name] for name in actions]
        begin = time.perf_counter()
        self.env.reset()
        for number in numbers:
            self.env.step(number)
        return (time.perf_counter() - begin) / len(numbers)


class Peer:
    """Asks the other process."""

    def __init__(self, python: str) -> None:
        self.process = subprocess.Popen(
            [python, str(PEER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, request: dict) -> object:
        print(json.dumps(request), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"against_compiler_gym: the peer ended at {request['call']}")
        return json.loads(line)

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)


# Row, call, arguments, samples a round. "$any" and "$common" are drawn passes.
ROWS = [
    ("make", "make_and_close", [False], 2),
    ("make and first reset", "make_and_close", [True], 2),
    ("reset", "reset", [], 10),
    ("fork and close", "fork", [], 10),
    ("step that changes nothing", "nothing", [1], 30),
    ("… each of 50 in a round trip", "nothing", [50], 10),
    ("step `globaldce`", "single", ["globaldce", False], 3),
    ("step `sroa`", "single", ["sroa", False], 3),
    ("step `gvn`", "single", ["gvn", False], 3),
    ("reset and step `sroa`", "single", ["sroa", True], 3),
    ("observe Autophase in a new state", "observe", ["Autophase", "$common"], 1),
    ("observe InstCount in a new state", "observe", ["InstCount", "$common"], 1),
    ("random episodes of 45, own passes", "episode", ["$any"], 2),
    ("random episodes of 45, passes that both have", "episode", ["$common"], 2),
]


def arguments_of(row: list, own: list[str], common: list[str], seed: str) -> list:
    draw = random.Random(seed)
    drawn = {
        "$any": lambda: draw.choices(own, k=45),
        "$common": lambda: draw.choices(common, k=45),
    }
    return [drawn[a]() if isinstance(a, str) and a in drawn else a for a in row]


def spread(seconds: list[float], per_second: bool) -> str:
    values = [1 / s for s in seconds] if per_second else [s * 1e3 for s in seconds]
    low, middle, high = statistics.quantiles(values, n=4)
    if per_second:
        return f"{middle:,.0f} ({low:,.0f}–{high:,.0f})"
    return f"{digits(middle)} ({digits(low)}–{digits(high)})"


def digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    words = sys.argv[1:]
    flags = words[words.index("--") + 1 :] if "--" in words else []
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("run", help="FOLDER/run of bench/peers/compiler_gym/install.sh")
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", type=pathlib.Path, help="the document with the markers")
    known = parser.parse_args(words[: words.index("--")] if "--" in words else words)

    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(known.run)
        ours, theirs = {}, {}
        for source in known.sources:
            theirs[source] = peer.ask(
                {"call": "open", "program": source, "source": source, "flags": flags}
                | {"folder": folder}
            )
            ours[source] = Hone(source, flags, folder)
        first = known.sources[0]
        common = sorted(set(theirs[first]["actions"]) & set(ours[first].numbers))
        times: dict[tuple, list[float]] = {}
        for round_ in range(known.rounds):
            for source in known.sources:
                for row, call, arguments, samples in ROWS:
                    for sample in range(samples):
                        seed = f"{row} {round_} {sample}"
                        words = arguments_of(arguments, theirs[first]["actions"], common, seed)
                        took = peer.ask({"call": call, "program": source, "with": words})
                        times.setdefault((row, source, 0), []).extend(
                            took if isinstance(took, list) else [took]
                        )
                        words = arguments_of(arguments, ours[first].actions, common, seed)
                        if call == "observe":
                            words[0] = words[0].lower()
                        took = getattr(ours[source], call)(*words)
                        times.setdefault((row, source, 1), []).extend(
                            took if isinstance(took, list) else [took]
                        )
            print(f"round {round_ + 1} of {known.rounds}", file=sys.stderr, flush=True)
        peer.end()

    names = [pathlib.Path(source).name for source in known.sources]
    head = "".join(
        f" {name}: CompilerGym, {theirs[s]['instructions']:,} | Hone, {ours[s].instructions:,} | x |"
        for name, s in zip(names, known.sources, strict=True)
    )
    lines = [f"| ms; episodes: steps/s |{head}", "|---|" + "---:|---:|---:|" * len(names)]
    for row, call, _, _ in ROWS:
        cells = []
        for source in known.sources:
            pair = [times[row, source, side] for side in (0, 1)]
            ratio = statistics.median(pair[0]) / statistics.median(pair[1])
            cells += [spread(side, call == "episode") for side in pair]
            cells.append(f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}")
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    both = f"{len(common)} passes are in both."
    table = "\n".join([*lines, "", f"Median (quartiles) of {known.rounds} rounds; {both}"])
    print(table)
    if known.write:
        before, _, rest = known.write.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        known.write.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


if __name__ == "__main__":
    main()
