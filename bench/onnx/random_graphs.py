#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random valid graphs of 3 to 15 nodes, of mixed operators, types and sizes (0
and 1 among them), through the whole compiler; every element of every stored
value against the reference interpreter.

    bench/onnx/random_graphs.py [--count N] [--seed S] [--hone BIN] [--keep FOLDER]

Prints how many compiled and agreed and how many were refused, by reason, and
each graph that crashed the compiler or computed something else. Exit code 1
where there is one. A graph depends on its own seed only, which is printed.
"""

import argparse
import collections
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOATS, INTEGERS = ["f32"] * 6 + ["f64", "f16", "bf16"], ["i64", "i32", "i8", "u8"]
UNARY = ["Relu", "Sigmoid", "Tanh", "Abs", "Neg", "Erf", "Softplus", "HardSwish", "Gelu", "Floor", "Elu"]
UNARY += ["LeakyRelu", "Softsign", "Round", "Sign", "Cos", "Identity", "Mish"]
REDUCTIONS = ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceSumSquare"]


def text_of(numbers):
    return "[" + ", ".join(map(str, numbers)) + "]"


class Graph:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.lines, self.values, self.inputs, self.used = [], [], [], set()
        for _ in range(self.r.randint(1, 3)):
            kind = self.r.choice(FLOATS if self.r.random() < 0.8 else INTEGERS)
            name = f"%x{len(self.inputs)}"
            self.inputs.append((name, kind, self.dims()))
            self.values.append(self.inputs[-1])
        wanted = self.r.randint(3, 15)
        for _ in range(200):
            if len(self.values) - len(self.inputs) >= wanted:
                break
            self.add_node()

    def dims(self):
        sizes = [0] + [1] * 5 + [2, 3, 4, 5, 8, 16, 17, 33] * 3
        dims = [self.r.choice(sizes) for _ in range(self.r.choice([0, 1, 2, 3, 4, 4]))]
        while math.prod(dims) > 20000:
            dims[dims.index(max(dims))] = 2
        return dims

    def constant(self, kind, dims, numbers=None):
        name = f"%c{len(self.lines)}"
        if numbers is None:
            numbers = [self.r.randint(-8, 8) for _ in range(math.prod(dims))]
            if kind == "u8":
                numbers = [abs(n) for n in numbers]
            if kind[0] in "fb" and kind != "bool":
                numbers = [n / 8 for n in numbers]
        # Text has no numbers of 16 bits.
        stored = "f32" if kind in ("f16", "bf16") else kind
        self.lines.append(f"{name}: {stored}{text_of(dims)} = const {text_of(numbers)}")
        if stored != kind:
            self.lines.append(f"%c{len(self.lines)} = Cast({name}) {{to = {10 if kind == 'f16' else 16}}}")
            name = f"%c{len(self.lines) - 1}"
        return name

    def node(self, kind, dims, operator, operands, **attributes):
        name = f"%v{len(self.lines)}"
        words = ", ".join(f"{k} = {text_of(v) if isinstance(v, list) else v}" for k, v in attributes.items())
        self.lines.append(f"{name} = {operator}({', '.join(operands)})" + (f" {{{words}}}" if words else ""))
        self.used.update(operands)
        if math.prod(dims) <= 40000:
            self.values.append((name, kind, dims))

    def partner(self, kind, dims):
        """Something that can be broadcast with it, and the sizes of both."""
        own = [size if self.r.random() < 0.7 else 1 for size in dims][self.r.choice([0, 0, 0, 1, 2]) :]
        same = [v for v in self.values if v[1] == kind and v[2] == dims]
        if same and self.r.random() < 0.5:
            return self.r.choice(same)[0]
        return self.constant(kind, own)

    def add_node(self):
        r = self.r
        x, kind, dims = r.choice(self.values[-4:] if r.random() < 0.7 else self.values)
        rank, is_float = len(dims), kind in FLOATS
        axis = r.randrange(rank) if rank else 0
        choice = r.choice([m for m in dir(self) if m.startswith("add_") and m != "add_node"])
        getattr(self, choice)(x, kind, dims, rank, is_float, axis)

    def add_unary(self, x, kind, dims, rank, is_float, axis):
        if is_float:
            self.node(kind, dims, self.r.choice(UNARY), [x])

    def add_binary(self, x, kind, dims, rank, is_float, axis):
        if kind == "bool":
            return
        operator = self.r.choice(["Add", "Sub", "Mul", "Max", "Min"])
        pair = [x, self.partner(kind, dims)]
        if operator not in ("Max", "Min") and self.r.random() < 0.3:
            pair.reverse()
        self.node(kind, dims, operator, pair)

    def add_choice(self, x, kind, dims, rank, is_float, axis):
        if kind == "bool":
            return
        other = self.partner(kind, dims)
        self.node("bool", dims, self.r.choice(["Less", "Equal", "GreaterOrEqual"]), [x, other])
        self.node(kind, dims, "Where", [self.values[-1][0], x, other])

    def add_cast(self, x, kind, dims, rank, is_float, axis):
        codes = {"f32": 1, "u8": 2, "i8": 3, "i32": 6, "i64": 7, "bool": 9, "f16": 10, "f64": 11, "bf16": 16}
        to = self.r.choice(["f32", "f64", "f16", "bf16"] if is_float else list(codes))
        self.node(to, dims, "Cast", [x], to=codes[to])

    def add_reshape(self, x, kind, dims, rank, is_float, axis):
        count, wanted = math.prod(dims), []
        while count > 1 and len(wanted) < 3:
            divisor = self.r.choice([d for d in (1, 2, 3, 4, 5, 8, 16, 17) if count % d == 0])
            wanted.append(divisor)
            count //= divisor
        wanted.append(count)
        self.r.shuffle(wanted)
        if math.prod(dims) == 0:
            wanted = [0] + [s for s in wanted if s]
            return self.node(kind, wanted, "Reshape", [x, self.constant("i64", [len(wanted)], wanted)], allowzero=1)
        return self.node(kind, wanted, "Reshape", [x, self.constant("i64", [len(wanted)], wanted)])

    def add_transpose(self, x, kind, dims, rank, is_float, axis):
        perm = self.r.sample(range(rank), rank)
        self.node(kind, [dims[p] for p in perm], "Transpose", [x], perm=perm)

    def add_concat(self, x, kind, dims, rank, is_float, axis):
        if rank and kind != "bool":
            other = list(dims)
            other[axis] = self.r.choice([0, 1, 3, 16])
            parts = [x, self.constant(kind, other)] + ([x] if self.r.random() < 0.3 else [])
            self.r.shuffle(parts)
            whole = list(dims)
            whole[axis] = dims[axis] * (len(parts) - 1) + other[axis]
            self.node(kind, whole, "Concat", parts, axis=axis)

    def add_slice(self, x, kind, dims, rank, is_float, axis):
        if rank and dims[axis] > 1:
            start = self.r.randrange(dims[axis])
            end = self.r.randint(start, dims[axis])
            step = self.r.choice([1, 1, 2])
            lists = [self.constant("i64", [1], [n]) for n in (start, end, axis, step)]
            whole = list(dims)
            whole[axis] = -(-(end - start) // step)
            self.node(kind, whole, "Slice", [x, *lists])

    def add_pad(self, x, kind, dims, rank, is_float, axis):
        if rank and kind != "bool":
            before, after = ([self.r.randint(0, 2) for _ in dims] for _ in range(2))
            whole = [a + b + c for a, b, c in zip(before, dims, after)]
            self.node(kind, whole, "Pad", [x, self.constant("i64", [2 * rank], before + after)])

    def add_gather(self, x, kind, dims, rank, is_float, axis):
        if rank and dims[axis] > 0:
            places = [self.r.randrange(-dims[axis], dims[axis]) for _ in range(self.r.choice([0, 1, 4]))]
            whole = dims[:axis] + [len(places)] + dims[axis + 1 :]
            self.node(kind, whole, "Gather", [x, self.constant("i64", [len(places)], places)], axis=axis)

    def add_reduction(self, x, kind, dims, rank, is_float, axis):
        if rank and is_float and 0 not in dims:
            axes = sorted(self.r.sample(range(rank), self.r.randint(1, rank)))
            keep = self.r.randint(0, 1)
            left = [1 if i in axes else d for i, d in enumerate(dims) if keep or i not in axes]
            operands = [x, self.constant("i64", [len(axes)], axes)]
            self.node(kind, left, self.r.choice(REDUCTIONS), operands, keepdims=keep)

    def add_softmax(self, x, kind, dims, rank, is_float, axis):
        if rank and is_float and 0 not in dims:
            self.node(kind, dims, self.r.choice(["Softmax", "LogSoftmax"]), [x], axis=axis)

    def add_normalization(self, x, kind, dims, rank, is_float, axis):
        if rank and kind == "f32" and 0 not in dims:
            scale = self.constant(kind, [dims[-1]])
            self.node(kind, dims, self.r.choice(["LayerNormalization", "RMSNormalization"]), [x, scale])

    def add_matmul(self, x, kind, dims, rank, is_float, axis):
        if rank >= 2 and is_float and dims[-1] > 0:
            n = self.r.choice([1, 3, 16, 17])
            self.node(kind, dims[:-1] + [n], "MatMul", [x, self.constant(kind, [dims[-1], n])])

    def add_product_with_itself(self, x, kind, dims, rank, is_float, axis):
        if rank >= 2 and is_float and math.prod(dims) * dims[-2] < 20000:
            perm = [*range(rank - 2), rank - 1, rank - 2]
            turned = dims[:-2] + [dims[-1], dims[-2]]
            self.node(kind, turned, "Transpose", [x], perm=perm)
            self.node(kind, dims[:-1] + [dims[-2]], "MatMul", [x, self.values[-1][0]])

    def add_convolution(self, x, kind, dims, rank, is_float, axis):
        if rank == 4 and kind == "f32" and 0 not in dims:
            size, pad, stride = self.r.choice([(1, 0, 1), (3, 1, 1), (3, 1, 2), (2, 0, 1)])
            outputs = self.r.choice([1, 3, 16, 17])
            planes = [(d + 2 * pad - size) // stride + 1 for d in dims[2:]]
            if min(d + 2 * pad for d in dims[2:]) >= size:
                w = self.constant(kind, [outputs, dims[1], size, size])
                attributes = {"pads": [pad] * 4, "strides": [stride] * 2}
                self.node(kind, [dims[0], outputs, *planes], "Conv", [x, w], **attributes)

    def add_pooling(self, x, kind, dims, rank, is_float, axis):
        if rank == 4 and kind == "f32" and 0 not in dims and min(dims[2:]) >= 2:
            operator = self.r.choice(["MaxPool", "AveragePool"])
            planes = [(d - 2) // 2 + 1 for d in dims[2:]]
            self.node(kind, dims[:2] + planes, operator, [x], kernel_shape=[2, 2], strides=[2, 2])

    def add_others(self, x, kind, dims, rank, is_float, axis):
        if rank and is_float and dims[axis] > 0:
            one = self.constant("i64", [], [axis])
            self.node(kind, dims, "CumSum", [x, one], exclusive=self.r.randint(0, 1), reverse=self.r.randint(0, 1))
        if rank and kind == "f32" and 0 not in dims:
            left = dims[:axis] + [1] + dims[axis + 1 :]
            self.node("i64", left, self.r.choice(["ArgMax", "ArgMin"]), [x], axis=axis)

    def text(self):
        leaves = [v[0] for v in self.values[len(self.inputs) :] if v[0] not in self.used]
        inputs = ", ".join(f"{n}: {k}{text_of(d)}" for n, k, d in self.inputs)
        body = "\n".join("  " + line for line in self.lines)
        return f'graph "g" ({inputs}) -> ({", ".join(leaves)}) {{\n{body}\n}}\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hone", default=str(ROOT / "build/release/bin/hone"))
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for graphs that fail")
    options = parser.parse_args()
    refused, agreed, failed = collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "random.graph"
        for seed in range(options.seed, options.seed + options.count):
            graph = Graph(seed)
            if len(graph.values) == len(graph.inputs):
                continue
            file.write_text(graph.text())
            cpu = graph.r.choice(["native", "native", "x86-64-v3", "x86-64-v2"])
            command = [options.hone, "compile", file, "-o", file.with_suffix(".so"), "--cpu", cpu]
            done = subprocess.run([*command, "--verify", "full", "-q"], capture_output=True, text=True)
            error = done.stderr.strip()
            if done.returncode == 0:
                agreed += 1
            elif done.returncode == 2 and "reference interpreter says" not in error:
                refused[re.sub(r"'[^']*'|\d+|%\w+", "_", error)[:110]] += 1
            else:
                failed += 1
                print(f"seed {seed} for {cpu}, exit {done.returncode}: {error}\n{graph.text()}", flush=True)
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{seed}.graph").write_text(graph.text())
    for reason, count in refused.most_common():
        print(f"{count:>6}  {reason}")
    print(f"agreed {agreed}, refused {refused.total()}, failed {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
