# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`hone prove`, `bounds`, `simplify` and `solve` as functions, and Context for many
questions under one set of assumptions.

Expressions are Terms or their texts; assumptions are Bools, such as
"v in [0, 63]" or "v % 8 == 0". Integers are unbounded, / and % Euclidean.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
    proof: str = ""  # that nothing lies beyond, where one was asked for


class Bounds(NamedTuple):
    least: Bound
    greatest: Bound


class Cell(NamedTuple):
    """Values of a variable: all of these hold at once."""

    low: _core.Term | None  # at least this
    high: _core.Term | None  # at most that
    periodic: list[_core.Term]  # Bools that repeat, such as v % 4 == 3
    guards: list[_core.Term]  # Bools without the variable


class Solution(NamedTuple):
    """Where a condition holds: in any of the cells."""

    kind: str  # "exact", "outer" (nowhere else), "inner" (everywhere there)
    formula: _core.Term  # the cells as one Bool, proved to be what `kind` says
    cells: list[Cell]


def _texts(assume: Expression | Sequence[Expression]) -> list[str]:
    return [str(assume)] if isinstance(assume, str | _core.Term) else [str(a) for a in assume]


def prove(
    claim: Expression, assume: Expression | Sequence[Expression] = (), *, proof: bool = False
) -> Judgement:
    """Whether a Bool is always true, always false, or neither.

    With `proof`, "true" and "false" come with a proof that has been replayed.
    """
    return Judgement(*_core.prove(str(claim), _texts(assume), proof))


def bounds(
    expression: Expression, assume: Expression | Sequence[Expression] = (), *, proof: bool = False
) -> Bounds:
    """The least and the greatest value of an Int.

    With `proof`, each that has a value comes with a proof that has been replayed.
    """
    least, greatest = _core.bounds(str(expression), _texts(assume), proof)
    return Bounds(Bound(*least), Bound(*greatest))


def simplify(expression: Expression, assume: Expression | Sequence[Expression] = ()) -> _core.Term:
    """An equal term, no larger, where the assumptions hold."""
    return Context(*_texts(assume)).simplify(expression)


def solve(
    condition: Expression,
    variable: Expression,
    assume: Expression | Sequence[Expression] = (),
    *,
    inner: bool = False,
) -> Solution:
    """The values of a variable for which a Bool holds.

    Where exactness is out of reach: an "outer" solution, or with `inner` one that is sure to hold.
    """
    return Context(*_texts(assume)).solve(condition, variable, inner=inner)


class Context:
    """Assumptions, and questions under them; the fast way to ask many.

        context = hone.Context("n % 8 == 0")
        with context.assuming("i in [0, n)"):
            context.prove("i / 8 < n / 8").answer   # "true"

    Assumptions that contradict each other are an Error. One thread at a time may use a context.
    """

    def __init__(self, *assume: Expression) -> None:
        self._core = _core.Context()
        self.assume(*assume)

    def assume(self, *assume: Expression) -> None:
        """Takes these for granted until the pop() of the last push()."""
        for text in assume:
            self._core.assume(str(text))

    def push(self, *assume: Expression) -> None:
        self._core.push()
        try:
            self.assume(*assume)
        except BaseException:
            self._core.pop()
            raise

    def pop(self) -> None:
        """Forgets what was assumed since the last push()."""
        self._core.pop()

    @contextmanager
    def assuming(self, *assume: Expression) -> Iterator["Context"]:
        """push(), and pop() at the end of the block."""
        self.push(*assume)
        try:
            yield self
        finally:
            self.pop()

    @property
    def assumptions(self) -> list[_core.Term]:
        return self._core.assumptions

    def prove(self, claim: Expression, *, proof: bool = False) -> Judgement:
        """As hone.prove."""
        return Judgement(*self._core.prove(str(claim), proof))

    def bounds(self, expression: Expression, *, proof: bool = False) -> Bounds:
        """As hone.bounds."""
        least, greatest = self._core.bounds(str(expression), proof)
        return Bounds(Bound(*least), Bound(*greatest))

    def simplify(self, expression: Expression) -> _core.Term:
        """As hone.simplify."""
        return self._core.simplify(str(expression))

    def solve(
        self, condition: Expression, variable: Expression, *, inner: bool = False
    ) -> Solution:
        """As hone.solve."""
        kind, formula, cells = self._core.solve(str(condition), str(variable), inner)
        return Solution(kind, formula, [Cell(*cell) for cell in cells])
