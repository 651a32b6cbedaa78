#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The packages' own tests, with Hone's objects linked in.

    package_tests.py --hone build/release/bin/hone [--budget 12]

bzip2, zlib and cjson have tests; for lua5.4 the workload's output is compared.
The exit code is 1 where one fails.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hone_objects  # noqa: E402
import objects  # noqa: E402


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--packages", default="bzip2,zlib,cjson,lua5.4")
    p.add_argument("--budget", type=int, default=12)
    p.add_argument("--check-inputs", type=int, default=0)
    p.add_argument("--hone", default="build/release/bin/hone")
    p.add_argument("--dest", default=str(objects.DEFAULT_DEST))
    p.add_argument("--objects", default="build/bench/programs",
                   help="where Hone's objects are made, and reused")
    args = p.parse_args()
    all_passed = True
    print("| package | Hone's objects | tests |\n|---|---:|---|")
    for package in args.packages.split(","):
        folder = pathlib.Path(args.objects) / f"{package}-{args.budget}"
        hone_objects.make(package, folder, args.hone, args.dest, args.budget,
                          args.check_inputs)
        passed, log = objects.run_package_tests(package, folder, args.dest)
        all_passed &= passed
        count = len(list(folder.glob("*.o")))
        last = log.strip().splitlines()[-1] if log.strip() else ""
        print(f"| {package} | {count} | {'pass' if passed else 'FAIL'}: {last} |",
              flush=True)
        if not passed:
            print(log, file=sys.stderr)
    return 0 if all_passed else 1


if __name__ == "__main__":
    sys.exit(main())
