# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Calls of operators of com.microsoft, of random sizes, that ONNX Runtime's CPU
provider takes.

Each case is a function of a numpy RandomState: (operator, attributes, inputs
(None: left out; Weight: a constant), outputs ("": not asked for)[, options]).
Options: domain; absolute, how far results may lie apart; peer, inputs for ONNX
Runtime where it wants them in another form.
"""

import math

import numpy as np
from contrib_attention_cases import CASES as ATTENTION
from contrib_values import f, i8, scale, size, u8, weight, zero

CASES = list(ATTENTION)

# --- Activations, products, normalisations -----------------------------------

CASES += [
    lambda r: ("BiasGelu", {}, [x := f(r, size(r), size(r)), weight(f(r, x.shape[1]))], ["y"]),
    lambda r: ("FastGelu", {}, [f(r, size(r), size(r))], ["y"]),
    lambda r: ("FastGelu", {}, [x := f(r, size(r), size(r)), weight(f(r, x.shape[1]))], ["y"]),
    lambda r: ("Gelu", {}, [f(r, size(r), size(r), size(r))], ["y"]),
    lambda r: ("QuickGelu", {}, [f(r, size(r), size(r))], ["y"]),
    lambda r: ("QuickGelu", {"alpha": 1.0}, [f(r, size(r))], ["y"]),
]


def fused_conv(r, name, *numbers, bias=True, summed=False, **attributes):
    n, c, m, h, w = size(r, 1, 2), size(r, 1, 5), size(r, 1, 20), size(r, 3, 9), size(r, 3, 9)
    inputs = [f(r, n, c, h, w), weight(f(r, m, c, 3, 3)), weight(f(r, m)) if bias else None]
    inputs += [f(r, n, m, h, w)] if summed else []
    given = {"activation": name, "pads": [1] * 4, **attributes}
    if numbers:
        given["activation_params"] = list(numbers)
    return ("FusedConv", given, inputs, ["y"])


CASES += [
    lambda r: fused_conv(r, "Relu"),
    lambda r: fused_conv(r, "LeakyRelu", 0.3, bias=False, strides=[2, 2]),
    lambda r: fused_conv(r, "Clip", -0.2, 0.5),
    lambda r: fused_conv(r, "HardSigmoid", 0.3, 0.4),
    lambda r: fused_conv(r, "Relu", summed=True),
    lambda r: fused_conv(r, "Tanh"),
    lambda r: fused_conv(r, "Sigmoid"),
]


def fused_gemm(r, **attributes):
    m, k, n = size(r), size(r), size(r)
    return ("FusedGemm", {"transB": 1, **attributes}, [f(r, m, k), weight(f(r, n, k)), weight(f(r, n))], ["y"])


CASES += [
    lambda r: fused_gemm(r, activation="Relu", alpha=0.5),
    lambda r: fused_gemm(r, activation="LeakyRelu", activation_alpha=0.2),
    lambda r: fused_gemm(r, activation="HardSigmoid", activation_alpha=0.2, activation_beta=0.4),
]


def fused_matmul(r, name="FusedMatMul", batches=(), **attributes):
    m, k, n = size(r), size(r), size(r)
    a = [k, m] if attributes.get("transA") else [m, k]
    b = [n, k] if attributes.get("transB") else [k, n]
    batch = [size(r, 1, 3) for _ in range(batches)] if batches else []
    # Rows stand before the batches where these are transposed.
    shapes = []
    for dims, turned in ((a, attributes.get("transBatchA")), (b, attributes.get("transBatchB"))):
        shapes.append([dims[0], *batch, dims[1]] if turned else [*batch, *dims])
    return (name, attributes, [f(r, *shapes[0]), f(r, *shapes[1])], ["y"])


CASES += [
    lambda r: fused_matmul(r, alpha=0.5, transB=1, batches=1),
    lambda r: fused_matmul(r, transA=1),
    lambda r: fused_matmul(r, transA=1, transB=1, batches=2),
    lambda r: fused_matmul(r, batches=2, alpha=2.0),
    lambda r: fused_matmul(r, transBatchA=1, batches=1),
    lambda r: fused_matmul(r, transBatchA=1, transBatchB=1, transA=1, batches=2),
    lambda r: fused_matmul(r, transBatchB=1, transB=1, batches=2),
    lambda r: fused_matmul(r, "TransposeMatMul", transA=1, alpha=0.25, batches=1),
]


def embedding(r, mask=False, kinds=True, places=False, summed=False):
    b, s, h = size(r, 1, 3), size(r), 8 * size(r, 1, 3)
    inputs = [r.randint(0, 9, (b, s)).astype(np.int32), r.randint(0, 2, (b, s)).astype(np.int32) if kinds else None]
    inputs += [weight(f(r, 9, h)), weight(f(r, 12, h)), weight(f(r, 2, h)) if kinds else None]
    inputs += [weight(f(r, h)), weight(f(r, h))]
    inputs += [(r.rand(b, s) < 0.6).astype(np.int32) if mask else None]
    inputs += [r.randint(0, 12, (b, s)).astype(np.int32)] if places else []
    while inputs[-1] is None:
        inputs.pop()
    return ("EmbedLayerNormalization", {"epsilon": 1e-5}, inputs, ["y", "index"] + (["s"] if summed else []))


def quantized_embedding(r, mask=False):
    b, s, h = size(r, 1, 3), size(r), 8 * size(r, 1, 3)
    inputs = [r.randint(0, 9, (b, s)).astype(np.int32), r.randint(0, 2, (b, s)).astype(np.int32)]
    inputs += [weight(u8(r, *dims)) for dims in ((9, h), (12, h), (2, h), (h,), (h,))]
    inputs += [(r.rand(b, s) < 0.6).astype(np.int32) if mask else None]
    inputs += [scale(0.01 * (i + 1)) for i in range(5)] + [zero(100 + i) for i in range(5)]
    return ("QEmbedLayerNormalization", {"epsilon": 1e-5}, inputs, ["y", "index"])


def skip(r, name, bias=False, outputs=("y",)):
    b, s, h = size(r, 1, 3), size(r), 8 * size(r, 1, 3)
    inputs = [f(r, b, s, h), f(r, b, s, h), weight(f(r, h))]
    if name == "SkipLayerNormalization":
        inputs += [weight(f(r, h))]
    inputs += [weight(f(r, h))] if bias else []
    return (name, {"epsilon": 1e-5}, inputs, list(outputs))


CASES += [
    embedding,
    lambda r: embedding(r, mask=True, summed=True),
    lambda r: embedding(r, mask=True, kinds=False, places=True),
    quantized_embedding,
    lambda r: quantized_embedding(r, mask=True),
    lambda r: skip(r, "SkipLayerNormalization"),
    lambda r: skip(r, "SkipLayerNormalization", True, ("y", "", "", "s")),
    lambda r: skip(r, "SkipSimplifiedLayerNormalization", False, ("y", "", "", "s")),
    lambda r: skip(r, "SkipSimplifiedLayerNormalization", True),
    lambda r: ("SimplifiedLayerNormalization", {"axis": -1, "epsilon": 1e-5},
               [x := f(r, size(r), size(r), size(r)), weight(f(r, x.shape[2]))], ["y"], {"domain": ""}),
    lambda r: ("SimplifiedLayerNormalization", {"axis": 2},
               [x := f(r, size(r), size(r), size(r)), weight(f(r, x.shape[2]))], ["y", "inverse"], {"domain": ""}),
]

# --- Quantised ---------------------------------------------------------------


def n_bits(r, bits, zeros="", bias=False, rank=2, **attributes):
    k, n, block = size(r, 10, 80), size(r, 1, 40), int(r.choice([16, 32]))
    blocks = math.ceil(k / block)
    inputs = [f(r, *[size(r, 1, 3) for _ in range(rank - 1)], k), weight(u8(r, n, blocks, block * bits // 8))]
    inputs += [weight(r.uniform(0.01, 0.1, n * blocks).astype(np.float32))]
    if zeros == "packed":
        inputs += [weight(u8(r, n * math.ceil(blocks * bits / 8)))]
    elif zeros == "float":
        inputs += [weight(r.uniform(0, 1 << bits, [n, blocks]).astype(np.float32))]
    if bias:
        inputs += [None] * (5 - len(inputs)) + [weight(f(r, n))]
    given = {"bits": bits, "K": k, "N": n, "block_size": block, **attributes}
    return ("MatMulNBits", given, inputs, ["y"], {"absolute": 1e-4})


CASES += [
    lambda r: n_bits(r, 4),
    lambda r: n_bits(r, 4, "packed"),
    lambda r: n_bits(r, 4, "float", rank=3),
    lambda r: n_bits(r, 4, "packed", bias=True, accuracy_level=1),
    lambda r: n_bits(r, 8),
    lambda r: n_bits(r, 8, "packed", bias=True),
]


def gather_blocks(r, bits, zeros=False):
    rows, block, blocks = size(r, 2, 9), 16, size(r, 1, 4)
    inputs = [weight(u8(r, rows, block * blocks * bits // 8)), r.randint(0, rows, (size(r), size(r))).astype(np.int64)]
    inputs += [weight(r.uniform(0.01, 0.1, (rows, blocks)).astype(np.float32))]
    inputs += [weight(u8(r, rows, math.ceil(blocks * bits / 8)))] if zeros else []
    return ("GatherBlockQuantized", {"bits": bits, "block_size": block}, inputs, ["y"])


CASES += [
    lambda r: gather_blocks(r, 4),
    lambda r: gather_blocks(r, 4, True),
    lambda r: gather_blocks(r, 8, True),
    lambda r: ("DequantizeLinear", {}, [u8(r, size(r), size(r)), scale(0.1), zero(7)], ["y"]),
    lambda r: ("DequantizeLinear", {"axis": 0}, [x := i8(r, size(r), size(r)),
               weight(r.uniform(0.1, 1, len(x)).astype(np.float32)), weight(i8(r, len(x)))], ["y"]),
    lambda r: ("DequantizeLinear", {}, [r.randint(0, 65536, [size(r), 3]).astype(np.uint16), scale(0.1), zero(70, np.uint16)], ["y"]),
    lambda r: ("QuantizeLinear", {}, [f(r, size(r), size(r)), scale(0.01), zero(120)], ["y"]),
    lambda r: ("QuantizeLinear", {}, [f(r, size(r), size(r)), scale(0.0001), zero(-12, np.int16)], ["y"]),
    lambda r: ("DynamicQuantizeMatMul", {}, [f(r, size(r), 8), weight(i8(r, 8, 3)), scale(0.02), zero(0, np.int8), weight(f(r, 3))], ["y"]),
    lambda r: ("DynamicQuantizeMatMul", {}, [f(r, size(r), 8), weight(u8(r, 8, 3)), scale(0.02), zero(9)], ["y"]),
    lambda r: ("DynamicQuantizeMatMul", {}, [f(r, size(r), 8), weight(i8(r, 8, 3)),
               weight(r.uniform(0.1, 1, 3).astype(np.float32)), weight(np.zeros(3, np.int8))], ["y"]),
    lambda r: ("MatMulIntegerToFloat", {}, [u8(r, size(r), 8), weight(i8(r, 8, 3)), scale(0.1), scale(0.02), zero(5), zero(1, np.int8), weight(f(r, 3))], ["y"]),
    lambda r: ("MatMulInteger16", {}, [r.randint(-99, 99, (size(r), 5)).astype(np.int16), r.randint(-99, 99, (5, size(r))).astype(np.int16)], ["y"]),
]


def qgemm(r, whole=False, bias=True, columns=False, transA=0, transB=0, alpha=1.0):
    m, k, n = size(r), size(r), size(r)
    inputs = [u8(r, k, m) if transA else u8(r, m, k), scale(0.05), zero(117)]
    inputs += [weight(i8(r, n, k) if transB else i8(r, k, n))]
    inputs += [weight(r.uniform(0.01, 0.05, n).astype(np.float32)) if columns else scale(0.03)]
    inputs += [weight(np.zeros(n, np.int8)) if columns else zero(4, np.int8)]
    inputs += [weight(r.randint(-999, 999, n).astype(np.int32)) if bias else None]
    inputs += [] if whole else [scale(0.171), zero(99)]
    return ("QGemm", {"transA": transA, "transB": transB, "alpha": alpha}, inputs, ["y"])


CASES += [
    qgemm,
    lambda r: qgemm(r, whole=True, alpha=0.5),
    lambda r: qgemm(r, transA=1, transB=1, bias=False),
    lambda r: qgemm(r, columns=True, transB=1),
]


def qlinear(r, name, kind, many=2, xs=0.1, ys=0.3, **attributes):
    draw, zeros = (u8, np.uint8) if kind == "u8" else (i8, np.int8)
    a, b = size(r), size(r)
    inputs = [draw(r, a, b), scale(xs), zero(9, zeros)]
    inputs += [draw(r, *([b] if r.rand() < 0.5 else [a, b])), scale(xs * 1.7), zero(90, zeros)] if many == 2 else []
    return (name, attributes, [*inputs, scale(ys), zero(30, zeros)], ["y"])


CASES += [
    lambda r: qlinear(r, "QLinearAdd", "u8"),
    lambda r: qlinear(r, "QLinearAdd", "i8"),
    lambda r: qlinear(r, "QLinearMul", "u8", ys=1.371),
    lambda r: qlinear(r, "QLinearMul", "i8", ys=1.371),
    lambda r: qlinear(r, "QLinearLeakyRelu", "u8", 1, alpha=0.2),
    lambda r: qlinear(r, "QLinearLeakyRelu", "i8", 1),
    lambda r: qlinear(r, "QLinearSigmoid", "u8", 1, 0.05, 0.004),
    lambda r: qlinear(r, "QLinearSigmoid", "i8", 1, 0.05, 0.008),
    lambda r: qlinear(r, "QLinearSoftmax", "u8", 1, 0.05, 1 / 256, opset=13, axis=-1),
    lambda r: qlinear(r, "QLinearSoftmax", "i8", 1, 0.05, 1 / 256, opset=13, axis=0),
    lambda r: ("QLinearSoftmax", {"opset": 12, "axis": 1}, [u8(r, size(r), size(r), size(r)), scale(0.05), zero(99), scale(1 / 256), zero(0)], ["y"]),
    lambda r: ("QLinearWhere", {}, [r.rand(size(r), 5) < 0.5, u8(r, 5), scale(0.1), zero(9), u8(r, 1), scale(0.2), zero(90), scale(0.3), zero(30)], ["y"]),
    lambda r: ("QLinearConcat", {"axis": 1}, [scale(0.31), zero(30), *[v for i in range(size(r, 1, 4)) for v in (u8(r, 3, size(r)), scale(0.1 * (i + 1)), zero(9 * i))]], ["y"]),
]


def qpool(r, name, last, kind="u8", **attributes):
    draw, zeros = (u8, np.uint8) if kind == "u8" else (i8, np.int8)
    n, c, h, w = size(r, 1, 2), size(r, 1, 20), size(r, 3, 9), size(r, 3, 9)
    x = draw(r, n, h, w, c) if last else draw(r, n, c, h, w)
    if name == "NhwcMaxPool":
        return (name, attributes, [x], ["y"])
    return (name, {"channels_last": int(last), **attributes}, [x, scale(0.1), zero(9, zeros), scale(0.117), zero(90, zeros)], ["y"])


def qconv(r, last, kind="u8", group=1, bias=True, **attributes):
    draw, zeros = (u8, np.uint8) if kind == "u8" else (i8, np.int8)
    n, c, m, h, w = size(r, 1, 2), group * size(r, 1, 5), group * size(r, 1, 9), size(r, 3, 9), size(r, 3, 9)
    x = draw(r, n, h, w, c) if last else draw(r, n, c, h, w)
    inputs = [x, scale(0.02), zero(9, zeros), weight(i8(r, m, c // group, 3, 3)), weight(r.uniform(0.01, 0.03, m).astype(np.float32))]
    inputs += [weight(np.zeros(m, np.int8)), scale(0.1171), zero(90, zeros)]
    inputs += [weight(r.randint(-99, 99, m).astype(np.int32))] if bias else []
    return ("QLinearConv", {"channels_last": int(last), "group": group, **attributes}, inputs, ["y"])


CASES += [
    lambda r: qpool(r, "QLinearGlobalAveragePool", False),
    lambda r: qpool(r, "QLinearGlobalAveragePool", True, "i8"),
    lambda r: qpool(r, "QLinearAveragePool", False, kernel_shape=[3, 3], pads=[1] * 4),
    lambda r: qpool(r, "QLinearAveragePool", True, kernel_shape=[2, 3], strides=[2, 1], count_include_pad=1, pads=[1, 0, 0, 1]),
    lambda r: qpool(r, "QLinearAveragePool", False, "i8", kernel_shape=[2, 2], ceil_mode=1, strides=[2, 2]),
    lambda r: qpool(r, "NhwcMaxPool", True, kernel_shape=[2, 2]),
    lambda r: qpool(r, "NhwcMaxPool", True, "i8", kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2]),
    lambda r: qconv(r, True),
    lambda r: qconv(r, True, group=2, bias=False, pads=[1] * 4),
    lambda r: qconv(r, False, strides=[2, 2]),
    lambda r: qconv(r, True, "i8"),
]

# --- What ONNX has in other words --------------------------------------------

CASES += [
    lambda r: ("CDist", {"metric": "sqeuclidean"}, [f(r, size(r), 5), f(r, size(r), 5)], ["y"]),
    lambda r: ("CDist", {"metric": "euclidean"}, [f(r, size(r), 5), f(r, size(r), 5)], ["y"]),
    lambda r: ("ExpandDims", {}, [f(r, size(r), size(r)), weight(np.array(r.randint(-3, 3), np.int32))], ["y"]),
    lambda r: ("GatherND", {}, [f(r, 4, 5, size(r)), r.randint(0, 4, (size(r), 2)).astype(np.int64)], ["y"]),
    lambda r: ("GridSample", {}, [x := f(r, size(r, 1, 2), size(r), size(r), size(r)), f(r, len(x), size(r), size(r), 2)], ["y"]),
    lambda r: ("GridSample", {"mode": "bicubic", "padding_mode": "border", "align_corners": 1},
               [x := f(r, size(r, 1, 2), size(r), size(r), size(r)), f(r, len(x), size(r), size(r), 2)], ["y"]),
    lambda r: ("GridSample", {"mode": "nearest", "padding_mode": "reflection"},
               [x := f(r, size(r, 1, 2), size(r), size(r), size(r)), f(r, len(x), size(r), size(r), 2)], ["y"]),
    lambda r: ("Pad", {}, [f(r, size(r), size(r)), weight(r.randint(0, 3, 4).astype(np.int64)), scale(0.5)], ["y"]),
    lambda r: ("Pad", {"mode": "edge"}, [f(r, size(r), size(r)), weight(r.randint(0, 3, 4).astype(np.int64))], ["y"]),
    lambda r: ("Range", {}, [np.array(0.5, np.float32), np.array(size(r, 2, 9), np.float32), np.array(0.7, np.float32)], ["y"]),
    lambda r: ("Range", {}, [np.array(2, np.int64), np.array([size(r, 1, 9)], np.int64)], ["y"]),
    lambda r: ("Trilu", {}, [f(r, size(r), size(r), size(r))], ["y"]),
    lambda r: ("Trilu", {"upper": 0}, [f(r, size(r), size(r)), np.array(r.randint(-2, 3), np.int64)], ["y"]),
    lambda r: ("Unique", {}, [r.randint(0, 5, size(r, 1, 20)).astype(np.float32)], ["y", "at", "count"]),
]
