#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whole nets against ONNX Runtime and OpenVINO, f32, in the same run.

    PYTHON bench/onnx/nets.py [--data FOLDER] [--work FOLDER] [--only NAME,…]
        [--rounds N] [--threads N] [--clock cpu] [--hone BIN]

PYTHON is what bench/peers/nets/install.sh prints. DATA is the folder of the
four real models, WORK keeps the others. Each net is compiled with the default
check, its outputs are compared with both peers' before anything is timed, and
the three run in turns of about 20 ms on one processor; with `--threads`, on
all, after a pause in which the threads of the one before go to sleep. A row has the medians
and the quartiles of Hone, its ratio to the better peer within a round, the
first call, the 99th percentile of single calls, the compile time and the
kernels. `--clock cpu` counts processor time instead, for a busy machine.
"""

import argparse
import math
import os
import pathlib
import statistics
import time

import engines
import numpy as np
import onnx
from build_nets import HEADS, LAYERS, NETS, WIDE


def cached(past):
    shapes = {"x": [1, 1, WIDE]}
    for layer in range(LAYERS):
        for kind in "kv":
            shapes[f"past_{kind}{layer}"] = [1, HEADS, past, WIDE // HEADS]
    return shapes


# Row, model, sizes of the inputs that the model leaves open. They are given when
# it is compiled, but for the models named in OPEN: one library, or session, of
# each engine is compiled with open sizes and runs all rows of the model.
CASES = [
    ("mnist", "mnist_8", {}),
    ("super-resolution", "super_resolution_10", {"input": [1, 1, 224, 224]}),
    ("ultraface", "ultraface_rfb_320", {}),
    ("silero", "silero_vad", {"input": [1, 512], "state": [2, 1, 128], "sr": []}),
]
OPEN = {"decoder", "detector", "encoder", "squeezenet_open", "upscaler"}
# Those of ablate.py.
ABLATED = {"channels_last", "shufflenet_qdq"}
CASES += [(name, name, {}) for name in sorted(NETS) if name not in OPEN | ABLATED]
CASES += [(f"encoder {n}", "encoder", {"x": [1, n, WIDE]}) for n in (128, 17, 61, 200, 333)]
CASES += [(f"decoder {n}", "decoder", cached(n)) for n in (16, 127, 500)]
CASES += [(f"{n} images, squeezenet", "squeezenet_open", {"x": [n, 3, 224, 224]}) for n in (1, 2, 8)]
for name, channels in (("upscaler", 1), ("detector", 3)):
    for n, height, width in ((1, 240, 320), (2, 144, 176), (1, 96, 80)):
        CASES.append((f"{name} {n}x{height}x{width}", name, {"x": [n, channels, height, width]}))


def find_model(name, data, work):
    if (data / name / "model.onnx").exists():
        return data / name / "model.onnx"
    if name not in NETS:
        return None
    path = work / f"{name}.onnx"
    if not path.exists():
        onnx.save(NETS[name](), path)
    return path


def feeds_of(model, shapes):
    random = np.random.RandomState(0)
    kinds = {onnx.TensorProto.FLOAT: np.float32, onnx.TensorProto.INT64: np.int64}
    feeds = {}
    for value in model.graph.input:
        tensor = value.type.tensor_type
        dims = shapes.get(value.name, [d.dim_value for d in tensor.shape.dim])
        if value.name == "sr":
            feeds[value.name] = np.array(16000, np.int64)
        else:
            feeds[value.name] = random.uniform(-1, 1, dims).astype(kinds[tensor.elem_type])
    return feeds


def output_units(model):
    """Of each output that a DequantizeLinear makes: what one unit of its bytes
    stands for; else nothing."""
    weights = {w.name: onnx.numpy_helper.to_array(w) for w in model.graph.initializer}
    makers = {output: node for node in model.graph.node for output in node.output}
    units = []
    for output in model.graph.output:
        node = makers.get(output.name)
        is_bytes = node is not None and node.op_type == "DequantizeLinear"
        units.append(float(weights[node.input[1]].max()) if is_bytes else None)
    return units


def find_errors(ours, theirs, units):
    """Of each output: the largest difference in parts of what is allowed, and
    as text. Of bytes one unit, rounded the other way; of numbers a thousandth
    of the largest."""
    errors = []
    for a, b, unit in zip(ours, theirs, units, strict=True):
        scale = unit or max(float(np.abs(b).max()), 1e-30)
        error = float(np.abs(a.astype(np.float64) - b.reshape(a.shape)).max()) / scale
        if not np.isfinite(error):
            error = 1e9
        text = f"{error:.0f} unit{'' if round(error) == 1 else 's'}" if unit else f"{error:.0e}"
        errors.append((error / (1.01 if unit else 1e-3), text))
    return errors


class Case:
    def __init__(self, row, model_path, shapes, options, engines_of):
        self.row = row
        self.threads = options.threads
        clock = time.process_time if options.clock == "cpu" else time.perf_counter
        self.clock = clock
        model = engines.folded(model_path)
        feeds = feeds_of(model, shapes)
        given = {} if model_path.stem in OPEN else shapes

        def hone():
            library = options.work / f"{row.replace(' ', '_')}.so"
            library.unlink(missing_ok=True)
            flags = ["--cpu", "native"]
            return engines.Hone(model_path, library, given, options.threads, flags, options.hone)

        self.hone = engines_of("hone", hone)
        calls = {"hone": self.hone.prepare(feeds)}
        start = clock()
        calls["hone"]()
        self.first = clock() - start
        self.errors = {}
        peers = {}
        for name, make in (
            ("ort", lambda: engines.Runtime(model, options.threads)),
            ("openvino", lambda: engines.OpenVino(model, given, options.threads)),
        ):
            try:
                peers[name] = engines_of(name, make)
                calls[name] = peers[name].prepare(feeds)
            except Exception as error:
                print(f"{row}: {name}: {str(error).splitlines()[0][:100]}", flush=True)
                continue
            self.errors[name] = max(
                find_errors(self.hone.outputs, peers[name].results(), output_units(model))
            )
        self.measure(calls, options.rounds)

    def measure(self, calls, rounds):
        clock = self.clock
        turns = {}
        for name, call in calls.items():
            start = clock()
            for _ in range(3):
                call()
            turns[name] = max(1, min(2000, round(0.02 * 3 / max(clock() - start, 1e-9))))
        self.times = {name: [] for name in calls}
        for _ in range(rounds):
            for name, call in calls.items():
                # The peers' threads spin for a while behind their last call.
                time.sleep(0.05 if self.threads > 1 else 0)
                call()
                start = clock()
                for _ in range(turns[name]):
                    call()
                self.times[name].append((clock() - start) / turns[name])
        singles = []
        for _ in range(min(300, max(20, int(2 / statistics.median(self.times["hone"]))))):
            start = clock()
            calls["hone"]()
            singles.append(clock() - start)
        self.p99 = sorted(singles)[int(len(singles) * 0.99)]
        # What other threads did lately is counted only at the system's next tick.
        time.sleep(0.01)
        start = time.process_time()
        time.sleep(0.2)
        self.idle = time.process_time() - start

    def ratio(self):
        peers = {n: statistics.median(t) for n, t in self.times.items() if n != "hone"}
        better = min(peers, key=peers.get)
        return statistics.median(a / b for a, b in zip(self.times["hone"], self.times[better]))

    def line(self):
        def ms(seconds):
            return f"{seconds * 1e3:.3g}"

        low, middle, high = statistics.quantiles(self.times["hone"], n=4)
        peers = [
            ms(statistics.median(self.times[n])) if n in self.times else "–" for n in ("ort", "openvino")
        ]
        facts = self.hone.facts
        return (
            f"| {self.row} | {ms(middle)} | {ms(low)}–{ms(high)} | {peers[0]} | {peers[1]} | "
            f"{self.ratio():.2f} | {ms(self.first)} | {ms(self.p99)} | {facts['seconds']:.2f} | "
            f"{facts['kernels']} | {max(self.errors.values())[1]} |"
        )


def main():
    parser = argparse.ArgumentParser()
    root = engines.ROOT
    parser.add_argument("--data", type=pathlib.Path, default=root / "../shared/data/onnx")
    parser.add_argument("--work", type=pathlib.Path, default=root / "build/nets")
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", choices=["cpu", "wall"], default="wall")
    parser.add_argument("--hone", type=pathlib.Path)
    options = parser.parse_args()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.threads == 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    wanted = [w for w in options.only.split(",") if w]
    print("| net | Hone, ms | quartiles | ONNX Runtime | OpenVINO | ratio | first | p99 | compile, s | kernels | error |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    ratios = []
    idle = 0
    kept = {}  # engines of open models, by model and name
    for row, name, shapes in CASES:
        if wanted and not any(row.startswith(w) for w in wanted):
            continue
        path = find_model(name, options.data, options.work)
        if path is None:
            print(f"{row}: skipped, {options.data} has no such model")
            continue

        def engines_of(engine, make, name=name):
            if name not in OPEN:
                return make()
            if (name, engine) not in kept:
                kept[name, engine] = make()
            return kept[name, engine]

        try:
            case = Case(row, path, shapes, options, engines_of)
        except RuntimeError as error:
            print(f"| {row} | not compiled: {str(error)[:300]} |", flush=True)
            continue
        print(case.line(), flush=True)
        if any(part > 1 for part, _ in case.errors.values()):
            print(f"{row}: WRONG by {case.errors}")
        ratios.append(case.ratio())
        idle = max(idle, case.idle)
        if name not in OPEN:
            case.hone.close()
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"\ngeometric mean {mean:.2f}, largest {max(ratios):.2f}, nets {len(ratios)}; ", end="")
        print(f"processor time in 0.2 s, 10 ms after a call: {idle * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
