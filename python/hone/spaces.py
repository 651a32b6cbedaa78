# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Gymnasium spaces for observations that are no numbers, and the table that
turns the spaces of the C++ rooms into Gymnasium's."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import gymnasium
import numpy as np

# One less than there is: Box.sample() draws below what follows it.
MOST = np.iinfo(np.int64).max - 1


class Values(gymnasium.Space[Any]):
    """Every value of one Python type: what cannot be bounded beforehand."""

    def __init__(self, type_: type, seed: int | None = None) -> None:
        super().__init__(None, None, seed)
        self.type = type_

    @property
    def is_np_flattenable(self) -> bool:
        return False

    def sample(self, mask: Any = None, probability: Any = None) -> Any:
        return self.type()

    def contains(self, x: Any) -> bool:
        return isinstance(x, self.type)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Values) and self.type is other.type

    def __repr__(self) -> str:
        return f"Values({self.type.__name__})"


class NamedSpace(NamedTuple):
    """One observation: how to convert what C++ gives, and what comes out."""

    name: str
    space: gymnasium.Space[Any]
    convert: Callable[[Any], Any]
    names: tuple[str, ...]  # of the elements of a box
    sentence: str


def _same(value: Any) -> Any:
    return value


def _integer(value: int) -> np.ndarray:
    return np.array((value,), np.int64)


def _float(value: float) -> np.ndarray:
    return np.array((value,), np.float64)


def named_space(name: str, kind: str, names: list[str], low: int, sentence: str) -> NamedSpace:
    """From a row of _core.Environment.spaces()."""
    space: gymnasium.Space[Any]
    convert: Callable[[Any], Any] = _same
    if kind == "integer":
        space, convert = gymnasium.spaces.Box(low, MOST, (1,), np.int64), _integer
    elif kind == "float":
        space, convert = gymnasium.spaces.Box(low, np.inf, (1,), np.float64), _float
    elif kind == "box":
        space = gymnasium.spaces.Box(low, MOST, (len(names),), np.int64)
    elif kind == "float-box":
        space = gymnasium.spaces.Box(-np.inf, np.inf, (len(names),), np.float64)
    elif kind == "discrete":
        space = gymnasium.spaces.Discrete(len(names))
    elif kind == "document":
        space, convert = Values(dict), json.loads
    else:
        space = Values({"bytes": bytes, "text": str, "sequence": list}[kind])
    return NamedSpace(name, space, convert, tuple(names), sentence)


def compressed(numbers: np.ndarray) -> np.ndarray:
    """sign(x) log(1 + |x|): counts differ by orders of magnitude."""
    return np.sign(numbers) * np.log1p(np.abs(numbers))


# Of compressed int64: log(2 ** 63) = 43.7.
COMPRESSED_LIMIT = 44.0
