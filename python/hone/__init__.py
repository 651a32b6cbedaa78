# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hone, a compiler that learns.

    hone.optimize("deflate.c")           a smaller object file, checked
    hone.make("llvm-size")               LLVM's passes as an environment
    hone.parse("x / 4 * 4 <= x")         a term; hone.counterexample refutes it

Importing this package registers the environments "hone/…" with Gymnasium.
"""

from hone._core import Term, counterexample, error_kinds, parse, search_names
from hone._core import __version__ as __version__
from hone._optimize import OptimizeReport, Sizes, optimize
from hone.environments import (
    CompilerEnv,
    Validation,
    benchmark,
    bundled_benchmarks,
    make,
    register_environments,
    validate,
)
from hone.errors import Error

__all__ = [
    "CompilerEnv",
    "Error",
    "OptimizeReport",
    "Sizes",
    "Term",
    "Validation",
    "benchmark",
    "bundled_benchmarks",
    "counterexample",
    "error_kinds",
    "make",
    "optimize",
    "parse",
    "search_names",
    "validate",
]

register_environments()
