# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.parse and what can be done with a term."""

import hone
import pytest


def test_text_is_parsed_and_printed_in_both_forms():
    term = hone.parse("x + 3 < y")
    assert str(term) == "x + 3 < y"
    assert term.prefix() == "( < ( + x 3 ) y )"
    assert hone.parse(term.prefix()) == term
    assert (term.op, term.sort, term.value) == ("<", "Bool", None)
    assert [str(arg) for arg in term.args] == ["x + 3", "y"]
    assert term.args[0].args[1].value == 3


def test_equal_terms_are_equal_in_any_context():
    assert {hone.parse("a + b"), hone.parse("a + b")} == {hone.parse("a + b")}
    assert hone.parse("a + b") != hone.parse("a - b")
    assert hone.parse("a") != "a"


@pytest.mark.parametrize(("text", "value"), [("-7 / 2", -4), ("-7 % 2", 1), ("5 / 0", 0)])
def test_division_is_euclidean(text, value):
    assert hone.parse(text).evaluate() == value


def test_numbers_are_unbounded():
    big = 10**40 + 7
    assert hone.parse("x * x - 1").evaluate(x=big) == big * big - 1
    assert hone.parse("x < y").evaluate(x=-big, y=0) is True


def test_a_variable_without_a_value_is_named():
    with pytest.raises(hone.Error, match="'?y'?") as caught:
        hone.parse("x + y").evaluate(x=1)
    for wrong in (2.5, "2", None, [2]):
        with pytest.raises(TypeError):
            hone.parse("x + 1").evaluate(x=wrong)
    assert caught.value.kind == "not-found"


def test_an_error_of_the_text_says_its_place():
    with pytest.raises(hone.Error, match="1:4") as caught:
        hone.parse("x +")
    assert caught.value.kind == "malformed"


@pytest.mark.parametrize(
    ("text", "assume", "shorter"),
    [
        ("(x * 4 + 3) / 4", [], "x"),
        ("min(x, y) + 0 * z", ["x <= y"], "x"),
        ("let t = a + a in t - a", [], "a"),
    ],
)
def test_terms_are_simplified_under_assumptions(text, assume, shorter):
    assert hone.simplify(text, assume) == hone.parse(shorter)
    same = hone.simplify(hone.parse(text), [hone.parse(fact) for fact in assume])
    assert same == hone.parse(shorter)


def test_an_assumption_must_be_a_bool():
    with pytest.raises(hone.Error, match="expected a term of sort Bool"):
        hone.simplify("x", ["x + 1"])
