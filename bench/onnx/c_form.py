#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models as C source, compiled by clang and gcc, beside the library that Hone
makes of them and ONNX Runtime.

    PYTHON bench/onnx/c_form.py [--data FOLDER] [--work FOLDER] [--rounds N]
        [--only NAME,…]

PYTHON is what bench/peers/nets/install.sh prints. Every form's outputs are
compared with ONNX Runtime's before it is timed (5e-4 of the largest number;
AArch64 under QEMU is compared and not timed, and skipped where there is no
QEMU). Warnings of -Wall -Wextra -pedantic are errors. Times are processor times
of one thread, in turns, medians.
"""

import argparse
import ctypes
import pathlib
import shutil
import statistics
import subprocess
import time

import engines
import numpy as np
from nets import CASES, feeds_of, find_errors, find_model

STRICT = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-Wno-psabi"]
FAST = ["-O2", "-march=native", "-ffp-contract=fast", "-shared", "-fPIC"]
NETS = ["mnist", "ultraface", "silero", "squeezenet", "encoder 17"]

DRIVER = """
#include <stdio.h>
#include <stdlib.h>
#include "net.h"
static void* read_all(const char* path) {{
  FILE* file = fopen(path, "rb");
  char* bytes = malloc(1 << 28);
  if (!file || !bytes || fread(bytes, 1, 1 << 28, file) == 0) exit(1);
  return bytes;
}}
int main(void) {{
  const void* const in[] = {{{inputs}}};
  void* const out[] = {{{outputs}}};
  const size_t bytes[] = {{{sizes}}};
  void* const memory = malloc(net_MEMORY + 64);
  if (net_run({weights}in, out, memory) != net_DONE) return 2;
  for (int i = 0; i < {count}; ++i) fwrite(out[i], 1, bytes[i], stdout);
  return 0;
}}
"""


class CForm:
    """The C source in a library, by the function that its header declares."""

    def __init__(self, folder, compiler, feeds, outputs):
        library = folder / f"{compiler}.so"
        command = [compiler, *STRICT, *FAST, folder / "net.c", "-o", library, "-lm"]
        start = time.perf_counter()
        subprocess.run(command, check=True)
        self.seconds = time.perf_counter() - start
        self.run = ctypes.CDLL(str(library)).net_run
        self.inputs = [np.ascontiguousarray(a) for a in feeds]
        self.outputs = [np.empty_like(a) for a in outputs]
        bytes_of = memory_of(folder)
        self.memory = np.empty(bytes_of // 8 + 16, np.float64)
        self.memory[:] = np.nan

        def pointers(arrays):
            return (ctypes.c_void_p * len(arrays))(*[a.ctypes.data for a in arrays])

        weights = folder / "net.weights"
        self.weights = np.fromfile(weights, np.float64) if weights.exists() else None
        self.arguments = [pointers(self.inputs), pointers(self.outputs)]
        self.arguments += [ctypes.c_void_p(-(-self.memory.ctypes.data // 64) * 64)]
        if self.weights is not None:
            self.arguments.insert(0, ctypes.c_void_p(self.weights.ctypes.data))

    def __call__(self):
        if self.run(*self.arguments) != 0:
            raise RuntimeError("net_run failed")


def memory_of(folder):
    for line in (folder / "net.h").read_text().splitlines():
        if line.startswith("#define net_MEMORY "):
            return int(line.split()[-1])
    raise RuntimeError("the header says no memory")


def run_on_aarch64(folder, feeds, outputs):
    """The outputs as QEMU has them; None without QEMU or the other C library."""
    emulator = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
    if emulator is None:
        return None
    for i, array in enumerate(feeds):
        (folder / f"in{i}").write_bytes(np.ascontiguousarray(array).tobytes())
    weights = (folder / "net.weights").exists()
    (folder / "driver.c").write_text(
        DRIVER.format(
            inputs=", ".join(f'read_all("{folder}/in{i}")' for i in range(len(feeds))),
            outputs=", ".join(f"malloc({a.nbytes + 64})" for a in outputs),
            sizes=", ".join(str(a.nbytes) for a in outputs),
            weights=f'read_all("{folder}/net.weights"), ' if weights else "",
            count=len(outputs),
        )
    )
    binary = folder / "aarch64"
    command = ["clang-22", "--target=aarch64-linux-gnu", "-fuse-ld=lld", "-static", *STRICT, "-O2"]
    command += [folder / "net.c", folder / "driver.c", "-o", binary, "-lm"]
    if subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0:
        return None
    made = subprocess.run([emulator, binary], check=True, capture_output=True).stdout
    result, at = [], 0
    for array in outputs:
        result.append(np.frombuffer(made, array.dtype, array.size, at).reshape(array.shape))
        at += array.nbytes
    return result


def time_of(call, seconds=0.03):
    start = time.process_time()
    turns = 0
    while turns == 0 or time.process_time() - start < seconds:
        call()
        turns += 1
    return (time.process_time() - start) / turns


def check(name, ours, theirs):
    # Parts of a thousandth of the largest number.
    error = max(part for part, _ in find_errors(ours, theirs, [None] * len(ours))) * 1e-3
    if error > 5e-4:
        raise SystemExit(f"{name}: wrong by {error:.0e}")
    return error


def main():
    root = engines.ROOT
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, default=root / "../shared/data/onnx")
    parser.add_argument("--work", type=pathlib.Path, default=root / "build/nets")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default=",".join(NETS))
    parser.add_argument("--hone", type=pathlib.Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    cases = {row: (name, shapes) for row, name, shapes in CASES}
    print("| net | C, KB | clang, ms | gcc, ms | library | ONNX Runtime | clang / library | AArch64 | error |")
    print("|---|" + "---:|" * 8, flush=True)
    for row in options.only.split(","):
        name, shapes = cases[row]
        model = find_model(name, options.data, options.work)
        if model is None:
            print(f"{row}: skipped, {options.data} has no such model")
            continue
        folder = (options.work / f"c_{name}").resolve()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        feeds = feeds_of(engines.folded(model), shapes)
        runtime = engines.Runtime(engines.folded(model))
        peer = runtime.prepare(feeds)
        hone = engines.Hone(model, folder / "net.so", shapes, 1, ["--cpu", "native"], options.hone)
        library = hone.prepare(feeds)
        library()
        check(row, hone.outputs, runtime.results())
        engines.Hone.compile_only(model, folder / "net.c", shapes, [], options.hone)
        calls = {"library": library, "ort": peer}
        errors = []
        for compiler in ("clang-22", "gcc"):
            form = CForm(folder, compiler, hone.inputs, hone.outputs)
            form()
            errors.append(check(f"{row}, {compiler}", form.outputs, runtime.results()))
            calls[compiler] = form
        other = run_on_aarch64(folder, hone.inputs, hone.outputs)
        aarch64 = "–"
        if other is not None:
            aarch64 = f"{check(f'{row}, AArch64', other, runtime.results()):.0e}"
        times = {key: [] for key in calls}
        for _ in range(options.rounds):
            for key, call in calls.items():
                times[key].append(time_of(call) * 1e3)
        at = {key: statistics.median(values) for key, values in times.items()}
        ratio = statistics.median(a / b for a, b in zip(times["clang-22"], times["library"]))
        size = (folder / "net.c").stat().st_size / 1000
        print(
            f"| {row} | {size:.0f} | {at['clang-22']:.3g} | {at['gcc']:.3g} | {at['library']:.3g} | "
            f"{at['ort']:.3g} | {ratio:.2f} | {aarch64} | {max(errors):.0e} |",
            flush=True,
        )
        hone.close()


if __name__ == "__main__":
    main()
