#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Bytes and peak memory of models from a short C driver, and of the compiler.

    PYTHON bench/onnx/footprint.py [--data FOLDER] [--work FOLDER] [--hone BIN]

Each model is compiled for this machine to a static library, linked with
footprint.c, stripped and run once; peak memory is what the kernel says of that
process. The compiler's peak is that of `hone compile`, beside the model's size.
"""

import argparse
import os
import pathlib
import re
import resource
import subprocess
import tempfile

from nets import find_model

MODELS = [("mnist", "mnist_8"), ("ultraface", "ultraface_rfb_320"), ("resnet50", "resnet50")]


def compile_model(hone, model, output, flags):
    """Seconds of processor time and peak bytes of a process of its own."""
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with open(os.devnull, "wb") as null:
            os.dup2(null.fileno(), 1)
        os.execv(hone, [str(hone), "compile", str(model), "-o", str(output), *flags])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError(f"hone compile {model}: status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, default=root / "../shared/data/onnx")
    parser.add_argument("--work", type=pathlib.Path, default=root / "build/nets")
    parser.add_argument("--hone", type=pathlib.Path, default=root / "build/release/bin/hone")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    print("| net | model, KB | program, KB | its memory, MB | compiler's memory / model | compile, CPU s | unchecked |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for row, name in MODELS:
        model = find_model(name, options.data, options.work)
        if model is None:
            print(f"{row}: skipped, {options.data} has no such model")
            continue
        with tempfile.TemporaryDirectory() as folder:
            archive, program = f"{folder}/net.a", f"{folder}/net"
            flags = ["--name", "net", "--cpu", "native"]
            checked, peak = compile_model(options.hone, model, archive, flags)
            plain, _ = compile_model(options.hone, model, archive, [*flags, "--verify", "none"])
            subprocess.run(
                ["clang-22", "-O2", "-s", "-Wl,--gc-sections", "-fuse-ld=lld", f"-I{folder}"]
                + [str(root / "bench/onnx/footprint.c"), archive, "-o", program],
                check=True,
            )
            said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
            memory = int(re.search(r"(\d+) kB", said)[1]) / 1024
            size = model.stat().st_size
            print(
                f"| {row} | {size / 1024:.0f} | {pathlib.Path(program).stat().st_size / 1024:.1f} | "
                f"{memory:.1f} | {peak / size:.1f} | {checked:.2f} | {plain:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
