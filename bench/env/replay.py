#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Do random trajectories come out the same again?

    bench/env/replay.py [--programs 200] [--episodes 50] [--from hone|eval]
                        [--seed 1] [--jobs N] [--keep FOLDER]

The defaults are 10,000 episodes. On each program, episodes of 1 to 50 stable
passes are recorded, five of each length one after the other in one worker
(`hone env run`), and each is taken again in a worker of its own (`hone env
validate`): its state's hash and its reward have to be the same to the last
digit. Every episode that differs leaves a repro bundle, which is named.

Programs are generator://hone/SEED, or with --from eval the sources of that list
(bench/programs/fetch_sources.py fetches them), spread over it by name.

What is done is kept in FOLDER (build/replay), a table and a result for each
program; called again with the same arguments, it goes on where it stopped.
Exit code 1 where any episode differs.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "build/programs"
HONE = pathlib.Path(os.environ.get("HONE", ROOT / "build/release/bin/hone"))
MOST_STEPS = 50
RUN = 5  # episodes of one length
sys.path.append(str(ROOT / "bench/programs"))


def programs(origin, count):
    if origin == "hone":
        return [f"generator://hone/{seed}" for seed in range(count)]
    import objects

    os.environ.setdefault("HONE_DEBIAN_SOURCES", str(SOURCES))
    found = sorted(
        f"debian://{cwd.parent.name}/{source.relative_to(cwd)}"
        for _, source, _, cwd in objects.load(origin, SOURCES)
    )
    return found[:: max(1, len(found) // count)][:count]


def hone_env(*words, codes=(0,)):
    done = subprocess.run(
        [HONE, "env", *map(str, words), "-q"], capture_output=True, text=True, check=False
    )
    if done.returncode not in codes:
        raise RuntimeError(f"hone env {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


def record(uri, count, draw):
    """A table of `count` episodes; their lengths are drawn."""
    lines = []
    while len(lines) < count:
        episodes = min(RUN, count - len(lines))
        length, seed = draw.randint(1, MOST_STEPS), draw.randrange(2**31)
        table = hone_env("run", uri, "--episodes", episodes, "--length", length, "--seed", seed)
        header, *found = table.splitlines()
        lines += found
    return "\n".join([header, *lines]) + "\n"


def replay(index, uri, options):
    """The result for one program, from the folder where it is known."""
    result = options.keep / f"{index:04}.json"
    asked = {"program": uri, "episodes": options.episodes, "seed": options.seed}
    if result.exists():
        known = json.loads(result.read_text())
        if {name: known[name] for name in asked} == asked:
            return known
    table = options.keep / f"{index:04}.csv"
    text = record(uri, options.episodes, random.Random(f"{options.seed} {uri}"))
    table.write_text(text)
    answer = json.loads(hone_env("validate", table, "--jobs", 1, "--json", codes=(0, 1)))
    known = asked | {
        "valid": answer["valid"],
        "steps": sum(len(episode["found"]["actions"]) for episode in answer["episodes"]),
        "bundles": [one["bundle"] for one in answer["episodes"] if "bundle" in one],
        "other_rewards": sum(not one["reward_matches"] for one in answer["episodes"]),
    }
    part = result.with_suffix(".part")
    part.write_text(json.dumps(known))
    part.replace(result)
    return known


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--episodes", type=int, default=50, help="on each program")
    parser.add_argument("--from", dest="origin", choices=["hone", "eval"], default="hone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build/replay")
    options = parser.parse_args()
    options.keep = options.keep.absolute() / options.origin
    options.keep.mkdir(parents=True, exist_ok=True)
    uris = programs(options.origin, options.programs)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(replay, i, uri, options) for i, uri in enumerate(uris)]
        results = []
        for done in concurrent.futures.as_completed(waiting):
            results.append(done.result())
            print(f"{len(results)} of {len(uris)} programs", file=sys.stderr, flush=True)
    total = sum(one["episodes"] for one in results)
    valid = sum(one["valid"] for one in results)
    print("| programs | episodes | steps | equal | differ | … in the reward |")
    print("|---:|---:|---:|---:|---:|---:|")
    steps = sum(one["steps"] for one in results)
    rewards = sum(one["other_rewards"] for one in results)
    print(f"| {len(uris)} | {total} | {steps} | {valid} | {total - valid} | {rewards} |")
    for one in sorted(results, key=lambda one: one["program"]):
        for bundle in one["bundles"]:
            print(f"{one['program']}: {bundle}")
    return 0 if valid == total else 1


if __name__ == "__main__":
    sys.exit(main())
