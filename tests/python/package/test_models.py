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


def test_a_broken_model_is_an_error_of_hone():
    with pytest.raises(hone.Error):
        hone.compile(b"no model")
    with pytest.raises(ValueError, match="sampled"):
        hone.compile(b"", check="most")


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
