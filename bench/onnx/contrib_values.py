# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random inputs of operators of com.microsoft."""

import dataclasses

import numpy as np


@dataclasses.dataclass
class Weight:
    array: np.ndarray


def f(r, *dims):
    return r.uniform(-1, 1, dims).astype(np.float32)


def u8(r, *dims):
    return r.randint(0, 256, dims).astype(np.uint8)


def i8(r, *dims):
    return r.randint(-128, 128, dims).astype(np.int8)


def scale(value):
    return Weight(np.array(value, np.float32))


def zero(value, kind=np.uint8):
    return Weight(np.array(value, kind))


def size(r, low=1, high=7):
    return int(r.randint(low, high + 1))


def weight(array):
    return Weight(array)
