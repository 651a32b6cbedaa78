#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A thousand evaluations of the experimental tier, some of them shot down.

    run.py --hone build/release/bin/hone [--evaluations 1000] [--no-kills]

Random search with `--tier experimental` over evenly spaced objects of the
"tune" list, 20 compiles each. Meanwhile a worker or one of its forked children
gets `kill -9` every few seconds. What must hold:

 * hone ends with 0 on every object and writes an object file;
 * every evaluation that the trace reports is a row of the store.

The exit code is 1 where either fails. The table goes to stdout.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "programs"))
import objects  # noqa: E402

OUTCOMES = ("ok", "invalid", "malformed", "crashed", "killed")
COMPILES = 20
LARGEST_SOURCE = 60000  # bytes of source text: a thousand should take minutes


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--evaluations", type=int, default=1000)
    p.add_argument("--no-kills", action="store_true")
    p.add_argument("--mean-gap", type=float, default=3, metavar="SECONDS",
                   help="between two kills")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--hone", default="build/release/bin/hone")
    p.add_argument("--dest", default=str(objects.DEFAULT_DEST))
    return p.parse_args()


def descendants(pid):
    """The pids below `pid`, of processes named hone-worker."""
    parents, names = {}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1:].rsplit(")", 1)
        parents[int(entry.name)] = int(rest.split()[1])
        names[int(entry.name)] = name
    found = []
    for candidate, above in parents.items():
        while above > 1 and above != pid:
            above = parents.get(above, 0)
        if above == pid and names[candidate] == "hone-worker":
            found.append(candidate)
    return found


class Killer(threading.Thread):
    """Kills a random descendant of one process now and then."""

    def __init__(self, pid, gap, choice):
        super().__init__(daemon=True)
        self.pid, self.gap, self.choice = pid, gap, choice
        self.over, self.kills = threading.Event(), 0

    def run(self):
        while not self.over.wait(self.choice.expovariate(1 / self.gap)):
            victims = descendants(self.pid)
            if not victims:
                continue
            try:
                os.kill(self.choice.choice(victims), signal.SIGKILL)
                self.kills += 1
            except ProcessLookupError:
                pass


def run_one(args, job, folder, seed, choice):
    """(counts, driver failure or "", rows lost, kills) of one object."""
    name, source, flags, cwd = job
    made, trace, store = (folder / f"{name}.{end}"
                          for end in ("o", "jsonl", "db"))
    process = subprocess.Popen(
        [str(pathlib.Path(args.hone).resolve()), "opt", str(source), "-o",
         str(made), "--budget", str(COMPILES), "--search", "random", "--tier",
         "experimental", "--seed", str(seed), "--check-inputs", "0", "--jobs",
         "2", "--store", str(store), "--trace", str(trace), "--json", "--",
         *flags],
        cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    killer = Killer(process.pid, args.mean_gap, choice)
    if not args.no_kills:
        killer.start()
    _, errors = process.communicate()
    killer.over.set()
    failure = ""
    if process.returncode != 0:
        failure = f"exit code {process.returncode}: {errors[-500:]}"
    elif not made.is_file():
        failure = "no object"
    lines = ([json.loads(line) for line in trace.open()]
             if trace.is_file() else [])
    counts = collections.Counter(line["outcome"] for line in lines)
    rows = set()
    if store.is_file():
        database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        for (text,) in database.execute("SELECT recipe FROM evaluation"):
            rows.add(json.dumps(json.loads(text), sort_keys=True))
        database.close()
    lost = sum(json.dumps(line["recipe"], sort_keys=True) not in rows
               for line in lines)
    return counts, failure, lost, killer.kills


def main():
    args = arguments()
    choice = random.Random(args.seed)
    jobs = [job for job in objects.load("tune", args.dest)
            if job[1].stat().st_size <= LARGEST_SOURCE]
    total, failures, lost, kills, tried = collections.Counter(), [], 0, 0, 0
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        wanted = -(-args.evaluations // COMPILES)
        while sum(total.values()) < args.evaluations and tried < 4 * wanted:
            job = jobs[int(tried * len(jobs) / wanted) % len(jobs)]
            folder = pathlib.Path(scratch) / str(tried)
            folder.mkdir()
            counts, failure, missing, killed = run_one(
                args, job, folder, args.seed + tried, choice)
            tried += 1
            total += counts
            lost += missing
            kills += killed
            if failure:
                failures.append(f"{job[0]}: {failure}")
            print(f"{sum(total.values())} {job[0]} {dict(counts)} {failure}",
                  file=sys.stderr, flush=True)
    print("| what | count |\n|---|---:|")
    print(f"| objects | {tried} |")
    print(f"| evaluations | {sum(total.values())} |")
    for outcome in OUTCOMES:
        print(f"| … {outcome} | {total[outcome]} |")
    print(f"| workers or children killed by this script | {kills} |")
    print(f"| hone failed | {len(failures)} |")
    print(f"| reported evaluations that the store lacks | {lost} |")
    print(f"| seconds | {time.monotonic() - begin:.0f} |")
    for failure in failures:
        print(f"\n    {failure}")
    return 1 if failures or lost else 0


if __name__ == "__main__":
    sys.exit(main())
