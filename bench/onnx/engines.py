# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hone, ONNX Runtime and OpenVINO behind one face: make(model) gives a
function of a dictionary of arrays that returns a list of arrays."""

import ctypes
import json
import pathlib
import subprocess
import time

import numpy as np
import onnx
import onnxruntime
import openvino

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOO_SMALL = 7  # hone_status
TYPES = [np.float32, np.int32, np.int64, np.uint8]


def folded(path):
    """The model without the weights that old files list as inputs, which
    ONNX Runtime does not fold otherwise."""
    model = onnx.load(path)
    weights = {w.name for w in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    return model


class Tensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("dims", ctypes.c_void_p),
        ("bytes", ctypes.c_size_t),
    ]


class Shape(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("type", ctypes.c_int),
        ("rank", ctypes.c_int32),
        ("dims", ctypes.POINTER(ctypes.c_int64)),
    ]


class Options(ctypes.Structure):
    _fields_ = [("threads", ctypes.c_int32), ("weights", ctypes.c_char_p)]


class Hone:
    """A library that `hone compile` made, by its C interface."""

    def __init__(self, model, library, shapes, threads=1, flags=(), hone=None):
        start = time.perf_counter()
        self.facts = self.compile_only(model, library, shapes, flags, hone)
        self.compile_seconds = time.perf_counter() - start
        self.open(library, threads)

    @classmethod
    def opened(cls, library, threads=1):
        """Of a library that is there already."""
        one = cls.__new__(cls)
        one.open(library, threads)
        return one

    @staticmethod
    def compile_only(model, output, shapes, flags, hone):
        """What `hone compile --json` says."""
        command = [hone or ROOT / "build/release/bin/hone", "compile", model, "-o", output]
        command += ["--name", "net", "--json", *flags]
        if shapes:
            given = ";".join(f"{n}={','.join(map(str, d))}" for n, d in shapes.items())
            command += ["--shape", given]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip() or done.stdout.strip())
        return json.loads(done.stdout)

    def open(self, library, threads):
        self.library = ctypes.CDLL(str(library))
        self.library.hone_model_shape.restype = ctypes.POINTER(Shape)
        self.library.hone_model_run.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p, ctypes.c_size_t] * 2
        program = ctypes.c_char.in_dll(self.library, "net_program")
        self.handle = ctypes.c_void_p()
        status = self.library.hone_model_open(
            ctypes.byref(program), ctypes.byref(Options(threads)), ctypes.byref(self.handle)
        )
        if status != 0:
            raise RuntimeError(f"hone_model_open: status {status}")

    def prepare(self, feeds):
        """Tensors in their order, so that a call is one call. Outputs whose
        sizes are open get them from a first call."""
        inputs, shapes = [], []
        for i in range(1000):
            shape = self.library.hone_model_shape(self.handle, ctypes.c_size_t(i))
            if not shape:
                break
            dims = [shape[0].dims[k] for k in range(shape[0].rank)]
            if len(inputs) < len(feeds):
                inputs.append(np.ascontiguousarray(feeds[shape[0].name.decode()]))
            else:
                shapes.append((dims, TYPES[shape[0].type]))
        run, handle = self.library.hone_model_run, self.handle
        given = [(ctypes.c_int64 * max(a.ndim, 1))(*a.shape) for a in inputs]
        found = [(ctypes.c_int64 * max(len(dims), 1))(*dims) for dims, _ in shapes]

        def tensors(arrays, dims):
            return (Tensor * len(arrays))(
                *[Tensor(a.ctypes.data, None, ctypes.addressof(d), a.nbytes) for a, d in zip(arrays, dims)]
            )

        def arguments(outputs):
            self.kept = inputs, outputs, given, found, tensors(inputs, given), tensors(outputs, found)
            first, second = (ctypes.addressof(t) for t in self.kept[4:])
            return [handle, first, len(inputs), second, len(outputs)]

        outputs = [np.empty([max(d, 0) for d in dims], kind) for dims, kind in shapes]
        if any(-1 in dims for dims, _ in shapes):
            status = run(*arguments(outputs))
            if status not in (0, TOO_SMALL):
                raise RuntimeError(f"hone_model_run: status {status}")
            sizes = [list(f)[: len(dims)] for f, (dims, _) in zip(found, shapes)]
            outputs = [np.empty(s, kind) for s, (_, kind) in zip(sizes, shapes)]
        self.inputs, self.outputs = inputs, outputs
        final = arguments(outputs)
        if run(*final) != 0:
            raise RuntimeError("hone_model_run failed")

        def call():
            status = run(*final)
            if status != 0:
                raise RuntimeError(f"hone_model_run: status {status}")
            return outputs

        return call

    def close(self):
        self.library.hone_model_close.argtypes = [ctypes.c_void_p]
        self.library.hone_model_close(self.handle)


class Runtime:
    """ONNX Runtime."""

    def __init__(self, model, threads=1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "1")
        start = time.perf_counter()
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, ["CPUExecutionProvider"]
        )
        self.compile_seconds = time.perf_counter() - start

    def prepare(self, feeds):
        binding = self.session.io_binding()
        self.feeds = feeds
        for name, array in feeds.items():
            binding.bind_cpu_input(name, array)
        for output in self.session.get_outputs():
            binding.bind_output(output.name)
        run, session = self.session.run_with_iobinding, self.session
        self.first = session.run(None, feeds)

        def call():
            run(binding)
            return binding

        return call

    def results(self):
        return self.first


class OpenVino:
    def __init__(self, model, shapes, threads=1):
        core = openvino.Core()
        start = time.perf_counter()
        net = core.read_model(model.SerializeToString())
        if shapes:
            net.reshape({n: list(d) for n, d in shapes.items()})
        self.compiled = core.compile_model(
            net,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": "f32",
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": 1,
                "PERFORMANCE_HINT": "LATENCY",
                "ENABLE_CPU_PINNING": False,
            },
        )
        self.compile_seconds = time.perf_counter() - start

    def prepare(self, feeds):
        request = self.compiled.create_infer_request()
        for name, array in feeds.items():
            request.set_tensor(name, openvino.Tensor(array, shared_memory=True))
        self.request = request
        self.feeds = feeds
        infer = request.infer

        def call():
            infer()
            return request

        return call

    def results(self):
        self.request.infer()
        return [np.array(self.request.get_output_tensor(i).data) for i in range(len(self.compiled.outputs))]
