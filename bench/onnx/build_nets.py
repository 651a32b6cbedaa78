# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The nets of bench/onnx/nets.py as ONNX models with seeded weights.

Structure from the papers, in the form that PyTorch exports (batch
normalisation unfolded, as the model zoo's files have it):

  alexnet       Krizhevsky et al., NIPS 2012 (two groups, local normalisation)
  densenet121   Huang et al., CVPR 2017
  inception_v1  Szegedy et al., CVPR 2015 (GoogLeNet)
  resnet50      He et al., CVPR 2016
  shufflenet    Zhang et al., CVPR 2018 (1x, three groups)
  squeezenet    Iandola et al., 2016 (1.0)
  vgg19         Simonyan and Zisserman, ICLR 2015
  encoder       six layers of Vaswani et al., NIPS 2017: 384 wide, 12 heads,
                1536 inside, with the primitive operators that exporters write
  decoder       one step of the same with a cache of keys and values
  channels_last six convolutions between transposes
  *_qdq         squeezenet, resnet50 and shufflenet, quantised by ONNX Runtime: u8 numbers
                between nodes, i8 weights with a scale a channel

  PYTHON bench/onnx/build_nets.py FOLDER [NAME …]
"""

import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Net:
    """A graph under construction; values are names."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)
        self.nodes, self.weights = [], []

    def name(self, prefix="v"):
        return f"{prefix}{len(self.nodes)}_{len(self.weights)}"

    def weight(self, array, kind="w"):
        array = np.asarray(array)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        name = self.name(kind)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def node(self, op, inputs, outputs=1, **attributes):
        names = [self.name(op.lower()) + f"_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def he(self, *dims):
        """Normal numbers that keep the variance through a ReLU."""
        fan_in = int(np.prod(dims[1:]))
        return self.random.standard_normal(dims) * np.sqrt(2 / fan_in)

    def conv(self, x, inside, outside, size, stride=1, pad=None, groups=1, bias=True, gain=1.0):
        size = (size, size) if isinstance(size, int) else size
        pad = [s // 2 for s in size] if pad is None else [pad, pad]
        inputs = [x, self.weight(gain * self.he(outside, inside // groups, *size))]
        if bias:
            inputs.append(self.weight(0.1 * self.random.standard_normal(outside)))
        return self.node(
            "Conv", inputs, kernel_shape=list(size), strides=[stride] * 2, pads=pad * 2, group=groups
        )

    def norm(self, x, channels):
        uniform = self.random.uniform
        parameters = [uniform(0.8, 1.2, channels), uniform(-0.1, 0.1, channels),
                      uniform(-0.1, 0.1, channels), uniform(0.8, 1.2, channels)]  # fmt: skip
        return self.node("BatchNormalization", [x] + [self.weight(p) for p in parameters])

    def relu(self, x):
        return self.node("Relu", [x])

    def conv_norm_relu(self, x, *sizes, relu=True, **options):
        x = self.norm(self.conv(x, *sizes, bias=False, **options), sizes[1])
        return self.relu(x) if relu else x

    def pool(self, x, kind="Max", size=3, stride=2, pad=0):
        return self.node(
            kind + "Pool", [x], kernel_shape=[size] * 2, strides=[stride] * 2, pads=[pad] * 4
        )

    def dense(self, x, inside, outside):
        bias = self.weight(0.1 * self.random.standard_normal(outside))
        return self.node("Gemm", [x, self.weight(self.he(outside, inside)), bias], transB=1)

    def head(self, x, channels, classes=1000):
        x = self.node("Flatten", [self.node("GlobalAveragePool", [x])])
        return self.dense(x, channels, classes)

    def constant(self, *integers):
        return self.weight(np.array(integers, np.int64), "i")

    def model(self, inputs, outputs):
        graph = helper.make_graph(
            self.nodes,
            "net",
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, d) for n, d in inputs],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, d) for n, d in outputs],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        return model

    def image_model(self, y, size=224, classes=1000):
        return self.model([("x", [1, 3, size, size])], [(y, [1, classes])])


def alexnet():
    n = Net(1)
    x = n.relu(n.conv("x", 3, 96, 11, stride=4, pad=0))
    x = n.pool(n.node("LRN", [x], size=5, alpha=1e-4, beta=0.75, bias=1.0))
    x = n.relu(n.conv(x, 96, 256, 5, groups=2))
    x = n.pool(n.node("LRN", [x], size=5, alpha=1e-4, beta=0.75, bias=1.0))
    x = n.relu(n.conv(x, 256, 384, 3))
    x = n.relu(n.conv(x, 384, 384, 3, groups=2))
    x = n.pool(n.relu(n.conv(x, 384, 256, 3, groups=2)))
    x = n.node("Flatten", [x])
    for inside, outside in ((256 * 5 * 5, 4096), (4096, 4096)):
        x = n.relu(n.dense(x, inside, outside))
    return n.image_model(n.node("Softmax", [n.dense(x, 4096, 1000)], axis=1))


def densenet121():
    n = Net(2)
    x = n.pool(n.conv_norm_relu("x", 3, 64, 7, stride=2), pad=1)
    channels = 64
    for stage, layers in enumerate((6, 12, 24, 16)):
        for _ in range(layers):
            y = n.conv_norm_relu(n.relu(n.norm(x, channels)), channels, 128, 1)
            x = n.node("Concat", [x, n.conv(y, 128, 32, 3, bias=False)], axis=1)
            channels += 32
        x = n.relu(n.norm(x, channels))
        if stage < 3:
            x = n.pool(n.conv(x, channels, channels // 2, 1, bias=False), "Average", 2)
            channels //= 2
    return n.image_model(n.head(x, channels))


def inception_v1():
    n = Net(3)
    lrn = {"size": 5, "alpha": 1e-4, "beta": 0.75, "bias": 1.0}

    def conv(x, *sizes, **options):
        return n.relu(n.conv(x, *sizes, **options))

    def block(x, inside, a, b, c, d):
        parts = [
            conv(x, inside, a, 1),
            conv(conv(x, inside, b[0], 1), b[0], b[1], 3),
            conv(conv(x, inside, c[0], 1), c[0], c[1], 5),
            conv(n.pool(x, stride=1, pad=1), inside, d, 1),
        ]
        return n.node("Concat", parts, axis=1), a + b[1] + c[1] + d

    x = n.node("LRN", [n.pool(conv("x", 3, 64, 7, stride=2), pad=1)], **lrn)
    x = conv(conv(x, 64, 64, 1), 64, 192, 3)
    x = n.pool(n.node("LRN", [x], **lrn), pad=1)
    x, c = block(x, 192, 64, (96, 128), (16, 32), 32)
    x, c = block(x, c, 128, (128, 192), (32, 96), 64)
    x = n.pool(x, pad=1)
    x, c = block(x, c, 192, (96, 208), (16, 48), 64)
    x, c = block(x, c, 160, (112, 224), (24, 64), 64)
    x, c = block(x, c, 128, (128, 256), (24, 64), 64)
    x, c = block(x, c, 112, (144, 288), (32, 64), 64)
    x, c = block(x, c, 256, (160, 320), (32, 128), 128)
    x = n.pool(x, pad=1)
    x, c = block(x, c, 256, (160, 320), (32, 128), 128)
    x, c = block(x, c, 384, (192, 384), (48, 128), 128)
    return n.image_model(n.node("Softmax", [n.head(x, c)], axis=1))


def resnet50():
    n = Net(4)
    x = n.pool(n.conv_norm_relu("x", 3, 64, 7, stride=2), pad=1)
    inside = 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        width = 64 << stage
        for i in range(blocks):
            stride = 2 if stage > 0 and i == 0 else 1
            y = n.conv_norm_relu(x, inside, width, 1)
            y = n.conv_norm_relu(y, width, width, 3, stride=stride)
            y = n.conv_norm_relu(y, width, 4 * width, 1, relu=False, gain=0.5)
            if i == 0:
                x = n.conv_norm_relu(x, inside, 4 * width, 1, stride=stride, relu=False)
            x = n.relu(n.node("Add", [y, x]))
            inside = 4 * width
    return n.image_model(n.head(x, inside))


def shufflenet():
    n = Net(5)
    groups = 3

    def unit(x, inside, outside, stride, first):
        middle = outside // 4
        branch = outside - inside if stride == 2 else outside
        y = n.conv_norm_relu(x, inside, middle, 1, groups=1 if first else groups)
        size = {240: 28, 480: 14, 960: 7}[outside] * stride
        shape = n.constant(1, groups, middle // groups, size, size)
        y = n.node("Transpose", [n.node("Reshape", [y, shape])], perm=[0, 2, 1, 3, 4])
        y = n.node("Reshape", [y, n.constant(1, middle, size, size)])
        y = n.conv_norm_relu(y, middle, middle, 3, stride=stride, groups=middle, relu=False)
        y = n.conv_norm_relu(y, middle, branch, 1, groups=groups, relu=False, gain=0.3)
        if stride == 1:
            return n.relu(n.node("Add", [x, y]))
        pooled = n.pool(x, "Average", 3, 2, 1)
        return n.relu(n.node("Concat", [pooled, y], axis=1))

    x = n.pool(n.conv_norm_relu("x", 3, 24, 3, stride=2), pad=1)
    inside = 24
    for outside, units in ((240, 4), (480, 8), (960, 4)):
        for i in range(units):
            x = unit(x, inside, outside, 2 if i == 0 else 1, inside == 24)
            inside = outside
    return n.image_model(n.node("Softmax", [n.head(x, inside)], axis=1))


def squeezenet(images=1):
    n = Net(6)

    def fire(x, inside, squeeze, expand):
        x = n.relu(n.conv(x, inside, squeeze, 1))
        parts = [n.relu(n.conv(x, squeeze, expand, size)) for size in (1, 3)]
        return n.node("Concat", parts, axis=1)

    x = n.pool(n.relu(n.conv("x", 3, 96, 7, stride=2, pad=0)))
    x = fire(fire(fire(x, 96, 16, 64), 128, 16, 64), 128, 32, 128)
    x = n.pool(x)
    x = fire(fire(x, 256, 32, 128), 256, 48, 192)
    x = fire(fire(x, 384, 48, 192), 384, 64, 256)
    x = fire(n.pool(x), 512, 64, 256)
    x = n.node("GlobalAveragePool", [n.relu(n.conv(x, 512, 1000, 1))])
    y = n.node("Softmax", [n.node("Flatten", [x])], axis=1)
    return n.model([("x", [images, 3, 224, 224])], [(y, [images, 1000])])


def squeezenet_open():
    return squeezenet("images")


def upscaler():
    """Shi et al., CVPR 2016: three times as many pixels each way, of images of any size."""
    n = Net(12)
    x = n.relu(n.conv("x", 1, 64, 5))
    x = n.relu(n.conv(x, 64, 64, 3))
    x = n.relu(n.conv(x, 64, 32, 3))
    x = n.node("DepthToSpace", [n.conv(x, 32, 9, 3)], blocksize=3, mode="CRD")
    return n.model(
        [("x", ["images", 1, "height", "width"])], [(x, ["images", 1, "3*height", "3*width"])]
    )


def detector():
    """Depthwise blocks, a pyramid of two levels and heads, as small detectors of faces have."""
    n = Net(13)

    def separable(x, inside, outside, stride=1):
        x = n.conv_norm_relu(x, inside, inside, 3, stride=stride, groups=inside)
        return n.conv_norm_relu(x, inside, outside, 1)

    x = n.conv_norm_relu("x", 3, 16, 3, stride=2)
    for inside, outside, stride in ((16, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)):
        x = separable(x, inside, outside, stride)
    fine = separable(x, 64, 64)
    coarse = separable(separable(fine, 64, 128, 2), 128, 64)
    scales = n.weight(np.array([1, 1, 2, 2], np.float32))
    none = n.weight(np.zeros(0, np.float32))
    up = n.node(
        "Resize",
        [coarse, none, scales],
        mode="nearest",
        nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )
    heads = []
    for level in (n.relu(n.node("Add", [up, fine])), coarse):
        y = n.node("Transpose", [n.conv(level, 64, 12, 3)], perm=[0, 2, 3, 1])
        heads.append(n.node("Reshape", [y, n.constant(0, -1, 6)]))
    y = n.node("Softmax", [n.node("Concat", heads, axis=1)], axis=2)
    return n.model([("x", ["images", 3, "16*h", "16*w"])], [(y, ["images", "boxes", 6])])


def channels_last():
    """As exporters from frameworks with channels behind the pixels write it."""
    n = Net(11)
    x, inside = "x", 3
    for outside in (32, 32, 64, 64, 128, 128):
        stride = 1 if outside == inside else 2
        planar = n.node("Transpose", [x], perm=[0, 3, 1, 2])
        y = n.norm(n.conv(planar, inside, outside, 3, stride, bias=False), outside)
        x, inside = n.relu(n.node("Transpose", [y], perm=[0, 2, 3, 1])), outside
    planar = n.node("Transpose", [x], perm=[0, 3, 1, 2])
    y = n.head(planar, inside, 100)
    return n.model([("x", [1, 112, 112, 3])], [(y, [1, 100])])


def vgg19():
    n = Net(7)
    x, inside = "x", 3
    for outside, layers in ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4)):
        for _ in range(layers):
            x = n.relu(n.conv(x, inside, outside, 3))
            inside = outside
        x = n.pool(x, size=2)
    x = n.node("Flatten", [x])
    x = n.relu(n.dense(x, 512 * 7 * 7, 4096))
    x = n.relu(n.dense(x, 4096, 4096))
    return n.image_model(n.dense(x, 4096, 1000))


WIDE, HEADS, INSIDE, LAYERS = 384, 12, 1536, 6


class Transformer(Net):
    def scalar(self, number):
        return self.weight(np.float32(number))

    def linear(self, x, inside, outside):
        w = self.random.standard_normal((inside, outside)) / np.sqrt(inside)
        y = self.node("MatMul", [x, self.weight(w)])
        return self.node("Add", [y, self.weight(0.02 * self.random.standard_normal(outside))])

    def layer_norm(self, x):
        """As exporters before opset 17 spell it."""
        scale = self.weight(self.random.uniform(0.9, 1.1, WIDE))
        shift = self.weight(0.02 * self.random.standard_normal(WIDE))
        centred = self.node("Sub", [x, self.node("ReduceMean", [x], axes=[-1], keepdims=1)])
        square = self.node("Pow", [centred, self.scalar(2)])
        variance = self.node("ReduceMean", [square], axes=[-1], keepdims=1)
        root = self.node("Sqrt", [self.node("Add", [variance, self.scalar(1e-5)])])
        y = self.node("Mul", [self.node("Div", [centred, root]), scale])
        return self.node("Add", [y, shift])

    def gelu(self, x):
        y = self.node("Erf", [self.node("Div", [x, self.scalar(np.sqrt(2))])])
        y = self.node("Mul", [x, self.node("Add", [y, self.scalar(1)])])
        return self.node("Mul", [y, self.scalar(0.5)])

    def heads(self, x, perm):
        shape = self.constant(0, -1, HEADS, WIDE // HEADS)
        return self.node("Transpose", [self.node("Reshape", [x, shape])], perm=perm)

    def attend(self, q, k, v):
        """k has its last dimensions turned."""
        scores = self.node("MatMul", [q, k])
        scores = self.node("Div", [scores, self.scalar(np.sqrt(WIDE // HEADS))])
        y = self.node("MatMul", [self.node("Softmax", [scores], axis=-1), v])
        y = self.node("Transpose", [y], perm=[0, 2, 1, 3])
        return self.node("Reshape", [y, self.constant(0, -1, WIDE)])

    def feed_forward(self, x):
        return self.linear(self.gelu(self.linear(x, WIDE, INSIDE)), INSIDE, WIDE)


def encoder():
    n = Transformer(8)
    x = "x"
    for _ in range(LAYERS):
        q = n.heads(n.linear(x, WIDE, WIDE), [0, 2, 1, 3])
        k = n.heads(n.linear(x, WIDE, WIDE), [0, 2, 3, 1])
        v = n.heads(n.linear(x, WIDE, WIDE), [0, 2, 1, 3])
        y = n.linear(n.attend(q, k, v), WIDE, WIDE)
        x = n.layer_norm(n.node("Add", [x, y]))
        x = n.layer_norm(n.node("Add", [x, n.feed_forward(x)]))
    return n.model([("x", [1, "length", WIDE])], [(x, [1, "length", WIDE])])


def decoder():
    n = Transformer(9)
    x = "x"
    inputs = [("x", [1, 1, WIDE])]
    outputs = []
    for layer in range(LAYERS):
        h = n.layer_norm(x)
        q, k, v = (n.heads(n.linear(h, WIDE, WIDE), [0, 2, 1, 3]) for _ in range(3))
        past = [f"past_k{layer}", f"past_v{layer}"]
        inputs += [(p, [1, HEADS, "past", WIDE // HEADS]) for p in past]
        k = n.node("Concat", [past[0], k], axis=2)
        v = n.node("Concat", [past[1], v], axis=2)
        outputs += [(name, [1, HEADS, "past + 1", WIDE // HEADS]) for name in (k, v)]
        turned = n.node("Transpose", [k], perm=[0, 1, 3, 2])
        x = n.node("Add", [x, n.linear(n.attend(q, turned, v), WIDE, WIDE)])
        x = n.node("Add", [x, n.feed_forward(n.layer_norm(x))])
    x = n.layer_norm(x)
    return n.model(inputs, [(x, [1, 1, WIDE])] + outputs)


class Calibration:
    """Random images, as ONNX Runtime's quantizer reads them."""

    def __init__(self, model, count=4):
        random = np.random.RandomState(10)
        value = model.graph.input[0]
        dims = [d.dim_value for d in value.type.tensor_type.shape.dim]
        self.feeds = iter(
            [{value.name: random.uniform(-1, 1, dims).astype(np.float32)} for _ in range(count)]
        )

    def get_next(self):
        return next(self.feeds, None)


def quantized(build):
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        plain, ready, result = (f"{folder}/{name}.onnx" for name in ("plain", "ready", "result"))
        onnx.save(build(), plain)
        quant_pre_process(plain, ready, skip_symbolic_shape=True)
        quantization.quantize_static(
            ready,
            result,
            Calibration(onnx.load(ready)),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
        return onnx.load(result)


def squeezenet_qdq():
    return quantized(squeezenet)


def resnet50_qdq():
    return quantized(resnet50)


def shufflenet_qdq():
    return quantized(shufflenet)


NETS = {f.__name__: f for f in (alexnet, channels_last, decoder, densenet121, detector, encoder,
                                inception_v1, resnet50, resnet50_qdq, shufflenet, shufflenet_qdq,
                                squeezenet, squeezenet_open, squeezenet_qdq, upscaler,
                                vgg19)}  # fmt: skip


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NETS:
        onnx.save(NETS[name](), folder / f"{name}.onnx")


if __name__ == "__main__":
    main()
