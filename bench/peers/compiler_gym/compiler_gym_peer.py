#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""CompilerGym's side of bench/env/against_compiler_gym.py, run by FOLDER/run of
install.sh: reads one JSON request a line, answers with one JSON line.

Traps: without a benchmark of one's own, `make` tries to download cBench; clang
14's `noundef` is an attribute that LLVM 10 cannot read.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

import compiler_gym
from compiler_gym.datasets import Benchmark

CLANG = [os.environ["COMPILER_GYM_CLANG"], "-w", "-emit-llvm", "-c", "-O1"]
CLANG += ["-Xclang", "-disable-llvm-passes", "-Xclang", "-disable-noundef-analysis"]


class Side:
    """What one program is asked; each answer is a list of seconds."""

    def __init__(self, source: str, flags: list[str], folder: str) -> None:
        name = pathlib.Path(source).stem
        bitcode = pathlib.Path(folder) / f"{name}.cg.bc"
        subprocess.run([*CLANG, *flags, source, "-o", str(bitcode)], check=True)
        self.program = Benchmark.from_file(f"benchmark://file-v0/{name}", bitcode)
        self.env = self.make()
        self.env.reset()
        self.instructions = int(self.env.observation["IrInstructionCount"])
        self.actions = [name[1:] for name in self.env.action_space.names]

    def make(self):
        return compiler_gym.make(
            "llvm-v0", benchmark=self.program, reward_space="IrInstructionCount"
        )

    def step(self, names: list[str]) -> None:
        self.env.multistep([self.actions.index(name) for name in names])

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
        self.step(["sroa"])
        return self.timed(lambda: self.env.reset())

    def fork(self) -> float:
        return self.timed(lambda: self.env.fork().close())

    def nothing(self, times: int) -> float:
        action = self.actions.index("lower-expect")
        if times == 1:
            return self.timed(lambda: self.env.step(action))
        return self.timed(lambda: self.env.multistep([action] * times)) / times

    def single(self, name: str, after_reset: bool) -> float:
        self.env.reset()
        action = self.actions.index(name)
        if after_reset:
            return self.timed(lambda: (self.env.reset(), self.env.step(action)))
        self.step(["lower-expect"])
        return self.timed(lambda: self.env.step(action))

    def observe(self, space: str, actions: list[str]) -> list[float]:
        """In a new state each time."""
        self.env.reset()
        taken = []
        for name in actions:
            self.step([name])
            taken.append(self.timed(lambda: self.env.observation[space]))
        return taken

    def episode(self, actions: list[str]) -> float:
        """Seconds a step, the reset included."""
        numbers = [self.actions.index(name) for name in actions]
        begin = time.perf_counter()
        self.env.reset()
        for number in numbers:
            self.env.step(number)
        return (time.perf_counter() - begin) / len(numbers)


def main() -> None:
    sides: dict[str, Side] = {}
    # The library prints; answers keep standard output to themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        if request["call"] == "open":
            side = Side(request["source"], request["flags"], request["folder"])
            sides[request["program"]] = side
            reply = {"instructions": side.instructions, "actions": side.actions}
        else:
            reply = getattr(sides[request["program"]], request["call"])(*request["with"])
        print(json.dumps(reply), file=answers, flush=True)
    for side in sides.values():
        side.env.close()


if __name__ == "__main__":
    main()
