# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What compiled models take and give, as Python has it, checked and brought
into the one form that _core knows (src/python/model_values.h)."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

_DTYPES = {
    "bool": np.bool_,
    "f16": np.float16,
    "f32": np.float32,
    "f64": np.float64,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
    "string": np.object_,
    "u8": np.uint8,
    "u16": np.uint16,
    "u32": np.uint32,
    "u64": np.uint64,
}

# Texts are UTF-8, and other bytes come back as they were given.
_TEXT = ("utf-8", "surrogateescape")


class TensorInfo(NamedTuple):
    """What a model takes or gives; a size of -1 is known only when it runs,
    where `shape` is None so is the number of dimensions. Texts are `str` in an
    array of objects."""

    dtype: np.dtype
    shape: tuple[int, ...] | None

    @property
    def is_open(self) -> bool:
        return self.shape is None or -1 in self.shape

    @property
    def is_text(self) -> bool:
        return self.dtype == np.object_

    def __str__(self) -> str:
        element = "text" if self.is_text else str(self.dtype)
        return element + ("" if self.shape is None else str(list(self.shape)))


class SequenceInfo(NamedTuple):
    """A list of such items."""

    item: "ValueInfo"

    def __str__(self) -> str:
        return f"a list of {self.item}"


class OptionalInfo(NamedTuple):
    """Such an item, or None."""

    item: "ValueInfo"

    def __str__(self) -> str:
        return f"{self.item} or None"


ValueInfo = TensorInfo | SequenceInfo | OptionalInfo


def info_of(
    name: str, containers: Sequence[str], element: str, sizes: Sequence[int] | None
) -> ValueInfo:
    if element not in _DTYPES:
        raise TypeError(f"tensor {name!r} has elements of {element}, which NumPy lacks")
    shape = None if sizes is None else tuple(sizes)
    info: ValueInfo = TensorInfo(np.dtype(_DTYPES[element]), shape)
    for container in reversed(containers):
        info = SequenceInfo(info) if container == "sequence" else OptionalInfo(info)
    return info


def is_array(info: ValueInfo) -> TypeGuard[TensorInfo]:
    """Whether it is a plain tensor, which is used where it stands."""
    return isinstance(info, TensorInfo) and not info.is_text and info.shape is not None


def _found(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return type(value).__name__
    is_text = value.dtype.kind in "STU" or (
        value.dtype.kind == "O" and all(isinstance(x, str | bytes) for x in value.flat)
    )
    return f"{'text' if is_text else value.dtype}{list(value.shape)}"


def _wrong(name: str, info: ValueInfo, value: Any) -> TypeError:
    return TypeError(f"{name}: expected {info}, found {_found(value)}")


def _fits(shape: tuple[int, ...], info: TensorInfo) -> bool:
    return info.shape is None or (
        len(shape) == len(info.shape)
        and all(size in (-1, own) for size, own in zip(info.shape, shape, strict=True))
    )


def fitting(name: str, value: Any, info: TensorInfo) -> NDArray[Any]:
    """A plain tensor, as it stands if it may have strides."""
    array = np.asarray(value)
    if info.is_open:
        array = np.ascontiguousarray(array).reshape(array.shape)
    if array.dtype != info.dtype or not _fits(array.shape, info):
        raise _wrong(name, info, array)
    return array


def _bytes_of(name: str, info: TensorInfo, text: Any) -> bytes:
    if isinstance(text, str):
        return text.encode(*_TEXT)
    if isinstance(text, bytes):
        return text
    raise TypeError(f"{name}: expected {info}, found a {type(text).__name__} in it")


def _texts(name: str, value: Any, info: TensorInfo) -> tuple[list[int], list[bytes]]:
    # Strings of any kind that NumPy has; a list of lists is an array as well.
    array = value if isinstance(value, np.ndarray) else np.array(value, dtype=object)
    if array.dtype.kind not in "OSTU" or not _fits(array.shape, info):
        raise _wrong(name, info, array)
    words = [_bytes_of(name, info, text) for text in array.ravel().tolist()]
    return list(array.shape), words


def taken(name: str, value: Any, info: ValueInfo) -> Any:
    """A value as _core takes it."""
    if isinstance(info, OptionalInfo):
        return None if value is None else taken(name, value, info.item)
    if value is None:
        raise _wrong(name, info, value)
    if isinstance(info, SequenceInfo):
        if not isinstance(value, list | tuple):
            raise _wrong(name, info, value)
        return [taken(f"{name}[{i}]", item, info.item) for i, item in enumerate(value)]
    if info.is_text:
        return _texts(name, value, info)
    return np.ascontiguousarray(fitting(name, value, info)).reshape(np.shape(value))


def given(value: Any, info: ValueInfo) -> Any:
    """A value of _core as users get it."""
    if isinstance(info, OptionalInfo):
        return None if value is None else given(value, info.item)
    if isinstance(info, SequenceInfo):
        return [given(item, info.item) for item in value]
    shape, elements = value
    if not info.is_text:
        return np.frombuffer(elements, info.dtype).reshape(shape)
    texts = np.empty(len(elements), object)
    texts[:] = [text.decode(*_TEXT) for text in elements]
    return texts.reshape(shape)
