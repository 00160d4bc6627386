"""Tokenizers like T5's that write ``<`` without a new row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from tests.tiny_t5 import learn_tokenizer
from text2sql.errors import ModelError
from train.less_than import with_less_than, writes_less_than

TEXTS = ("a < 5", "a<5", "a <= 5 AND b>=6", "a <> b", "count(*)<=3", "a < (SELECT b FROM t)")


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    return learn_tokenizer(sentinels=4)


def test_encoded_texts_are_decoded_unchanged(tokenizer: PreTrainedTokenizerBase) -> None:
    mended = with_less_than(tokenizer)
    ids = [mended(text).input_ids for text in TEXTS]
    assert mended.batch_decode(ids, skip_special_tokens=True) == list(TEXTS)
    lost = tokenizer.batch_decode([tokenizer(text).input_ids for text in TEXTS])
    assert all("<unk>" in text for text in lost)


def test_no_id_changes_and_none_is_added(tokenizer: PreTrainedTokenizerBase) -> None:
    before, after = tokenizer.get_vocab(), with_less_than(tokenizer).get_vocab()
    assert set(before) - set(after) == {"<extra_id_0>", "<extra_id_1>"}
    assert after["\u2581<"] == before["<extra_id_0>"]
    assert after["<"] == before["<extra_id_1>"]
    assert {t: n for t, n in after.items() if t in before} == {
        t: n for t, n in before.items() if t in after
    }


def test_a_saved_tokenizer_is_the_same_when_loaded(
    tokenizer: PreTrainedTokenizerBase, tmp_path: Path
) -> None:
    with_less_than(tokenizer).save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5"}))  # as a whole model has
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert writes_less_than(again)
    assert with_less_than(again) is again
    assert len(again) == len(tokenizer)


def test_the_other_sentinels_stay_out_of_the_text(tokenizer: PreTrainedTokenizerBase) -> None:
    mended = with_less_than(tokenizer)
    ids = mended("<extra_id_2> a < 5").input_ids
    assert str(mended.decode(ids, skip_special_tokens=True)).strip() == "a < 5"


def test_a_tokenizer_without_sentinels_is_refused() -> None:
    with pytest.raises(ModelError, match="cannot write '<' and has no <extra_id_0>"):
        with_less_than(learn_tokenizer())
