#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Single operators that Hone schedules as loop trees, against ONNX Runtime and
OpenVINO, f32, one thread, in the same run.

    PYTHON bench/onnx/operators.py [--rounds N] [--clock cpu] [--hone BIN]

PYTHON is what bench/peers/nets/install.sh prints. Checked and timed as in
nets.py; "weights" are constants, all else is an input. Padding, turned operands
and sums over lanes are inside of the clock.
"""

import argparse
import os
import pathlib
import time

import engines
import numpy as np
import onnx
from nets import Case
from onnx import TensorProto, helper, numpy_helper

# Name, operator, shapes of inputs, shapes or numbers of weights, shape of the
# output, attributes.
CASES = [
    ("Conv, 64 x 4000, 7", "Conv", [[1, 64, 4000]], [[128, 64, 7], [128]], [1, 128, 4000], {"pads": [3, 3]}),
    ("Conv, STFT 256 / 128", "Conv", [[1, 1, 640]], [[258, 1, 256]], [1, 258, 4], {"strides": [128]}),
    ("Conv, 16 x 16 x 28 x 28, 3", "Conv", [[1, 16, 16, 28, 28]], [[32, 16, 3, 3, 3], [32]], [1, 32, 16, 28, 28], {"pads": [1] * 6}),
    ("ConvTranspose, 64 x 32 x 32, 4 / 2", "ConvTranspose", [[1, 64, 32, 32]], [[64, 32, 4, 4], [32]], [1, 32, 64, 64], {"strides": [2, 2], "pads": [1] * 4}),
    ("ConvTranspose, 64 x 32 x 32, 3 / 2", "ConvTranspose", [[1, 64, 32, 32]], [[64, 32, 3, 3]], [1, 32, 65, 65], {"strides": [2, 2]}),
    ("Einsum, bihd,bjhd->bhij", "Einsum", [[2, 50, 8, 32], [2, 60, 8, 32]], [], [2, 8, 50, 60], {"equation": "bihd,bjhd->bhij"}),
    ("MatMul, 8 x 64 x 128, repeated", "MatMul", [[8, 64, 128], [1, 128, 96]], [], [8, 64, 96], {}),
    ("MatMul, 512 x 512 by a vector", "MatMul", [[512, 512], [512]], [], [512], {}),
    ("Gather, 128 rows of 384", "Gather", [[3000, 384]], [np.arange(128) * 23 % 3000], [128, 384], {}),
    ("Resize, 64 x 56 x 56, linear", "Resize", [[1, 64, 56, 56]], [None, np.array([1, 1, 2, 2], np.float32)], [1, 64, 112, 112], {"mode": "linear"}),
    ("Resize, 64 x 56 x 56, nearest", "Resize", [[1, 64, 56, 56]], [None, np.array([1, 1, 2, 2], np.float32)], [1, 64, 112, 112], {"mode": "nearest"}),
    ("InstanceNormalization, 64 x 56 x 56", "InstanceNormalization", [[1, 64, 56, 56]], [[64], [64]], [1, 64, 56, 56], {}),
    ("Gemm, transposed both", "Gemm", [[128, 64], [96, 128], [64, 1]], [], [64, 96], {"transA": 1, "transB": 1}),
]


def build(case):
    _, op, inputs, weights, output, attributes = case
    random = np.random.RandomState(0)
    names = [f"x{i}" for i in range(len(inputs))]
    names += ["" if w is None else f"w{i}" for i, w in enumerate(weights)]
    node = helper.make_node(op, names, ["y"], **attributes)
    graph = helper.make_graph(
        [node],
        "operator",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, d) for n, d in zip(names, inputs)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, output)],
        [
            numpy_helper.from_array(
                w if isinstance(w, np.ndarray) else random.uniform(-1, 1, w).astype(np.float32), f"w{i}"
            )
            for i, w in enumerate(weights)
            if w is not None
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, default=engines.ROOT / "build/nets")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--clock", choices=["cpu", "wall"], default="wall")
    parser.add_argument("--hone", type=pathlib.Path)
    options = parser.parse_args()
    options.threads = 1
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print("| operator | Hone, us | quartiles | ONNX Runtime | OpenVINO | ratio | error |")
    print("|---|---:|---:|---:|---:|---:|---:|", flush=True)
    for number, case in enumerate(CASES):
        path = options.work / f"operator{number}.onnx"
        onnx.save(build(case), path)
        timed = Case(f"operator{number}", path, {}, options, lambda engine, make: make())
        low, middle, high = (
            sorted(timed.times["hone"])[int(q * (options.rounds - 1))] * 1e6 for q in (0.25, 0.5, 0.75)
        )
        peers = [
            f"{sorted(timed.times[n])[options.rounds // 2] * 1e6:.3g}" if n in timed.times else "–"
            for n in ("ort", "openvino")
        ]
        error = max(timed.errors.values())[1]
        if any(part > 1 for part, _ in timed.errors.values()):
            print(f"{case[0]}: WRONG by {timed.errors}")
        print(
            f"| {case[0]} | {middle:.3g} | {low:.3g}–{high:.3g} | {peers[0]} | {peers[1]} | "
            f"{timed.ratio():.2f} | {error} |",
            flush=True,
        )
        timed.hone.close()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
