# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""IR2Vec's vectors as observations."""

import json
import warnings

import gymnasium
import hone
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env


@pytest.fixture
def vocabulary(tmp_path):
    path = tmp_path / "vocabulary.json"
    lists = {
        "Opcodes": {"Load": [0.5, -3.25, 0], "Ret": [1, 0, 0]},
        "Types": {"IntegerTy": [0, 1, 0]},
        "Arguments": {"Constant": [7, 8, 0]},
    }
    path.write_text(json.dumps(lists))
    return path


def test_a_vector_is_a_box_of_float64(program, vocabulary):
    env = hone.make("llvm-ic", benchmark=program, observation="ir2vec", vocabulary=vocabulary)
    assert env.observation_space == gymnasium.spaces.Box(-np.inf, np.inf, (3,), np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of boxes without bounds
        check_env(env)
    first, _ = env.reset()
    assert first.dtype == np.float64 and first[0] > 0 and first[2] == 0
    second = env.step_texts(["function(sroa)"])[0]
    assert second[1] > first[1]  # fewer loads
    assert env.observe("ir2vec-flow").shape == (3,)
    assert (env.observe("ir2vec") == second).all()
    env.close()


def test_batches_and_flat_forms_have_it_too(program, vocabulary, monkeypatch):
    monkeypatch.setenv("HONE_IR2VEC_VOCABULARY", str(vocabulary))
    names = ["ir2vec", "autophase"]
    one = gymnasium.make("hone/llvm-ic-flat-v0", benchmark=program, observation=names)
    flat, _ = one.reset()
    assert flat.shape == (59,) and flat.dtype == np.float32
    batch = gymnasium.make_vec(
        "hone/llvm-ic-v0",
        num_envs=2,
        vectorization_mode="vector_entry_point",
        benchmark=program,
        observation="ir2vec",
    )
    rows, _ = batch.reset()
    assert rows.shape == (2, 3) and rows.dtype == np.float64 and rows in batch.observation_space
    assert (rows == one.unwrapped.observe("ir2vec")).all()
    batch.close()
    one.close()


def test_without_a_vocabulary_there_is_one_clear_error(program, tmp_path):
    with pytest.raises(hone.Error, match="'ir2vec' needs a vocabulary"):
        hone.make("llvm-ic", benchmark=program, observation="ir2vec")
    broken = tmp_path / "broken.json"
    broken.write_text('{"Opcodes": {"Add": [1, "x"]}}')
    with pytest.raises(hone.Error, match=r"broken.json' is no vocabulary.*\"Add\" in"):
        hone.make("llvm-ic", benchmark=program, vocabulary=broken)
    env = hone.make("llvm-ic", benchmark=program)  # everything else is as it was
    env.reset()
    assert "ir2vec" in env.observation_spaces
    env.close()
