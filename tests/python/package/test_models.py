# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hone.compile: models as functions of arrays."""

import hone
import numpy as np
import pytest

GRAPH = """graph "g" (%x: f32[3, 4], %n: i64[2]) -> (%y, %m) {
  %w: f32[4, 2] = const [1, 0, 0, 1, 1, 0, 0, 1]
  %y: f32[3, 2] = MatMul(%x, %w)
  %m: i64[2, 1] = Reshape(%n, %s)
  %s: i64[2] = const [2, 1]
}"""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    lines = GRAPH.splitlines()
    lines.insert(2, lines.pop(4))
    path = tmp_path_factory.mktemp("model") / "g.graph"
    path.write_text("\n".join(lines))
    return hone.compile(path)


X = np.arange(12, dtype=np.float32).reshape(3, 4)
N = np.array([5, 7], np.int64)
Y = np.stack([X[:, 0] + X[:, 2], X[:, 1] + X[:, 3]], axis=1)


def test_outputs_come_by_name(model):
    results = model(x=X, n=N)
    assert list(results) == ["y", "m"]
    np.testing.assert_array_equal(results["y"], Y)
    np.testing.assert_array_equal(results["m"], N.reshape(2, 1))


def test_arrays_are_used_where_they_stand_whatever_their_strides(model):
    turned = np.asfortranarray(X)
    out = np.full((3, 4), -1, np.float32)
    results = model.run({"x": turned, "n": N}, out={"y": out[:, ::2]})
    assert results["y"].base is out
    np.testing.assert_array_equal(out[:, ::2], Y)
    assert (out[:, 1::2] == -1).all()


def test_read_only_inputs_are_welcome(model):
    frozen = X.copy()
    frozen.flags.writeable = False
    np.testing.assert_array_equal(model(x=frozen, n=N)["y"], Y)


def test_what_does_not_fit_is_named(model):
    assert model.inputs["x"] == (np.float32, (3, 4))
    with pytest.raises(TypeError, match="expected float32"):
        model(x=X.astype(np.float64), n=N)
    with pytest.raises(TypeError, match=r"found float32\[4, 3\]"):
        model(x=X.T, n=N)
    with pytest.raises(TypeError, match="expected the inputs"):
        model(x=X)
    with pytest.raises(TypeError, match=r"expected of the outputs \['m', 'y'\], found \['z'\]"):
        model.run({"x": X, "n": N}, out={"z": Y})
    frozen = np.zeros((3, 2), np.float32)
    frozen.flags.writeable = False
    with pytest.raises(TypeError, match="'y': an output's array must not be read-only"):
        model.run({"x": X, "n": N}, out={"y": frozen})


def test_a_broken_model_is_an_error_of_hone():
    with pytest.raises(hone.Error):
        hone.compile(b"no model")
    with pytest.raises(ValueError, match="sampled"):
        hone.compile(b"", check="most")
    with pytest.raises(ValueError, match="threads"):
        hone.compile(b"", threads=0)


def test_one_model_takes_every_size(tmp_path):
    path = tmp_path / "open.graph"
    path.write_text(
        'graph "open" (%x: f32[N, 4], %c: bool[M]) -> (%y, %found) {\n'
        "  %y = Add(%x, %x)\n  %found = NonZero(%c)\n}\n"
    )
    model = hone.compile(path)
    assert model.inputs["x"].shape == (-1, 4)
    for count in (0, 1, 7):
        x = np.arange(4 * count, dtype=np.float32).reshape(count, 4)
        c = np.arange(2 * count) % 3 == 0
        results = model(x=np.asfortranarray(x), c=c)
        np.testing.assert_array_equal(results["y"], 2 * x)
        np.testing.assert_array_equal(results["found"][0], np.flatnonzero(c))
    with pytest.raises(TypeError, match=r"expected float32\[-1, 4\]"):
        model(x=np.zeros((2, 5), np.float32), c=np.zeros(1, bool))


# --- What is no plain tensor ---------------------------------------------------

VALUES = """graph "v" (%xs: seq(f32[*]), %words: string[N], %x: f32[2], %maybe: opt(seq(f32[*])), %at: i64[]) -> (%all, %one, %up, %pieces, %has, %y, %count) {
  %all = SequenceInsert(%xs, %x)
  %one = SequenceAt(%all, %at)
  %up = StringNormalizer(%words) {case_change_action = "UPPER"}
  %pieces, %counts = StringSplit(%words) {delimiter = ","}
  %has = OptionalHasElement(%maybe)
  %y = Add(%x, %x)
  %count = SequenceLength(%all)
}"""

MANY = [np.arange(6, dtype=np.float32).reshape(2, 3), np.float32(4)]
WORDS = ["ab,c", "", "Été", b"\xff,\xfe"]
PAIR = np.array([1, 2], np.float32)
ARGUMENTS = {"xs": MANY, "words": WORDS, "x": PAIR, "maybe": None, "at": np.array(0)}


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    path = tmp_path_factory.mktemp("values") / "v.graph"
    path.write_text(VALUES)
    return hone.compile(path)


def test_sequences_are_lists_texts_are_arrays_and_nothing_is_none(values):
    results = values.run(ARGUMENTS)
    np.testing.assert_array_equal(results["all"][0], MANY[0])
    np.testing.assert_array_equal(results["one"], MANY[0])
    assert [item.shape for item in results["all"]] == [(2, 3), (), (2,)]
    assert results["up"].tolist() == ["AB,C", "", "ÉTÉ", "\udcff,\udcfe"]
    assert results["pieces"].tolist() == [
        ["ab", "c"], ["", ""], ["Été", ""], ["\udcff", "\udcfe"]
    ]
    assert results["has"] == False and results["count"] == 3  # noqa: E712
    np.testing.assert_array_equal(results["y"], 2 * PAIR)
    results["all"][0][0, 0] = 7  # a copy of one's own
    for given in (MANY, [], tuple(MANY)):
        again = values.run({**ARGUMENTS, "maybe": given, "xs": []})
        assert again["has"] and len(again["all"]) == 1


def test_texts_come_in_every_form_that_numpy_has(values):
    expected = ["AB", "C"]
    forms = [np.array(["ab", "c"]), np.array([b"ab", b"c"]), ("ab", b"c"),
             np.array(["ab", "c"], object), np.array(["ab", "", "c"])[::2]]
    for words in forms:
        assert values.run({**ARGUMENTS, "words": words})["up"].tolist() == expected


def test_what_a_model_takes_says_of_what_it_is_made(values):
    assert str(values.inputs["xs"]) == "a list of float32"
    assert str(values.inputs["maybe"]) == "a list of float32 or None"
    assert str(values.inputs["words"]) == "text[-1]"
    assert values.inputs["xs"] == hone.SequenceInfo(hone.TensorInfo(np.dtype("f4"), None))
    assert values.outputs["pieces"].is_text and values.outputs["pieces"].is_open


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("xs", PAIR, r"'xs': expected a list of float32, found float32\[2\]"),
        ("xs", [PAIR, PAIR.astype(int)], r"'xs'\[1\]: expected float32, found int64\[2\]"),
        ("xs", None, "'xs': expected a list of float32, found NoneType"),
        ("words", [["a"]], r"'words': expected text\[-1\], found text\[1, 1\]"),
        ("words", ["a", 5], r"'words': expected text\[-1\], found a int in it"),
        ("words", PAIR, r"'words': expected text\[-1\], found float32\[2\]"),
        ("maybe", PAIR, r"'maybe': expected a list of float32, found float32\[2\]"),
        ("maybe", [None], r"'maybe'\[0\]: expected float32, found NoneType"),
        ("at", None, r"'at': expected int64\[\], found object\[\]"),
    ],
)
def test_what_is_another_value_is_named(values, name, value, message):
    with pytest.raises(TypeError, match=message):
        values.run({**ARGUMENTS, name: value})


def test_a_position_outside_of_a_sequence_is_an_error(values):
    with pytest.raises(hone.Error, match="position"):
        values.run({**ARGUMENTS, "at": np.array(3)})


def test_threads_share_a_model_of_values(values):
    import concurrent.futures

    def call(i):
        words = [f"{i},{k}" for k in range(i + 1)]
        results = values.run({**ARGUMENTS, "words": words, "xs": [PAIR] * i})
        return results["pieces"].tolist() == [[str(i), str(k)] for k in range(i + 1)] and results["count"] == i + 1

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert all(pool.map(call, range(100)))
