#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What each graph pass is worth: nets compiled without it, and run.

    PYTHON bench/onnx/ablate.py [--data FOLDER] [--work FOLDER] [--rounds N]

A cell is the time without the pass in parts of the time with all of them,
processor time of one thread, in turns; behind it the calls of kernels that it
saves. "–" stands where the model is not compiled without the pass. Outputs are
compared with those of the whole compiler first.
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
    "merge-equal",
    "recognize-gelu",
    "recognize-normalizations",
    "remove-dead",
    "simplify",
]
NETS = ["ultraface", "resnet50", "densenet121", "shufflenet", "encoder 128", "decoder 127"]


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
    parser.add_argument("--hone", type=pathlib.Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    cases = {row: (name, shapes) for row, name, shapes in CASES}
    print("| net | " + " | ".join(PASSES) + " |")
    print("|---|" + "---:|" * len(PASSES), flush=True)
    for row in NETS:
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

        whole, with_all = make([], f"{name}_all")
        with_all()
        cells = []
        for index, left_out in enumerate(PASSES):
            try:
                part, call = make(["--without", left_out], f"{name}_{index}")
            except RuntimeError:
                cells.append("–")
                continue
            call()
            for a, b in zip(part.outputs, whole.outputs, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3 * np.abs(b).max())
            ratio = statistics.median(time_of(call) / time_of(with_all) for _ in range(options.rounds))
            saved = part.facts["steps"] - whole.facts["steps"]
            cells.append(f"{ratio:.2f}, {saved}")
            part.close()
        print(f"| {row} | " + " | ".join(cells) + " |", flush=True)
        whole.close()


if __name__ == "__main__":
    main()
