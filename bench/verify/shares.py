#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How many bytes of the fixed objects' code the differential check reaches.

    shares.py --list eval --sample 24

runs `hone opt --budget 1` with the check over the objects and sums the bytes of
their functions by evidence. A rejected candidate is printed: it is a
miscompile or a false alarm, and either is worth a look.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "programs"))
import objects  # noqa: E402


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--list", choices=("eval", "tune"), default="eval")
    p.add_argument("--sample", type=int, default=0, metavar="N",
                   help="N objects of the list, evenly spaced")
    p.add_argument("--budget", type=int, default=1)
    p.add_argument("--check-inputs", type=int, default=64)
    p.add_argument("--parallel", type=int, default=2)
    p.add_argument("--hone", default="build/release/bin/hone")
    p.add_argument("--dest", default=str(objects.DEFAULT_DEST),
                   help="where fetch_sources.py put the sources")
    return p.parse_args()


def measure(args, row):
    name, source, flags, cwd = row
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [str(pathlib.Path(args.hone).resolve()), "opt", str(source),
             "--budget", str(args.budget), "--store", "none", "--jobs", "1",
             "--check-inputs", str(args.check_inputs), "--json", "-o",
             folder + "/out.o", "--", *flags],
            cwd=cwd, capture_output=True, text=True, check=False)
    return name, json.loads(done.stdout) if done.returncode == 0 else None


def main():
    args = arguments()
    rows = list(objects.load(args.list, args.dest))
    if args.sample:
        step = len(rows) / args.sample
        rows = [rows[int(i * step)] for i in range(args.sample)]
    shares = collections.Counter()
    seconds = []
    with concurrent.futures.ThreadPoolExecutor(args.parallel) as pool:
        for name, report in pool.map(lambda row: measure(args, row), rows):
            if report is None:
                print(f"{name}: failed", file=sys.stderr)
                continue
            seconds.append(report["seconds"])
            for function in report["functions"]:
                shares[function["evidence"]] += function["bytes"]
            for candidate in report["rejected"]:
                print(f"{name}: rejected: {candidate['why']}", flush=True)
    total = sum(shares.values())
    print(f"{len(seconds)} objects, {total:,} bytes of code and unwind data")
    for evidence, count in shares.most_common():
        print(f"  {evidence:12} {100 * count / total:5.1f} %")
    print(f"seconds an object, check included: median "
          f"{sorted(seconds)[len(seconds) // 2]:.1f}, most {max(seconds):.1f}")


if __name__ == "__main__":
    main()
