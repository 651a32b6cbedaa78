#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hone's prover beside Z3, Halide, isl and TVM, in one run.

    bench/prover/run.py --ours build/release/bin/prover_bench [--z3 Z3_PEER] [--halide HALIDE_PEER]
                        [--isl ISL_PEER] [--tvm TVM_PEER] [--data FOLDER] [--runs 3] [--random COUNT [--chunks FOLDER]]

FOLDER holds caviar/public.csv and caviar/sample300.csv; without it only our own corpus, index_expressions.csv, is
run. Times are CPU times of one thread: the median of the runs for each row. `from text` includes parsing, `from
term` does not. A right answer is Z3's label of the data; a system that answers anything else but `open` is wrong.
The proofs of ours are replayed in a run of its own, which ends the bench if one fails.
"""

import argparse
import collections
import csv
import fcntl
import functools
import hashlib
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
DECIDED = ("true", "false")
ANSWERS = (*DECIDED, "contingent", "open")


def ask(command, rows):
    """For each row the words that the program printed."""
    text = "".join(line + "\n" for line in rows)
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr.strip()}")
    answers = [line.split() for line in done.stdout.splitlines()]
    if len(answers) != len(rows):
        sys.exit(f"{command}: {len(answers)} answers to {len(rows)} rows")
    return answers


class Row:
    def __init__(self, text, label, template):
        self.text, self.label, self.template = text, label, template


def public_rows(folder):
    with open(folder / "caviar/public.csv", newline="") as file:
        return [Row(r["expr"], r["z3"], r["template"]) for r in csv.DictReader(file) if r["trivial"] == "0"]


def sample_rows(folder):
    with open(folder / "caviar/sample300_key.csv", newline="") as file:
        labels = {r["ID"]: r["z3"] for r in csv.DictReader(file)}
    with open(folder / "caviar/sample300.csv", newline="") as file:
        return [Row(r["Expression"], labels[r["ID"]], r["ID"]) for r in csv.DictReader(file)]


def corpus(kind, split=None):
    with open(HERE / "index_expressions.csv", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["kind"] == kind and split in (None, r["split"])]
    return [Row("\t".join([*filter(None, r["assumptions"].split(";")), r["expr"]]), r["z3"], r["template"])
            for r in rows]


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0


def score(name, rows, systems, runs):
    print(f"\n{name}: {len(rows)} rows, {sum(r.label in DECIDED for r in rows)} decidable, "
          f"{sum(r.label == 'contingent' for r in rows)} contingent, {sum(r.label == 'open' for r in rows)} open to Z3")
    print(f"{'system':8} {'decided':>8} {'rows':>7} {'templ.':>7} {'conting.':>8} {'open':>5} {'wrong':>5} "
          f"{'median':>8} {'p90':>8} {'total':>9} {'of runs':>19} {'with text':>9}")
    order = list(systems)
    answers = collections.defaultdict(list)
    for run in range(runs):  # another order each time
        for system in order[run % len(order):] + order[:run % len(order)]:
            answers[system].append(ask(systems[system], [r.text for r in rows]))
    for system in order:
        repeats = answers[system]
        first = [a[0] for a in repeats[0]]
        if any([a[0] for a in again] != first for again in repeats):
            sys.exit(f"{system} does not repeat its answers")
        term = [statistics.median(float(again[i][2]) for again in repeats) for i in range(len(rows))]
        text = [statistics.median(float(again[i][1]) for again in repeats) for i in range(len(rows))]
        totals = sorted(sum(float(a[2]) for a in again) / 1e3 for again in repeats)
        decidable = [i for i, r in enumerate(rows) if r.label in DECIDED]
        right = [i for i in decidable if first[i] == rows[i].label]
        wrong = sum(first[i] != "open" and rows[i].label != "open" and first[i] != rows[i].label
                    for i in range(len(rows)))
        contingent = sum(first[i] == "contingent" for i in range(len(rows)))
        templates = {rows[i].template for i in decidable}
        missed = {rows[i].template for i in decidable if first[i] != rows[i].label}
        times = [term[i] for i in right]
        print(f"{system:8} {len(right):8} {100 * len(right) / max(1, len(decidable)):6.2f}% "
              f"{100 * (1 - len(missed) / max(1, len(templates))):6.2f}% {contingent:8} {first.count('open'):5} "
              f"{wrong:5} {quantile(times, 0.5):6.2f}us {quantile(times, 0.9):6.1f}us {sum(term) / 1e3:7.2f}ms "
              f"{totals[0]:8.2f} …{totals[-1]:8.2f} {sum(text) / 1e3:7.2f}ms")


def score_proofs(name, rows, ours):
    answers = [a for a in ask([*ours, "replay"], [r.text for r in rows]) if len(a) > 4]
    decided = sum(float(a[2]) for a in answers)
    print(f"{name}: {len(answers)} proofs, all replayed; decided in {decided / 1e3:.1f} ms, written in "
          f"{sum(float(a[3]) for a in answers) / 1e3:.1f} ms, replayed in {sum(float(a[4]) for a in answers) / 1e3:.1f}"
          f" ms; {sum(int(a[5]) for a in answers) / max(1, len(answers)):.0f} bytes each")


def score_logging(sets, ours):
    """What recording certificates costs: eleven runs each in turn, the median of a row's times."""
    rows = [r.text for name, some in sets.items() for r in some]
    times = {"with": [], "without": []}
    for _ in range(11):
        for name, word in (("with", []), ("without", ["nolog"])):
            times[name].append([float(a[2]) for a in ask([*ours, "tiers=linear", *word], rows)])
    total = {name: sum(statistics.median(row) for row in zip(*runs)) / 1e3 for name, runs in times.items()}
    print(f"certificates: {total['with']:.2f} ms with, {total['without']:.2f} ms without, "
          f"{100 * total['with'] / total['without'] - 100:+.1f} %")


def score_bounds(ours, z3):
    """A tight end is one that Z3 proves and does not prove to be missed."""
    for split in ("train", "held"):
        rows = corpus("bounds", split)
        found = ask([*ours, "bounds"], [r.text for r in rows])
        questions, endless = [], 0
        for row, ends in zip(rows, found):
            *facts, term = row.text.split("\t")
            for end, sign in ((ends[0], ">="), (ends[1], "<=")):
                endless += end == "inf"
                if end in ("-", "inf"):
                    continue
                questions.append("\t".join([*facts, f"( {sign} {term} {end} )"]))
                questions.append("\t".join([*facts, f"( != {term} {end} )"]))
        verdicts = [a[0] for a in ask(z3, questions)]
        tight = sum(verdicts[i] == "true" and verdicts[i + 1] in ("false", "contingent")
                    for i in range(0, len(verdicts), 2))
        wrong = sum(verdicts[i] in ("false", "contingent") or verdicts[i + 1] == "true"
                    for i in range(0, len(verdicts), 2))
        times = [float(a[2]) for a in found]
        print(f"bounds, {split}: {2 * len(rows)} ends, {endless} endless, {len(verdicts) // 2} called tight, of which Z3 confirms {tight} "
              f"and refutes {wrong}; median {quantile(times, 0.5):.1f} us for both ends")


def keep(path, command, rows, answers_of):
    """The answers in the file, where they are about these rows; else asked for, and kept there."""
    key = [hashlib.sha256("\n".join(rows).encode()).hexdigest(), digest_of(command[0])]
    with open(path, "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None  # another run is at it
        file.seek(0)
        text = file.read()
        if text and json.loads(text)["key"] == key:
            return json.loads(text)["answers"]
        found = answers_of(ask(command, rows))
        file.truncate(0)
        json.dump({"key": key, "answers": found}, file)
    return found


@functools.cache
def digest_of(program):
    return hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()


def score_random(count, systems, folder):
    """Random terms: two systems that both answer must agree; every proof of ours is replayed.

    A system's answers about a chunk lie in the folder, and are not asked for again while the program and the rows
    stay the same. Several runs may share a folder: each takes what no other one has locked.
    """
    step = 20_000
    folder.mkdir(parents=True, exist_ok=True)
    terms, proofs, unproved, apart, missing = 0, 0, 0, [], 0
    tallies, columns = collections.defaultdict(collections.Counter), {}
    for name in [n for n in systems if n != "ours"] + ["ours"]:
        columns[name] = {}
        for seed in range(1, -(-count // step) + 1):
            rows = random_rows(systems["ours"], seed, step)
            command = [*systems[name], "replay"] if name == "ours" else systems[name]
            columns[name][seed] = keep(folder / f"{seed}.{name}.json", command, rows,
                                       lambda found: [[a[0], len(a) > 3, "unproved" in a] for a in found])
    for seed in range(1, -(-count // step) + 1):
        if any(column[seed] is None for column in columns.values()):
            missing += 1
            continue
        rows = random_rows(systems["ours"], seed, step)
        ours = columns["ours"][seed]
        terms += len(rows)
        proofs += sum(a[1] and not a[2] for a in ours)
        unproved += sum(a[2] for a in ours)
        for name, column in columns.items():
            tallies[name].update(a[0] for a in column[seed])
            apart += [[mine[0], name, other[0], row] for row, mine, other in zip(rows, ours, column[seed])
                      if "open" not in (mine[0], other[0]) and mine[0] != other[0]]
    for mine, name, other, row in apart:
        print(f"ours {mine}, {name} {other}: {row}")
    print(f"random terms: {terms}; {proofs} proofs, all replayed; {unproved} answers whose steps do not replay, counted "
          f"as open; answers that differ: {len(apart)}" + (f"; {missing} chunks are another run's" if missing else ""))
    print(f"| | {' | '.join(ANSWERS)} |\n|---|" + "---:|" * len(ANSWERS))
    for name, tally in tallies.items():
        print(f"| {name} | {' | '.join(format(tally[a], ',') for a in ANSWERS)} |")


def score_simplify(folder, ours, halide, runs):
    """Smaller terms: nodes of ours against those of a Halide of the same run, and against the stored ones."""
    with open(folder / "caviar/simplify_public.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    terms = [r["expr"] for r in rows]
    print(f"\nsimplify_public: {len(rows)} terms, {sum(int(r['nodes']) for r in rows)} nodes")
    mine = [ask([*ours, "simplify"], terms) for _ in range(runs)]
    print(f"ours: {sum(int(a[0]) for a in mine[0])} nodes as trees, {sum(int(a[1]) for a in mine[0])} as DAGs; "
          f"{sum(a[3] == '1' for a in mine[0])} equalities proved and replayed; "
          f"{times_text([[float(a[2]) for a in run] for run in mine])}")
    others = {"Halide 2021 and Caviar, the better (stored)": [
        min(int(r["halide_nodes"]), int(r["caviar_nodes"] or 10**9)) for r in rows],
        "Halide 2021 (stored)": [int(r["halide_nodes"]) for r in rows]}
    if halide:
        theirs = [ask([*halide, "simplify"], terms) for _ in range(runs)]
        print(f"Halide: {sum(int(a[0]) for a in theirs[0])} nodes as trees, {sum(int(a[1]) for a in theirs[0])} as DAGs; "
              f"{times_text([[float(a[2]) for a in run] for run in theirs])}")
        others["Halide 21, trees"] = [int(a[0]) for a in theirs[0]]
        others["Halide 21, DAGs"] = [int(a[1]) for a in theirs[0]]
    for name, nodes in others.items():
        own = [int(a[1 if name.endswith("DAGs") else 0]) for a in mine[0]]
        print(f"against {name}: {100 - 100 * sum(own) / sum(nodes):.1f} % fewer ({sum(own)} of {sum(nodes)}); larger in "
              f"{sum(a > b for a, b in zip(own, nodes))} rows")


def times_text(runs):
    row = [statistics.median(times) for times in zip(*runs)]
    return f"median {quantile(row, 0.5):.2f} us, 90 % {quantile(row, 0.9):.1f} us, total {sum(row) / 1e3:.1f} ms"


def random_rows(ours, seed, count):
    made = subprocess.run([*ours, "random", str(seed), str(count)], capture_output=True, text=True, check=True)
    return made.stdout.splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", required=True)
    parser.add_argument("--z3")
    parser.add_argument("--halide")
    parser.add_argument("--isl")
    parser.add_argument("--tvm")
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--random", type=int, metavar="COUNT", help="only compare answers about random terms")
    parser.add_argument("--chunks", type=pathlib.Path, metavar="FOLDER",
                        help="where --random keeps what is done, so that a run can go on and several can share the work")
    options = parser.parse_args()
    systems = {name: [getattr(options, name)] for name in ("ours", "z3", "halide", "isl", "tvm") if getattr(options, name)}
    if options.random:
        with tempfile.TemporaryDirectory() as scratch:
            score_random(options.random, systems, options.chunks or pathlib.Path(scratch))
        return
    sets = {}
    if options.data:
        sets["public.csv"] = public_rows(options.data)
        sets["sample300"] = sample_rows(options.data)
    sets["corpus, train"] = corpus("prove", "train")
    sets["corpus, held out"] = corpus("prove", "held")
    for name, rows in sets.items():
        score(name, rows, systems, options.runs)
    print()
    for name, rows in sets.items():
        score_proofs(name, rows, systems["ours"])
    score_logging(sets, systems["ours"])
    if options.data:
        score_simplify(options.data, systems["ours"], systems.get("halide"), options.runs)
    if options.z3:
        score_bounds(systems["ours"], systems["z3"])


if __name__ == "__main__":
    main()
