#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How many programs of the suites that are checked out can be built?

    bench/env/suites.py FOLDER [--most 200] [--verbose]

FOLDER has a checkout of each suite under the suite's name, as $HONE_SUITES has:
FOLDER/polybench, FOLDER/mibench, … Those that are missing are left out. Of a
suite with more programs than --most, these are spread over it. A program counts
where `hone env step` makes an environment's initial state of it.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HONE = pathlib.Path(os.environ.get("HONE", ROOT / "build/release/bin/hone"))
SOURCES = (".c", ".cc", ".cpp")
MAIN = re.compile(rb"^[\w \t]*\bmain\s*\(", re.MULTILINE)


def folders_with_sources(root, under="."):
    found = {path.parent for path in (root / under).rglob("*") if path.suffix in SOURCES}
    return sorted(str(path.relative_to(root)) for path in found)


def mains(root, under="."):
    """Sources with a main(), which name their programs."""
    return sorted(
        str(path.relative_to(root))
        for path in (root / under).rglob("*")
        if path.suffix in SOURCES and path.is_file() and MAIN.search(path.read_bytes())
    )


def names(root, pattern, index):
    return sorted(str(path.relative_to(root).parts[index]) for path in root.glob(pattern))


def cbench_of_ck(root):
    """cTuning's repository calls them program/cbench-NAME."""
    return [name.removeprefix("cbench-") for name in names(root, "program/cbench-*/", 1)]


def files(root, pattern):
    return sorted(str(path.relative_to(root).with_suffix("")) for path in root.glob(pattern))


OWN_ROWS = re.compile(r'HONE_SUITE_PROGRAM\(\w+, "mibench://([^"]+)"')
# Folders whose sources are of several programs, of tests or of other systems:
# what of them is a benchmark has a row of its own, or stands here and fails.
SEVERAL = re.compile(r"consumer/|office/(ghostscript|ispell|rsynth|sphinx)/|security/pgp/|telecomm/gsm/")
NO_ROW = ["office/ghostscript/src/gs.c", "office/ispell/ispell.c", "office/sphinx/src/examples/batch.c"]


def programs_of_mibench(root):
    rows = OWN_ROWS.findall((ROOT / "src/env/suite_programs.def").read_text())
    return sorted([one for one in mains(root) if not SEVERAL.match(one)] + rows + NO_ROW)


PROGRAMS = {
    "anghabench": lambda root: sorted(str(p.relative_to(root)) for p in root.rglob("*.c")),
    "cbench": lambda root: names(root, "*/src", 0) or cbench_of_ck(root),
    "chstone": lambda root: [one for one in folders_with_sources(root) if one != "."],
    "embench": lambda root: names(root, "src/*/", 1),
    "llvm-test-suite": mains,
    "mibench": programs_of_mibench,
    "poj104": lambda root: files(root / "ProgramData", "*/*.txt"),
    "polybench": lambda root: [
        one for one in folders_with_sources(root) if not one.startswith("utilities")
    ],
}


def build(uri, folder):
    """The reason why it cannot be built; empty where it can."""
    done = subprocess.run(
        [HONE, "env", "step", uri, "--observe", "ir-instructions", "-q"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HONE_SUITES": str(folder)},
    )
    return "" if done.returncode == 0 else done.stderr.strip() or "failed"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--verbose", action="store_true", help="say why those that fail do")
    options = parser.parse_args()
    folder = options.folder.absolute()
    print("| suite | programs tried | built |\n|---|---:|---:|")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for suite, programs in PROGRAMS.items():
            if not (folder / suite).is_dir():
                continue
            found = programs(folder / suite)
            found = found[:: max(1, -(-len(found) // options.most))]
            uris = [f"{suite}://{name}" for name in found]
            reasons = list(pool.map(lambda uri: build(uri, folder), uris))
            print(f"| {suite} | {len(uris)} | {reasons.count('')} |", flush=True)
            if options.verbose:
                for uri, reason in zip(uris, reasons):
                    if reason:
                        print(uri, reason[:300].replace("\n", " / "), file=sys.stderr)


if __name__ == "__main__":
    main()
