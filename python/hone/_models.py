# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensor models, compiled in this process."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hone import _core

_DTYPES = {
    "bool": np.bool_,
    "f16": np.float16,
    "f32": np.float32,
    "f64": np.float64,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
    "u8": np.uint8,
    "u16": np.uint16,
    "u32": np.uint32,
    "u64": np.uint64,
}


class TensorInfo(NamedTuple):
    """What a model takes or gives; a size of -1 is known only when it runs."""

    dtype: np.dtype
    shape: tuple[int, ...]

    @property
    def is_open(self) -> bool:
        return -1 in self.shape


def _infos(tensors: Sequence[tuple[str, str, list[int]]]) -> dict[str, TensorInfo]:
    infos = {}
    for name, element, sizes in tensors:
        if element not in _DTYPES:
            raise TypeError(f"tensor {name!r} has elements of {element}, which NumPy lacks")
        infos[name] = TensorInfo(np.dtype(_DTYPES[element]), tuple(sizes))
    return infos


class Model:
    """A compiled model: call it with its inputs by name.

    Any number of threads may call it at the same time."""

    def __init__(self, core: _core.CompiledModel) -> None:
        self._core = core
        self.inputs = _infos(core.inputs)
        self.outputs = _infos(core.outputs)

    def __call__(self, **arrays: NDArray) -> dict[str, NDArray]:
        return self.run(arrays)

    def run(
        self, arrays: Mapping[str, NDArray], out: Mapping[str, NDArray] | None = None
    ) -> dict[str, NDArray]:
        """The outputs by name, in new arrays or in those of `out`. Arrays are
        read and written where they stand, whatever their strides are; those of
        open sizes are contiguous, and as outputs always new."""
        unknown = set(arrays) - set(self.inputs)
        missing = set(self.inputs) - set(arrays)
        if unknown or missing:
            raise TypeError(
                f"expected the inputs {sorted(self.inputs)}, found {sorted(arrays)}"
            )
        given = [_fitting(name, arrays[name], info) for name, info in self.inputs.items()]
        out = out or {}
        results = {
            name: _fitting(name, out[name], info)
            if name in out and not info.is_open
            else np.empty([max(size, 0) for size in info.shape], info.dtype)
            for name, info in self.outputs.items()
        }
        sizes = self._core.run(given, list(results.values()))
        if sizes:
            for (name, info), shape in zip(self.outputs.items(), sizes, strict=True):
                if info.is_open:
                    results[name] = np.empty(shape, info.dtype)
            self._core.run(given, list(results.values()))
        return results

    def __repr__(self) -> str:
        return f"Model(inputs={list(self.inputs)}, outputs={list(self.outputs)})"


def _fitting(name: str, array: NDArray, info: TensorInfo) -> NDArray:
    array = np.asarray(array)
    if info.is_open:
        array = np.ascontiguousarray(array).reshape(array.shape)
    fits = len(array.shape) == len(info.shape) and all(
        size in (-1, given) for size, given in zip(info.shape, array.shape, strict=True)
    )
    if array.dtype != info.dtype or not fits:
        raise TypeError(
            f"{name!r}: expected {info.dtype}{list(info.shape)}, "
            f"found {array.dtype}{list(array.shape)}"
        )
    return array


def compile(
    model: str | os.PathLike | bytes,
    *,
    shapes: Mapping[str, Sequence[int]] | None = None,
    threads: int = 1,
    cpu: str = "native",
    check: str = "sampled",
    custom_operators: Mapping[str, tuple[str | os.PathLike, str]] | None = None,
) -> Model:
    """Compiles an ONNX model, a file or its bytes, and loads it.

    `shapes` gives the sizes of inputs that the model leaves open; without it the
    one model takes all sizes. `check` is
    "sampled", "full" or "none": how much of the compiled code is compared with
    the reference interpreter first. `custom_operators` says by which C function
    an operator is computed: {"domain::Name": (file, symbol)}, where the file is
    an object, an archive or a shared library (see hone_operator.h)."""
    if check not in ("full", "none", "sampled"):
        raise ValueError(f"check: expected full, none or sampled, found {check!r}")
    sizes = [f"{name}={','.join(map(str, dims))}" for name, dims in (shapes or {}).items()]
    content = model if isinstance(model, bytes) else None
    path = "" if isinstance(model, bytes) else os.fspath(model)
    operators = [f"{name}={os.fspath(file)}:{symbol}" for name, (file, symbol) in (custom_operators or {}).items()]
    return Model(_core.compile_model(path, content, sizes, operators, cpu, check, threads))
