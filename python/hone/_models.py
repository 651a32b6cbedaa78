# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensor models, compiled in this process."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hone import _core
from hone._values import ValueInfo, fitting, given, info_of, is_array, taken

class Model:
    """A compiled model: call it with its inputs by name.

    Any number of threads may call it at the same time."""

    def __init__(self, core: _core.CompiledModel) -> None:
        self._core = core
        self.inputs: dict[str, ValueInfo] = {row[0]: info_of(*row) for row in core.inputs}
        self.outputs: dict[str, ValueInfo] = {row[0]: info_of(*row) for row in core.outputs}

    def __call__(self, **values: Any) -> dict[str, Any]:
        return self.run(values)

    def run(
        self, values: Mapping[str, Any], out: Mapping[str, NDArray[Any]] | None = None
    ) -> dict[str, Any]:
        """The outputs by name, in new arrays or in those of `out`. Arrays are
        read and written where they stand, whatever their strides are; those of
        open sizes are contiguous, and as outputs always new. Text is an array or
        list of `str` or `bytes`, a sequence is a list, an optional without a
        value is None; these are copied."""
        unknown = set(values) - set(self.inputs)
        missing = set(self.inputs) - set(values)
        if unknown or missing:
            raise TypeError(
                f"expected the inputs {sorted(self.inputs)}, found {sorted(values)}"
            )
        strangers = set(out or {}) - set(self.outputs)
        if strangers:
            raise TypeError(
                f"out: expected of the outputs {sorted(self.outputs)}, found {sorted(strangers)}"
            )
        arguments = [
            fitting(repr(name), values[name], info)
            if is_array(info)
            else taken(repr(name), values[name], info)
            for name, info in self.inputs.items()
        ]
        results = {name: _array_for(name, info, out or {}) for name, info in self.outputs.items()}
        sizes, found = self._core.run(arguments, list(results.values()))
        if sizes:
            for (name, info), shape in zip(self.outputs.items(), sizes, strict=True):
                if is_array(info) and info.is_open:
                    results[name] = np.empty(shape, info.dtype)
            sizes, found = self._core.run(arguments, list(results.values()))
        for (name, info), value in zip(self.outputs.items(), found, strict=True):
            if not is_array(info):
                results[name] = given(value, info)
        return results

    def __repr__(self) -> str:
        return f"Model(inputs={list(self.inputs)}, outputs={list(self.outputs)})"


def _array_for(name: str, info: ValueInfo, out: Mapping[str, NDArray[Any]]) -> NDArray[Any] | None:
    """Where an output goes; None for what is no plain tensor."""
    if not is_array(info):
        return None
    if name in out and not info.is_open:
        array = fitting(repr(name), out[name], info)
        if not array.flags.writeable:
            raise TypeError(f"{name!r}: an output's array must not be read-only")
        return array
    return np.empty([max(size, 0) for size in info.shape or ()], info.dtype)


def compile(
    model: str | os.PathLike[str] | bytes,
    *,
    shapes: Mapping[str, Sequence[int]] | None = None,
    threads: int = 1,
    cpu: str = "native",
    check: str = "sampled",
    custom_operators: Mapping[str, tuple[str | os.PathLike[str], str]] | None = None,
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
    if threads < 1:
        raise ValueError(f"threads: expected a whole number from 1 up, found {threads!r}")
    sizes = [f"{name}={','.join(map(str, dims))}" for name, dims in (shapes or {}).items()]
    content = model if isinstance(model, bytes) else None
    path = "" if isinstance(model, bytes) else os.fspath(model)
    operators = [f"{name}={os.fspath(file)}:{symbol}" for name, (file, symbol) in (custom_operators or {}).items()]
    return Model(_core.compile_model(path, content, sizes, operators, cpu, check, threads))
