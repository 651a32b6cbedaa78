# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.prove, hone.bounds and hone.replay_proofs."""

import hone
import pytest


def test_a_proof_is_handed_out_and_replayed():
    judgement = hone.prove("(v * 32 + 72) / 7 != 0", ["v >= 0"], proof=True)
    assert judgement.answer == "true"
    assert hone.replay_proofs(judgement.proof) == 1
    with pytest.raises(hone.Error) as caught:
        hone.replay_proofs(judgement.proof.replace("proves true", "proves false"))
    assert caught.value.kind == "rejected"
    assert hone.prove("v < v").answer == "false"


def test_a_contingent_claim_comes_with_both_models():
    claim, assume = "x / 4 * 4 == x", ["0 <= x", "x < 9"]
    judgement = hone.prove(claim, assume)
    assert judgement.answer == "contingent"
    for value, model in ((True, judgement.true_where), (False, judgement.false_where)):
        assert hone.parse(claim).evaluate(**model) is value
        assert all(hone.parse(fact).evaluate(**model) for fact in assume)


def test_bounds_are_tight_and_say_where_they_are_reached():
    least, greatest = hone.bounds("v / 8 * 8 - 3", "0 <= v && v < 64")
    assert (least.kind, least.value) == ("tight", -3)
    assert (greatest.kind, greatest.value) == ("tight", 53)
    assert hone.parse("v / 8 * 8 - 3").evaluate(**greatest.where) == 53
    proved = hone.bounds("v / 8 * 8 - 3", "0 <= v && v < 64", proof=True)
    assert [hone.replay_proofs(end.proof) for end in proved] == [1, 1]
    assert least.proof == ""
    assert hone.bounds("x", ["x >= 2"]).greatest[:2] == ("unbounded", None)


def test_what_is_no_claim_is_refused():
    with pytest.raises(hone.Error, match="Bool") as caught:
        hone.prove("x + 1")
    assert caught.value.kind == "malformed"
    with pytest.raises(hone.Error):
        hone.prove("x > 0", ["x > 1", "x < 1"])
