#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Markdown tables of docs/bench/search.md, from search_bench.py's lines.

    table.py build/bench/search.jsonl [--common]

One row for each list, search, budget, tier and check setting. Reductions are
relative to the stock object of `clang-22 -Oz -c`; `total` is of the sums, `mean`
and `median` of the objects' own. gcc's row appears once for each set of objects
that a search was run on. With --common, budgets and searches of a list are
compared on the objects that all of them have.
"""

import argparse
import collections
import json
import statistics

METRICS = ("loaded", "text_rodata")


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("lines")
    p.add_argument("--list", default="eval")
    p.add_argument("--common", action="store_true")
    p.add_argument("--keep", default="", help="only these, as search-budget, "
                   "separated by commas")
    return p.parse_args()


def reductions(pairs):
    """Per cent, of (stock, result) pairs."""
    return [100 * (1 - result / stock) for stock, result in pairs]


def cells(rows, stock, gcc, metric):
    pairs = [(stock[name][metric], row["result"][metric])
             for name, row in rows.items()]
    each = reductions(pairs)
    total = 100 * (1 - sum(r for _, r in pairs) / sum(s for s, _ in pairs))
    below = [row["result"][metric] < gcc[name]["result"][metric]
             for name, row in rows.items() if name in gcc]
    share = f"{100 * sum(below) / len(below):.0f} %" if below else ""
    return (f"{total:.2f} | {statistics.mean(each):.2f} | "
            f"{statistics.median(each):.2f} | {sum(e < 0 for e in each)} | "
            f"{share}")


def main():
    args = arguments()
    groups = collections.defaultdict(dict)
    failed = collections.Counter()
    stock = {}
    with open(args.lines) as stream:
        for line in stream:
            row = json.loads(line)
            if row["list"] != args.list:
                continue
            key = (row["search"], row["budget"], row["tier"],
                   row["check_inputs"])
            if "error" in row:
                failed[key] += 1
                continue
            groups[key][row["object"]] = row
            if "stock" in row:
                stock[row["object"]] = row["stock"]
    gcc = {}
    for key in list(groups):
        if key[0] == "gcc":
            gcc |= groups.pop(key)
    if args.keep:
        wanted = args.keep.split(",")
        groups = {k: v for k, v in groups.items()
                  if f"{k[0]}-{k[1]}" in wanted}
    if args.common:
        common = set.intersection(*(set(rows) for rows in groups.values()))
        groups = {k: {n: v[n] for n in sorted(common)}
                  for k, v in groups.items()}
    for metric in METRICS:
        title = ("loaded bytes" if metric == "loaded"
                 else ".text and .rodata alone")
        print(f"\nReduction in per cent, {title}:\n\n"
              "| | objects | total | mean | median | larger than stock | "
              "smaller than gcc's | compiles | of the store | rejected | "
              "failed evaluations |\n"
              "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        seen = set()
        for key in sorted(groups, key=lambda k: (k[0] != "default", k)):
            rows = groups[key]
            search, budget, tier, inputs = key
            extra = "" if tier == "stable" else f", {tier}"
            extra += f", {inputs} inputs checked" if inputs else ""
            print(f"| {search}, {budget}{extra} | {len(rows)} | "
                  f"{cells(rows, stock, gcc, metric)} | "
                  f"{sum(r['compiles'] for r in rows.values())} | "
                  f"{sum(r['from_store'] for r in rows.values())} | "
                  f"{sum(len(r['rejected']) for r in rows.values())} | "
                  f"{sum(r['failed'] for r in rows.values())} |")
            names = frozenset(rows)
            if names not in seen:
                seen.add(names)
                theirs = {n: gcc[n] for n in rows if n in gcc}
                if theirs:
                    print(f"| gcc -Oz | {len(theirs)} | "
                          f"{cells(theirs, stock, {}, metric)} | | | | |")
    for key, count in failed.items():
        print(f"\n{count} objects of {key[0]}, {key[1]} failed.")


if __name__ == "__main__":
    main()
