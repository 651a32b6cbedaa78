#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs `hone opt` over the fixed objects, one line of JSON per object.

    search_bench.py --list eval --budgets 1,12,45 --hone build/release/bin/hone

appends to build/bench/search.jsonl. What the file already has is not run
again, so a run may be stopped with Ctrl-C and started again; delete the file
after changing Hone. Each object gets one process with one worker (`--jobs 1`),
because several objects side by side use a machine better than several workers
on one object.

A store per object is shared by all budgets and searches: answers of the store
count as compiles like all others, so the sizes are those of a run without it,
but `seconds` is not. `--no-store` is for measuring time.

gcc's row is `gcc -Oz -c` (or g++) with the same flags.
"""

import argparse
import concurrent.futures
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "programs"))
sys.path.insert(0, str(HERE))
import elf_size  # noqa: E402
import objects  # noqa: E402


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--list", choices=("eval", "tune"), default="eval")
    p.add_argument("--budgets", default="1,12,45")
    p.add_argument("--searches", default="default",
                   help="as in `hone list searches`, or gcc")
    p.add_argument("--sample", type=int, default=0, metavar="N",
                   help="N objects of the list, evenly spaced")
    p.add_argument("--at-most", type=int, default=0, metavar="BYTES",
                   help="leave larger stock objects out, before sampling")
    p.add_argument("--only", default="", help="a part of the object's name")
    p.add_argument("--check-inputs", type=int, default=0)
    p.add_argument("--tier", default="stable")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--parallel", type=int, default=2)
    p.add_argument("--no-store", action="store_true")
    p.add_argument("--hone", default="build/release/bin/hone")
    p.add_argument("--dest", default=str(objects.DEFAULT_DEST),
                   help="where fetch_sources.py put the sources")
    p.add_argument("--out", default="build/bench/search.jsonl")
    p.add_argument("--objects", metavar="DIR",
                   help="keep the objects in DIR/SEARCH-BUDGET")
    return p.parse_args()


def is_cxx(source):
    return source.suffix in (".cpp", ".cc", ".cxx")


def compile_with(compiler, source, flags, cwd):
    """Sizes of `compiler -Oz -c`."""
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / "object.o"
        subprocess.run([compiler, "-Oz", "-w", *flags, "-c", str(source), "-o",
                        str(made)], cwd=cwd, check=True)
        return elf_size.measure(made)


def choose(args):
    """The objects that the arguments ask for."""
    chosen = [o for o in objects.load(args.list, args.dest)
              if args.only in o[0]]
    if args.at_most:
        chosen = [o for o in chosen if compile_with(
            "clang++-22" if is_cxx(o[1]) else "clang-22",
            *o[1:])["loaded"] <= args.at_most]
    if args.sample and args.sample < len(chosen):
        step = len(chosen) / args.sample
        chosen = [chosen[int(i * step)] for i in range(args.sample)]
    return chosen


def run_hone(args, name, source, flags, cwd, search, budget):
    """The row of one object."""
    out = pathlib.Path(args.out).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / "object.o"
        if args.objects:
            kept = pathlib.Path(args.objects).resolve() / f"{search}-{budget}"
            kept.mkdir(parents=True, exist_ok=True)
            made = kept / f"{name}.o"
        store = "none"
        if not args.no_store:
            (out / "stores").mkdir(exist_ok=True)
            store = str(out / "stores" / f"{name}.db")
        command = [
            str(pathlib.Path(args.hone).resolve()), "opt", str(source), "-o",
            str(made), "--budget", str(budget), "--search", search, "--seed",
            str(args.seed), "--tier", args.tier, "--check-inputs",
            str(args.check_inputs), "--jobs", "1", "--store", store, "--json",
            "--", *flags]
        begin = time.monotonic()
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            return {"error": done.stderr[-2000:], "rc": done.returncode}
        report = json.loads(done.stdout)
    return {
        "stock": {k: report["stock"][k] for k in ("loaded", "text_rodata")},
        "result": {k: report["result"][k] for k in ("loaded", "text_rodata")},
        "compiles": report["compiles"],
        "from_store": report["from_store"],
        "failed": report["failed"],
        "rejected": [r["why"][:300] for r in report["rejected"]],
        "stop_reason": report["stop_reason"],
        "seconds": round(time.monotonic() - begin, 2),
    }


def run_gcc(source, flags, cwd):
    sizes = compile_with("g++" if is_cxx(source) else "gcc", source, flags, cwd)
    return {"result": sizes}


def key(row):
    return (row["list"], row["object"], row["search"], row["budget"],
            row["tier"], row["seed"], row["check_inputs"])


def main():
    args = arguments()
    out = pathlib.Path(args.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    known = set()
    if out.is_file():
        known = {key(json.loads(line)) for line in out.open()}
    jobs = []
    chosen = choose(args)
    for search in args.searches.split(","):
        budgets = ["0"] if search == "gcc" else args.budgets.split(",")
        for budget in budgets:
            for name, source, flags, cwd in chosen:
                row = {"list": args.list, "object": name, "search": search,
                       "budget": int(budget), "tier": args.tier,
                       "seed": args.seed, "check_inputs": args.check_inputs}
                if key(row) not in known:
                    jobs.append((row, source, flags, cwd))
    lock = threading.Lock()
    stopped = threading.Event()
    done = 0

    def run(job):
        nonlocal done
        row, source, flags, cwd = job
        if stopped.is_set():
            return
        if row["search"] == "gcc":
            row |= run_gcc(source, flags, cwd)
        else:
            row |= run_hone(args, row["object"], source, flags, cwd,
                            row["search"], row["budget"])
        with lock:
            done += 1
            if stopped.is_set():
                return  # an interrupted hone hands over what it had
            with out.open("a") as stream:
                stream.write(json.dumps(row) + "\n")
            print(f"{done}/{len(jobs)} {row['search']} {row['budget']} "
                  f"{row['object']} {row.get('error', '')}", flush=True)

    def stop(*_):
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    with concurrent.futures.ThreadPoolExecutor(args.parallel) as pool:
        list(pool.map(run, jobs))
    return 1 if stopped.is_set() else 0


if __name__ == "__main__":
    sys.exit(main())
