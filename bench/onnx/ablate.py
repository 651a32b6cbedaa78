#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What each graph pass is worth: nets compiled without it, and run.

    PYTHON bench/onnx/ablate.py [--data FOLDER] [--work FOLDER] [--rounds N]

One table for passes, one for choices of the plan. A cell is the time without it
in parts of the time with all of them, processor time of one thread, in turns;
behind it the calls of kernels and the KB of working memory that it saves. "="
stands where the library is the same without it, to the byte of its kernels and
tables; "–" where the model is not compiled without it. Outputs are compared with
those of the whole compiler first.
"""

import argparse
import pathlib
import statistics
import time

import engines
import numpy as np
from nets import CASES, feeds_of, find_model

PASSES = [
    "cancel-transposes",
    "fold-constants",
    "fold-normalizations",
    "fold-quantization",
    "merge-equal",
    "recognize-attention",
    "recognize-gelu",
    "recognize-normalizations",
    "remove-dead",
    "simplify",
]
# Choices of the plan, which are no passes over graphs.
CHOICES = ["element-fusion", "frames", "parts-in-place", "shared-memory"]
NETS = ["ultraface", "silero", "resnet50", "densenet121", "shufflenet", "shufflenet_qdq"]
NETS += ["squeezenet_qdq", "channels_last", "encoder 128", "encoder 333", "decoder 127"]


# What is equal where leaving something out changed nothing.
SAME = ["kernels", "steps", "memory_bytes", "weight_bytes", "bytes"]


def time_of(call, seconds=0.03):
    start = time.process_time()
    turns = 0
    while turns == 0 or time.process_time() - start < seconds:
        call()
        turns += 1
    return (time.process_time() - start) / turns


def main():
    root = engines.ROOT
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, default=root / "../shared/data/onnx")
    parser.add_argument("--work", type=pathlib.Path, default=root / "build/nets")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", help="rows, with commas between them")
    parser.add_argument("--hone", type=pathlib.Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    cases = {row: (name, shapes) for row, name, shapes in CASES}
    cases |= {name: (name, {}) for name in NETS if name not in cases}
    only = options.only.split(",") if options.only else NETS
    for left_out in (PASSES, CHOICES):
        print("| net | " + " | ".join(left_out) + " |")
        print("|---|" + "---:|" * len(left_out), flush=True)
        table(left_out, only, cases, options)
        print()


def table(names, rows, cases, options):
    for row in rows:
        name, shapes = cases[row]
        model = find_model(name, options.data, options.work)
        if model is None:
            print(f"{row}: skipped, {options.data} has no such model")
            continue
        feeds = feeds_of(engines.folded(model), shapes)

        def make(flags, kind):
            library = options.work / f"ablate_{kind}.so"
            library.unlink(missing_ok=True)
            flags = ["--cpu", "native", "--verify", "none", *flags]
            hone = engines.Hone(model, library, shapes, 1, flags, options.hone)
            return hone, hone.prepare(feeds)

        whole, with_all = make([], f"{name}_{names[0]}_all")
        with_all()
        cells = []
        for left_out in names:
            try:
                part, call = make(["--without", left_out], f"{name}_{left_out}")
            except RuntimeError:
                cells.append("–")
                continue
            if all(part.facts[key] == whole.facts[key] for key in SAME):
                cells.append("=")
                part.close()
                continue
            call()
            for a, b in zip(part.outputs, whole.outputs, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3 * np.abs(b).max())
            ratio = statistics.median(time_of(call) / time_of(with_all) for _ in range(options.rounds))
            saved = part.facts["steps"] - whole.facts["steps"]
            memory = (part.facts["memory_bytes"] - whole.facts["memory_bytes"]) / 1000
            cells.append(f"{ratio:.2f}, {saved}, {memory:.0f}")
            part.close()
        print(f"| {row} | " + " | ".join(cells) + " |", flush=True)
        whole.close()


if __name__ == "__main__":
    main()
