#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Bytes and peak memory of models from a short C driver, and of the compiler.

    PYTHON bench/onnx/footprint.py [--data FOLDER] [--work FOLDER] [--hone BIN] [--large]

Each model is compiled for this machine to a static library, linked with
footprint.c, stripped and run once; peak memory is what the kernel says of that
process. The compiler's peak is that of `hone compile`, beside the model's size.
Compile times are those of shared libraries, medians of ROUNDS: processor time of
all threads and processes / time by the clock, with the default check, without
it, and with the default variants for all x86-64 processors.
`--large` adds a model with 2.1 GB of external data, compiled with its weights
in a file; it needs 7 GB of disk.
"""

import argparse
import os
import pathlib
import re
import resource
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnx
from nets import find_model

# Of the large one's layers: WIDE x DEEP numbers each.
WIDE, DEEP, LAYERS = 4096, 32768, 4
ROUNDS = 7
MODELS = [("mnist", "mnist_8"), ("ultraface", "ultraface_rfb_320"), ("resnet50", "resnet50")]


def build_large(folder):
    """Products with weights in a file of their own, over 2 GB of them."""
    path, data = folder / "large.onnx", folder / "large.data"
    each = 4 * WIDE * DEEP
    if not path.exists() or data.stat().st_size != LAYERS * each:
        pattern = np.random.RandomState(0).uniform(-0.02, 0.02, (64, DEEP)).astype(np.float32)
        with open(data, "wb") as file:
            for layer in range(LAYERS):
                for row in range(WIDE // 64):
                    file.write((pattern * np.float32(1 + (row + layer) / 1000)).tobytes())
        nodes, weights, value = [], [], "x"
        for layer in range(LAYERS):
            dims = [WIDE, DEEP] if layer % 2 == 0 else [DEEP, WIDE]
            weight = onnx.TensorProto(name=f"w{layer}", data_type=1, dims=dims)
            weight.data_location = onnx.TensorProto.EXTERNAL
            for key, text in (("location", data.name), ("offset", layer * each), ("length", each)):
                weight.external_data.add(key=key, value=str(text))
            weights.append(weight)
            nodes.append(onnx.helper.make_node("MatMul", [value, f"w{layer}"], [f"p{layer}"]))
            nodes.append(onnx.helper.make_node("Relu", [f"p{layer}"], [f"y{layer}"]))
            value = f"y{layer}"
        tensors = [onnx.helper.make_tensor_value_info(n, 1, [1, WIDE]) for n in ("x", value)]
        graph = onnx.helper.make_graph(nodes, "large", tensors[:1], tensors[1:], weights)
        opset = onnx.helper.make_opsetid("", 17)
        path.write_bytes(
            onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString()
        )
    return path, path.stat().st_size + LAYERS * each


def compile_model(hone, model, output, flags):
    """Seconds of processor time and by the clock, and peak bytes, of a process of its own."""
    start = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with open(os.devnull, "wb") as null:
            os.dup2(null.fileno(), 1)
        os.execv(hone, [str(hone), "compile", str(model), "-o", str(output), *flags])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError(f"hone compile {model}: status {status}")
    seconds = time.perf_counter() - start
    return usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss * 1024


def compile_times(hone, model, folder, choices):
    """For each choice of flags: medians of rounds in which they take turns."""
    taken = [[] for _ in choices]
    for _ in range(ROUNDS):
        for times, flags in zip(taken, choices, strict=True):
            times.append(compile_model(hone, model, f"{folder}/net.so", flags)[:2])
    return [
        " / ".join(f"{statistics.median(column):.3f}" for column in zip(*times, strict=True))
        for times in taken
    ]


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, default=root / "../shared/data/onnx")
    parser.add_argument("--work", type=pathlib.Path, default=root / "build/nets")
    parser.add_argument("--hone", type=pathlib.Path, default=root / "build/release/bin/hone")
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    print(
        "| net | model, KB | program, KB | its memory, MB | compiler's memory / model "
        "| compile, CPU s / s | unchecked | three variants |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    rows = [(row, find_model(name, options.data, options.work), []) for row, name in MODELS]
    if options.large:
        rows.append(("large", None, ["--weights", "external"]))
    for row, model, flags in rows:
        if row == "large":
            model, size = build_large(options.work)
        elif model is None:
            print(f"{row}: skipped, {options.data} has no such model")
            continue
        else:
            size = model.stat().st_size
        with tempfile.TemporaryDirectory(dir=options.work) as folder:
            archive, program = f"{folder}/net.a", f"{folder}/net"
            native = ["--name", "net", "--cpu", "native", *flags]
            *_, peak = compile_model(options.hone, model, archive, native)
            choices = [native, [*native, "--verify", "none"], flags]
            times = compile_times(options.hone, model, folder, choices)
            subprocess.run(
                ["clang-22", "-O2", "-s", "-Wl,--gc-sections", "-fuse-ld=lld", f"-I{folder}"]
                + [str(root / "bench/onnx/footprint.c"), archive, "-o", program],
                check=True,
            )
            said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
            memory = int(re.search(r"(\d+) kB", said)[1]) / 1024
            print(
                f"| {row} | {size / 1024:.0f} | {pathlib.Path(program).stat().st_size / 1024:.1f} | "
                f"{memory:.1f} | {peak / size:.1f} | {' | '.join(times)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
