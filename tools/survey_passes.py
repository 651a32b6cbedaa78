#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs every pass of src/program/passes.def and writes docs/passes.md.

Each text runs in an opt-22 of its own, with -verify-each and limits, over all
modules of tests/modules linked together, in three states (as clang leaves
them, in the form that loop passes like, after default<Oz>), and over each
module alone in the second state, to count the modules that it changes.
"""

import collections
import concurrent.futures
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
OPT = os.environ.get("HONE_OPT", "opt-22")
# Without minsize and optsize, which hold most loop passes back.
LOOP_FORM = (
    "-force-remove-attribute=minsize",
    "-force-remove-attribute=optsize",
    "-passes=forceattrs,function(sroa,early-cse,instcombine<no-verify-fixpoint>,"
    "simplifycfg,loop(loop-rotate),instcombine<no-verify-fixpoint>,loop-simplify,"
    "lcssa)",
)
SECONDS, MEMORY = 20, 4 << 30
ENTRY = re.compile(
    r'^HONE_PASS\(\w+, "([^"]+)", (\w+), (\w+), "([^"]*)", "([^"]*)"\)', re.M
)
NESTING = {
    "Module": "{}",
    "Cgscc": "cgscc({})",
    "Function": "function({})",
    "LoopNest": "function(loop({}))",
    "Loop": "function(loop({}))",
    "LoopMssa": "function(loop-mssa({}))",
}
OWN_PIPELINES = [f"default<{level}>" for level in ("O1", "O2", "O3", "Os", "Oz")] + [
    f"{kind}<{level}>"
    for kind in ("lto", "lto-pre-link", "thinlto", "thinlto-pre-link")
    for level in ("O2", "O3", "Oz")
]

Row = collections.namedtuple("Row", "name level tier parameters sentence")


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def opt(*arguments, stdin=None):
    return subprocess.run(
        [OPT, *map(str, arguments)], input=stdin, capture_output=True, preexec_fn=limits
    )


def checked(*arguments, stdin=None):
    done = opt(*arguments, stdin=stdin)
    if done.returncode != 0:
        raise SystemExit(done.stderr.decode())
    return done.stdout


def without_brackets(text):
    """The text without its parameters, which may nest."""
    kept, depth = [], 0
    for letter in text:
        depth += letter == "<"
        if depth == 0:
            kept.append(letter)
        depth -= letter == ">"
    return "".join(kept)


def pipelines_of_passes():
    """The pipelines of LLVM's own that each pass stands in."""
    found = collections.defaultdict(list)
    for pipeline in OWN_PIPELINES:
        text = checked(
            f"-passes={pipeline}",
            "-print-pipeline-passes",
            "-disable-output",
            stdin=b"define void @f() { ret void }",
        ).decode()
        for name in set(re.split(r"[(),\s]+", without_brackets(text))):
            found[name].append(pipeline)
    return found


def short_pipelines(pipelines):
    """ "O1 O2 O3 Os Oz lto" of the list of whole names."""
    levels = [p[8:-1] for p in pipelines if p.startswith("default<")]
    if any(not p.startswith("default<") for p in pipelines):
        levels.append("lto")
    return " ".join(levels)


def nested(row, parameters):
    text = f"{row.name}<{parameters}>" if parameters else row.name
    return NESTING[row.level].format(text)


def failure(done):
    if done.returncode == 0:
        return ""
    if b"Broken module found" in done.stderr:
        return "verifier"
    if done.returncode < 0:
        return f"signal {-done.returncode}"
    return f"exit code {done.returncode}"


def survey(text, linked, singles):
    """Failures, the longest time, and how many single modules it changes."""
    failures, longest = set(), 0.0
    for module in linked:
        start = time.monotonic()
        done = opt(f"-passes={text}", "-verify-each", "-disable-output", module)
        longest = max(longest, time.monotonic() - start)
        failures.add(failure(done))
    changed = 0
    for module, before in singles:
        done = opt(f"-passes={text}", "-S", "-o", "-", module)
        changed += done.returncode == 0 and done.stdout != before
    return sorted(failures - {""}), longest, changed


def prepare(folder):
    sources = sorted((ROOT / "tests/modules").glob("*.ll"))
    raw, loops, oz = (folder / name for name in ("all-raw.bc", "all-loops.bc", "all-oz.bc"))
    subprocess.run(["llvm-link-22", "-o", raw, *sources], check=True)
    checked(*LOOP_FORM, raw, "-o", loops)
    checked("-passes=default<Oz>", raw, "-o", oz)
    singles = []
    for source in sources:
        module = folder / f"{source.stem}.bc"
        checked(*LOOP_FORM, source, "-o", module)
        singles.append((module, checked("-S", "-o", "-", module)))
    return [raw, loops, oz], singles


def main():
    rows = [
        Row(*entry)
        for entry in ENTRY.findall((ROOT / "src/program/passes.def").read_text())
    ]
    own = pipelines_of_passes()
    texts = [
        (row, parameters.lstrip("?"), parameters.startswith("?"))
        for row in rows
        for parameters in row.parameters.split("|")
    ]
    with tempfile.TemporaryDirectory() as name:
        linked, singles = prepare(pathlib.Path(name))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(
                lambda text: survey(nested(text[0], text[1]), linked, singles), texts
            )
            results = list(results)

    lines = [
        "# Passes",
        "",
        "Made by `tools/survey_passes.py` from `src/program/passes.def` and runs over",
        f"the {len(singles)} modules of `tests/modules`. Do not edit.",
        "",
        "* stands in: LLVM's own `default<...>` pipelines, and lto: its link-time ones;",
        "* changes: how many of the modules it changes, not optimised for size and after",
        "  `sroa`, `early-cse`, `instcombine`, `simplifycfg` and `loop-rotate`;",
        "* fails: what happened where the verifier, a crash or a limit ended it.",
        "",
        "| pass | level | tier | stands in | changes | fails | what it does |",
        "|---|---|---|---|---:|---|---|",
    ]
    slow = []
    for (row, parameters, risky), (failures, longest, changed) in zip(texts, results):
        first = parameters == row.parameters.split("|")[0]
        text = f"{row.name}<{parameters}>" if parameters else row.name
        level = {"LoopMssa": "loop-mssa", "LoopNest": "loop-nest"}.get(
            row.level, row.level.lower()
        )
        tier = "experimental" if risky else row.tier.lower()
        shown = f"`{row.name}`" + ("" if text == row.name else f" `<{parameters}>`")
        lines.append(
            f"| {shown} | {level} | {tier} | "
            f"{short_pipelines(own[row.name]) if first else ''} | {changed} | "
            f"{', '.join(failures)} | {row.sentence if first else ''} |"
        )
        slow.append((longest, text))
    lines += ["", "The slowest on all modules together, in seconds of a busy machine:", ""]
    lines += [f"* `{text}` {longest:.2f}" for longest, text in sorted(slow)[:-6:-1]]
    (ROOT / "docs/passes.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
