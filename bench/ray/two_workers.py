#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Two Ray workers with one store on PostgreSQL, some of which are killed at
random, against one process with a store in SQLite: the same objects, and no
evaluation lost?

    PYTHONPATH=build/release/python build/venv/bin/python bench/ray/two_workers.py \\
        [--programs 12] [--budget 30] [--kills 3] [--seed 1]

Starts a PostgreSQL server and a Ray cluster of its own, and ends both. Exits with
1 where a result differs or a row is missing.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import hone
import hone.ray
import postgresql_server
import psutil
import ray


def searching():
    """The processes of this session that run a search."""
    children = psutil.Process().children(recursive=True)
    found = []
    for child in children:
        try:
            if "hone.optimize" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            pass  # it has ended meanwhile
    return found


def kill_some(count, seed, store, done, killed):
    """Kills `count` searching processes, each when some more rows are stored."""
    draw = random.Random(seed)
    wanted = 0
    while len(killed) < count and not done.wait(0.02):
        if wanted == 0:
            wanted = store.info()["evaluations"] + draw.randint(3, 15)
        victims = searching()
        if victims and store.info()["evaluations"] >= wanted:
            victim = draw.choice(victims)
            killed.append(store.info()["evaluations"])
            os.kill(victim.pid, signal.SIGKILL)
            wanted = 0


def measured(store):
    """Every evaluation without what the clock says."""
    rows = {}
    for row in store.evaluations():
        result = {k: v for k, v in json.loads(row["result"]).items() if "seconds" not in k}
        rows[row["key"]] = (row["recipe"], row["mode"], json.dumps(result))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=12)
    parser.add_argument("--budget", type=int, default=30)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    files = [uri.removeprefix("file://") for uri in hone.bundled_benchmarks()]
    files = [file for file in files if file.endswith(".c")][: options.programs]
    # Few inputs of the differential check, which is not what this is about.
    words = {"budget": options.budget, "jobs": 1, "check_inputs": 8}

    with tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        alone = hone.Store(pathlib.Path(folder, "alone.db"))
        reports = [hone.optimize(f, store=pathlib.Path(folder, "alone.db"), **words) for f in files]
        seconds = time.monotonic() - begin
        expected = measured(alone)

        with postgresql_server.Server() as server:
            store = hone.Store(server.uri())
            path = os.pathsep.join(sys.path)
            ray.init(
                num_cpus=2,
                include_dashboard=False,
                log_to_driver=False,
                runtime_env={"env_vars": {"PYTHONPATH": path}},
            )
            done, killed = threading.Event(), []
            killer = threading.Thread(
                target=kill_some, args=(options.kills, options.seed, store, done, killed)
            )
            killer.start()
            begin = time.monotonic()
            theirs = hone.ray.optimize(files, store=server.uri(), **words)
            cluster_seconds = time.monotonic() - begin
            done.set()
            killer.join()
            ray.shutdown()
            found = measured(store)

    same = sum(a.output == b.output for a, b in zip(reports, theirs, strict=True))
    lost = [key for key, row in expected.items() if found.get(key) != row]
    print(f"one process, SQLite: {len(expected)} evaluations, {seconds:.1f} s")
    print(f"two Ray workers, PostgreSQL: {len(found)} evaluations, {cluster_seconds:.1f} s")
    print(f"killed: {len(killed)} (with {killed} evaluations in the store)")
    print(f"same best results: {same} of {len(files)}")
    print(f"lost rows: {len(lost)}; further rows: {len(found.keys() - expected.keys())}")
    sys.exit(0 if same == len(files) and not lost else 1)


if __name__ == "__main__":
    main()
