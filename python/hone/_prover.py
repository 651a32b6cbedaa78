# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`hone prove`, `hone bounds` and the greedy simplifier as functions.

Expressions are Terms or their texts; assumptions are Bools, such as
"0 <= v && v < 64" or "v % 8 == 0". Integers are unbounded, / and % Euclidean.
"""

from collections.abc import Sequence
from typing import NamedTuple

from hone import _core

Model = dict[str, int | bool]
Expression = str | _core.Term


class Judgement(NamedTuple):
    """What is known of a claim under its assumptions."""

    answer: str  # "true", "false", "contingent" or "open"
    cause: str  # why it is open
    true_where: Model  # contingent: values for which it is true
    false_where: Model  # contingent: values for which it is false
    proof: str  # for replay_proofs, where one was asked for


class Bound(NamedTuple):
    """The least or the greatest value of an expression."""

    kind: str  # "tight", "proved" (maybe not reached), "unbounded" or "open"
    value: int | None
    where: Model  # values that reach it


class Bounds(NamedTuple):
    least: Bound
    greatest: Bound


def _texts(assume: Expression | Sequence[Expression]) -> list[str]:
    return [str(assume)] if isinstance(assume, str | _core.Term) else [str(a) for a in assume]


def prove(
    claim: Expression, assume: Expression | Sequence[Expression] = (), *, proof: bool = False
) -> Judgement:
    """Whether a Bool is always true, always false, or neither.

    With `proof`, "true" and "false" come with a proof that has been replayed.
    """
    return Judgement(*_core.prove(str(claim), _texts(assume), proof))


def bounds(expression: Expression, assume: Expression | Sequence[Expression] = ()) -> Bounds:
    """The least and the greatest value of an Int."""
    least, greatest = _core.bounds(str(expression), _texts(assume))
    return Bounds(Bound(*least), Bound(*greatest))


def simplify(expression: Expression, assume: Expression | Sequence[Expression] = ()) -> _core.Term:
    """An equal term, no larger, where the assumptions hold."""
    return _core.simplify(str(expression), _texts(assume))
