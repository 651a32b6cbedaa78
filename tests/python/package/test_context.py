# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.Context and hone.solve."""

import typing

import hone
import pytest


def test_every_question_is_asked_under_the_assumptions():
    context = hone.Context("v in [0, 63]", "v % 8 == 0")
    assert context.prove("v / 64 == 0").answer == "true"
    assert context.bounds("v / 3").greatest.value == 18
    assert str(context.simplify("min(v / 8, 7)")) == "v / 8"
    assert str(context.solve("v * 2 < 16", "v").formula) == "v <= 7"
    assert [str(a) for a in context.assumptions] == ["0 <= v && v <= 63", "v % 8 == 0"]


def test_a_block_takes_its_assumptions_along():
    context = hone.Context("n >= 1")
    with context.assuming("i in [0, n)") as inner:
        assert inner.prove("i < n", proof=True).proof
        with context.assuming("i >= 10"):
            assert context.prove("n > 10").answer == "true"
        assert context.prove("n > 10").answer == "contingent"
    assert context.prove("i < n").answer == "contingent"


def test_a_block_is_left_by_an_error_too():
    context = hone.Context("n >= 1")
    with pytest.raises(hone.Error) as caught, context.assuming("n >= 3", "n < 2"):
        pass
    assert caught.value.kind == "invalid-argument"
    assert len(context.assumptions) == 1
    with pytest.raises(hone.Error, match="pop without a push"):
        context.pop()


def test_push_and_pop_match():
    context = hone.Context()
    context.push("x > 3")
    context.push()
    context.assume("x < 5")
    assert context.prove("x == 4").answer == "true"
    context.pop()
    assert context.prove("x == 4").answer == "contingent"
    context.pop()
    assert context.assumptions == []


def test_terms_outlive_their_context():
    term = hone.Context("x in [0, 3]").simplify("x + y - x")
    assert term == hone.parse("y")


def test_a_solution_says_which_kind_it_is():
    exact = hone.solve("v * 4 + 3 < n", "v")
    assert (exact.kind, str(exact.formula)) == ("exact", "v <= n / 4 - 1")
    (cell,) = exact.cells
    assert cell.low is None and cell.high == hone.parse("n / 4 - 1")
    (cell,) = hone.solve("v * 6 % 8 == 2", "v").cells
    assert [str(p) for p in cell.periodic] == ["v % 4 == 3"]
    assert hone.solve("v < 3 && v > 3", "v").cells == []
    assert hone.solve("v * v * v < n", "v").kind == "outer"
    assert hone.solve("v * v * v < n", "v", inner=True).kind == "inner"


@pytest.mark.parametrize(
    "condition", ["(3 * v + 5) / 4 >= 7", "max(v, 4) % 3 != v % 3", "v % 5 < 2"]
)
def test_a_solution_holds_where_its_condition_does(condition):
    solution = hone.solve(condition, "v", ["v in [-30, 30]"])
    assert solution.kind == "exact"
    for v in range(-30, 31):
        assert solution.formula.evaluate(v=v) is hone.parse(condition).evaluate(v=v), v


def test_only_an_integer_can_be_solved_for():
    with pytest.raises(hone.Error, match="sort Int"):
        hone.solve("p && v < 3", "p && p")


def test_the_types_are_written_down():
    hints = typing.get_type_hints(hone.Context.solve)
    assert hints["return"] is hone.Solution
    assert typing.get_type_hints(hone.solve)["inner"] is bool
