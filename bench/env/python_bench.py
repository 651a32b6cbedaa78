#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What Python adds to a step, and what Gymnasium adds to that.

    PYTHONPATH=build/release/python bench/env/python_bench.py FILE.c [-- FLAGS]

The step is one that the worker knows to change nothing, so that the round trip
is all there is; `env_bench` has the same from C++. Several kinds are taken in
turn, so that they meet the same weather. Microseconds a step: wall clock, and
the processor time of the calling thread, which is what Python can add to; the
median of blocks and their quartiles. Of a batch, here and on a server behind a
Unix socket, it is an environment's share.
"""

import contextlib
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import gymnasium
import hone
from hone import _core, client

BLOCKS, STEPS = 41, 200
BATCH = 8
BATCH_HERE = f"gymnasium.make_vec of {BATCH}"
BATCH_THERE = f"{BATCH_HERE}, on a server"
ROOT = pathlib.Path(__file__).resolve().parents[2]
HONE = os.environ.get("HONE", ROOT / "build/release/bin/hone")


@contextlib.contextmanager
def server():
    """The address of one."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"unix:{folder}/socket"
        command = [HONE, "serve", "--grpc", address, "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()  # it listens
        try:
            yield address
        finally:
            process.terminate()
            process.communicate()


def main():
    words = sys.argv[1:]
    flags = words[words.index("--") + 1 :] if "--" in words else []
    if not words or words[0] == "--":
        sys.exit(__doc__)
    with server() as address:
        measure(words[0], flags, address)


def measure(path, flags, address):
    uri = hone.benchmark(path, flags)
    settings = {"benchmark": uri, "reward": "ir-instructions"}
    core = _core.make_environment("llvm", reward="ir-instructions")
    plain = hone.make("llvm", observation=None, **settings)
    seen = hone.make("llvm", **settings)
    endless = {"max_episode_steps": 10**9, **settings}
    wrapped = gymnasium.make("hone/llvm-ic-v0", **endless)
    here, there = (
        gymnasium.make_vec("hone/llvm-ic-v0", num_envs=BATCH, address=where, **endless)
        for where in ("", address)
    )
    connection = client.connect(address)
    action = plain.actions.index("function(sroa<modify-cfg>)")
    core.reset(uri)
    for env in (plain, seen, wrapped, here, there):
        env.reset()
    row = [action] * BATCH
    kinds = {
        "bound C++, reward": lambda: core.step(action),
        "hone.make, reward": lambda: plain.step(action),
        "hone.make, reward and autophase": lambda: seen.step(action),
        "gymnasium.make, reward and autophase": lambda: wrapped.step(action),
        BATCH_HERE: lambda: here.step(row),
        BATCH_THERE: lambda: there.step(row),
        "a call that does nothing, on a server": lambda: connection.call("List"),
    }
    for step in kinds.values():
        step()
    wall = {name: [] for name in kinds}
    caller = {name: [] for name in kinds}
    for _ in range(BLOCKS):
        for name, step in kinds.items():
            begin, busy = time.perf_counter_ns(), time.thread_time_ns()
            for _ in range(STEPS):
                step()
            steps = STEPS * (BATCH if name in (BATCH_HERE, BATCH_THERE) else 1)
            caller[name].append((time.thread_time_ns() - busy) / steps / 1000)
            wall[name].append((time.perf_counter_ns() - begin) / steps / 1000)
    print("| step from Python | wall | caller's processor time | quartiles |")
    print("|---|---:|---:|---:|")
    for name, values in caller.items():
        low, middle, high = statistics.quantiles(values, n=4)
        print(f"| {name} | {statistics.median(wall[name]):.1f} | {middle:.1f} | {low:.1f}–{high:.1f} |")
    for env in (here, there):
        env.close()


if __name__ == "__main__":
    main()
