#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that the plan schedules as loop trees, with random shapes and
attributes, compiled for three processors, every element against the reference
interpreter.

    bench/onnx/random_operators.py [--count N] [--seed S] [--hone BIN]

Prints how many of each operator agreed, and each graph that did not: as a file,
with what `hone compile --verify full` said. Exit code 1 where there is one.
"""

import argparse
import collections
import math
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def text_of(dims):
    return "[" + ", ".join(map(str, dims)) + "]"


def tensors(**shapes):
    """'%x: f32[2, 3], …'; a shape may be (type, dims)."""
    named = ((n, s if isinstance(s, tuple) else ("f32", s)) for n, s in shapes.items() if s is not None)
    return ", ".join(f"%{name}: {kind}{text_of(dims)}" for name, (kind, dims) in named)


# Each gives inputs, constants, the result's shape, and the node; or None where
# the shapes that were drawn make no sense.


def conv(r):
    axes, group, outputs = r.choice([1, 2, 3]), r.choice([1, 1, 2, 3]), r.randint(1, 20)
    kernel, before, after = ([r.randint(low, 4 - 2 * (low == 0)) for _ in range(axes)] for low in (1, 0, 0))
    strides, dilations = ([r.randint(1, most) for _ in range(axes)] for most in (3, 2))
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    x = [span + r.randint(0, r.choice([3, 12, 40])) for span in spans]
    y = [(a + b + c - s) // t + 1 for a, b, c, s, t in zip(x, before, after, spans, strides)]
    images, channels = r.randint(1, 2), r.randint(1, 5)
    bias = [group * outputs] if r.random() < 0.5 else None
    inputs = tensors(x=[images, group * channels, *x], w=[group * outputs, channels, *kernel], b=bias)
    return inputs, "", [images, group * outputs, *y], (
        f"Conv(%x, %w{', %b' if bias else ''}) {{group = {group}, strides = {text_of(strides)}, "
        f"dilations = {text_of(dilations)}, pads = {text_of(before + after)}}}"
    )


def conv_transpose(r):
    axes, group, outputs = r.choice([1, 1, 2, 2, 3]), r.choice([1, 1, 2]), r.randint(1, 5)
    kernel, strides = ([r.randint(1, most) for _ in range(axes)] for most in (5, 4))
    before, after = ([r.randint(0, 3) for _ in range(axes)] for _ in range(2))
    more = [r.randint(0, s - 1) for s in strides]
    x = [r.randint(1, r.choice([4, 20])) for _ in range(axes)]
    y = [s * (a - 1) + m + k - p - q for s, a, m, k, p, q in zip(strides, x, more, kernel, before, after)]
    if min(y) < 1:
        return None
    images, channels = r.randint(1, 2), r.randint(1, 6)
    bias = [group * outputs] if r.random() < 0.5 else None
    inputs = tensors(x=[images, group * channels, *x], w=[group * channels, outputs, *kernel], b=bias)
    return inputs, "", [images, group * outputs, *y], (
        f"ConvTranspose(%x, %w{', %b' if bias else ''}) {{group = {group}, strides = {text_of(strides)}, "
        f"pads = {text_of(before + after)}, output_padding = {text_of(more)}}}"
    )


def einsum(r):
    letters = "abcdefg"[: r.randint(2, 5)]
    extents = {letter: r.choice([1, 2, 3, 7, 16, 17, 33]) for letter in letters}
    terms = ["".join(r.sample(letters, r.randint(1, min(4, len(letters))))) for _ in range(r.randint(1, 3))]
    used = sorted(set("".join(terms)))
    if math.prod(extents[letter] for letter in used) > 2e6:
        return None
    output = "".join(r.sample(used, r.randint(0, min(4, len(used)))))
    inputs = tensors(**{f"x{i}": [extents[c] for c in term] for i, term in enumerate(terms)})
    names = ", ".join(f"%x{i}" for i in range(len(terms)))
    equation = f"{','.join(terms)}->{output}"
    return inputs, "", [extents[c] for c in output], f'Einsum({names}) {{equation = "{equation}"}}'


def matmul(r):
    m, k, n = (r.choice([1, 2, 5, 16, 17, 40, 64]) for _ in range(3))
    batch = [r.choice([1, 2, 3]) for _ in range(r.randint(0, 3))]
    a, b = ([size if r.random() < 0.7 else 1 for size in batch][r.choice([0, 0, 0, 1]) :] for _ in range(2))
    rank = max(len(a), len(b))
    y = [max(pair) for pair in zip([1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b)]
    row, column = (not own and r.random() < 0.4 for own in (a, b))
    y += ([] if row else [m]) + ([] if column else [n])
    return tensors(a=a + ([k] if row else [m, k]), b=b + ([k] if column else [k, n])), "", y, "MatMul(%a, %b)"


def gemm(r):
    m, k, n = (r.choice([1, 2, 5, 16, 17, 40, 64]) for _ in range(3))
    turn_a, turn_b = r.randint(0, 1), r.randint(0, 1)
    c = r.choice([None, [], [1], [n], [m, 1], [1, n], [m, n]])
    inputs = tensors(a=[k, m] if turn_a else [m, k], b=[n, k] if turn_b else [k, n], c=c)
    return inputs, "", [m, n], (
        f"Gemm(%a, %b{'' if c is None else ', %c'}) {{transA = {turn_a}, transB = {turn_b}, "
        f"alpha = {r.choice(['1.0', '0.5'])}, beta = {r.choice(['1.0', '2.0'])}}}"
    )


def gather(r):
    x = [r.choice([1, 2, 5, 17, 30]) for _ in range(r.randint(1, 4))]
    axis = r.randrange(-len(x), len(x))
    places = [r.choice([1, 2, 5]) for _ in range(r.randint(0, 2))]
    at = axis % len(x)
    inputs = tensors(x=x, i=(r.choice(["i64", "i32"]), places))
    return inputs, "", x[:at] + places + x[at + 1 :], f"Gather(%x, %i) {{axis = {axis}}}"


def resize(r):
    x = [r.choice([1, 2, 5, 9, 14]) for _ in range(r.randint(1, 4))]
    scales = [struct.unpack("f", struct.pack("f", r.choice([1, 1, 2, 3, 0.5, 1.7, 0.6])))[0] for _ in x]
    y = [math.floor(size * scale) for size, scale in zip(x, scales)]
    if min(y) < 1:
        return None
    mode = r.choice(["nearest", "linear", "cubic"])
    words = [f'mode = "{mode}"']
    transforms = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"]
    words.append(f'coordinate_transformation_mode = "{r.choice(transforms)}"')
    if mode == "nearest":
        words.append(f'nearest_mode = "{r.choice(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])}"')
    elif r.random() < 0.3:
        words.append("antialias = 1")
    if mode == "cubic" and r.random() < 0.3:
        words.append("exclude_outside = 1")
    constants = f"  %none: f32[0] = const []\n  %scales: f32[{len(x)}] = const {text_of(scales)}\n"
    return tensors(x=x), constants, y, f"Resize(%x, %none, %scales) {{{', '.join(words)}}}"


def pad(r):
    x = [r.choice([2, 3, 5, 17]) for _ in range(r.randint(1, 4))]
    before = [r.randint(-1, min(3, size - 1)) for size in x]
    after = [r.randint(-1 if size > 2 else 0, min(3, size - 1)) for size in x]
    y = [sum(sizes) for sizes in zip(x, before, after)]
    if min(y) < 1:
        return None
    mode = r.choice(["constant", "reflect", "edge", "wrap"])
    fill = ", %fill" if mode == "constant" and r.random() < 0.5 else ""
    constants = f"  %pads: i64[{2 * len(x)}] = const {text_of(before + after)}\n  %fill: f32[] = const [1.5]\n"
    return tensors(x=x), constants, y, f'Pad(%x, %pads{fill}) {{mode = "{mode}"}}'


def normalization(r):
    channels = r.choice([1, 3, 6, 16])
    x = [r.randint(1, 2), channels] + [r.choice([1, 3, 7, 20]) for _ in range(r.randint(1, 3))]
    groups = r.choice([d for d in range(1, channels + 1) if channels % d == 0])
    node = r.choice([f"GroupNormalization(%x, %s, %b) {{num_groups = {groups}}}", "InstanceNormalization(%x, %s, %b)"])
    return tensors(x=x, s=[channels], b=[channels]), "", x, node


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hone", default=str(ROOT / "build/release/bin/hone"))
    options = parser.parse_args()
    r = random.Random(options.seed)
    kinds = [conv, conv_transpose, einsum, matmul, gemm, gather, resize, pad, normalization]
    agreed, failed = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "operator.graph"
        while agreed.total() + failed < options.count:
            kind = r.choice(kinds)
            drawn = kind(r)
            if drawn is None:
                continue
            inputs, constants, shape, node = drawn
            file.write_text(f'graph "g" ({inputs}) -> (%y) {{\n{constants}  %y: f32{text_of(shape)} = {node}\n}}\n')
            cpu = r.choice(["native", "x86-64-v3", "x86-64-v2"])
            command = [options.hone, "compile", file, "-o", file.with_suffix(".so"), "--cpu", cpu]
            done = subprocess.run([*command, "--verify", "full", "-q"], capture_output=True, text=True)
            if done.returncode == 0:
                agreed[kind.__name__] += 1
                continue
            failed += 1
            print(f"{file.read_text()}for {cpu}: {done.stderr.strip()}\n", flush=True)
    for name, count in sorted(agreed.items()):
        print(f"{name:<16}{count:>6}")
    print(f"agreed {agreed.total()}, failed {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
