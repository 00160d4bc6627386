"""A random T5 of a few megabytes and its own tokenizer: everything a run needs to go fast."""

from __future__ import annotations

import string
from collections.abc import Iterable

import torch
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from train.config import Tiny

__all__ = ["FREE_ROWS", "learn_tokenizer", "random_t5"]

FREE_ROWS = 28
"""Embedding rows that have no token, as many as the published T5 checkpoints have."""


def learn_tokenizer(texts: Iterable[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """A byte-pair tokenizer with T5's special tokens.

    Signs are not split from words: what comes often, as ``singer(name,`` does, is one token, and
    inputs are less than half as long.
    """
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=["<pad>", "</s>", "<unk>"],
        initial_alphabet=[*string.ascii_letters, *string.digits, *string.punctuation],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        clean_up_tokenization_spaces=False,
    )


def random_t5(tiny: Tiny, tokens: int, dropout: float) -> T5ForConditionalGeneration:
    """A T5 of Flan's kind (gated GELU) with ``FREE_ROWS`` more rows than ``tokens``.

    Its embedding starts at a tenth of T5's, whose size is meant for an optimizer with relative
    steps: Adam would move the layers out of shape before the embedding learns anything.
    """
    config = T5Config(
        vocab_size=tokens + FREE_ROWS,
        d_model=tiny.width,
        d_kv=tiny.width // tiny.heads,
        d_ff=tiny.feed_forward,
        num_layers=tiny.layers,
        num_heads=tiny.heads,
        feed_forward_proj="gated-gelu",
        dropout_rate=dropout,
        pad_token_id=0,
        eos_token_id=1,
    )
    config.decoder_start_token_id = config.pad_token_id
    config.scale_decoder_outputs = False  # as Flan-T5, and for the embedding's size
    model = T5ForConditionalGeneration(config)
    with torch.no_grad():
        model.shared.weight.mul_(0.1)
    return model
