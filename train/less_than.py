"""``<`` for tokenizers that cannot write it: two of T5's sentinel tokens stand for it.

T5's vocabulary has no ``<``. New tokens would need trained embedding rows in the adapter, and plain
peft on transformers 5 loses those rows without a warning: transformers treats the output layer of
every T5 as a copy of its embedding, which is wrong for Flan-T5. So no row is added. Two sentinels
from T5's pretraining (such as ``<extra_id_0>``) get a new spelling in the tokenizer that is saved
with the model, and the adapter learns to write them.
"""

from __future__ import annotations

import json
from typing import Any

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from text2sql.errors import ModelError

__all__ = ["SPELLINGS", "with_less_than", "writes_less_than"]

SPELLINGS = {"<extra_id_0>": "▁<", "<extra_id_1>": "<"}
"""The new spelling of each sentinel, with and without a leading space; ``<=`` and ``<>`` follow."""


def writes_less_than(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the tokenizer has a token for ``<``."""
    return tokenizer.unk_token_id not in tokenizer("<", add_special_tokens=False)["input_ids"]


def with_less_than(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """Return ``tokenizer`` if it can write ``<``, else one with the same ids that can.

    Raises:
        ModelError: the tokenizer has no sentinels of T5's kind.
    """
    if writes_less_than(tokenizer):
        return tokenizer
    backend: Any = tokenizer.backend_tokenizer  # all T5's are fast
    parts = json.loads(backend.to_str())
    vocabulary = parts["model"]["vocab"]
    pieces = [piece for piece, _ in vocabulary] if isinstance(vocabulary, list) else []
    if any(sentinel not in pieces for sentinel in SPELLINGS):
        raise ModelError(
            f"The tokenizer of {tokenizer.name_or_path!r} cannot write '<' and has no "
            f"{' and '.join(SPELLINGS)} to write it with; use a T5 of Google's, or an mT5."
        )
    for sentinel, spelling in SPELLINGS.items():
        vocabulary[pieces.index(sentinel)] = [spelling, 0.0]  # the highest score for this spelling
    parts["added_tokens"] = [a for a in parts["added_tokens"] if a["content"] not in SPELLINGS]
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=Tokenizer.from_str(json.dumps(parts)),
        pad_token=tokenizer.pad_token,
        eos_token=tokenizer.eos_token,
        unk_token=tokenizer.unk_token,
        clean_up_tokenization_spaces=False,
        name_or_path=tokenizer.name_or_path,
    )
