# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hone, a compiler that learns.

    hone.optimize("deflate.c")           a smaller object file, checked
    hone.compile("net.onnx")             a tensor model as a function
    hone.make("llvm-size")               LLVM's passes as an environment
    hone.parse("x / 4 * 4 <= x")         a term
    hone.prove("x / 4 * 4 <= x")         true, false, contingent or open
    hone.simplify("(x * 4 + 3) / 4")     x
    hone.solve("x * 4 < n", "x")         x <= (n - 1) / 4
    hone.Context("x in [0, 63]")         many questions under one assumption

Importing this package registers the environments "hone/…" with Gymnasium.
"""

from hone import wrappers
from hone._core import Store, Term, error_kinds, parse, replay_proofs, search_names, version
from hone._models import Model, compile
from hone._optimize import OptimizeReport, Sizes, optimize
from hone._prover import (
    Bound,
    Bounds,
    Cell,
    Context,
    Judgement,
    Solution,
    bounds,
    prove,
    simplify,
    solve,
)
from hone._values import OptionalInfo, SequenceInfo, TensorInfo
from hone.environments import (
    CompilerEnv,
    Semantics,
    Validation,
    benchmark,
    bundled_benchmarks,
    make,
    register_environments,
    validate,
)
from hone.errors import Error

__all__ = [
    "Bound",
    "Bounds",
    "Cell",
    "CompilerEnv",
    "Context",
    "Error",
    "Judgement",
    "Model",
    "OptionalInfo",
    "OptimizeReport",
    "Semantics",
    "SequenceInfo",
    "Sizes",
    "Solution",
    "Store",
    "TensorInfo",
    "Term",
    "Validation",
    "benchmark",
    "bounds",
    "bundled_benchmarks",
    "compile",
    "error_kinds",
    "make",
    "optimize",
    "parse",
    "prove",
    "replay_proofs",
    "search_names",
    "simplify",
    "solve",
    "validate",
    "wrappers",
]

__version__ = version()
register_environments()
