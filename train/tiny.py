"""A random T5 of a few megabytes and a tokenizer of its own, for fast runs."""

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
"""Embedding rows without a token, as many as in the published T5 checkpoints."""


def learn_tokenizer(texts: Iterable[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """Train a byte-pair tokenizer with T5's special tokens.

    Punctuation is not split from words: frequent texts such as ``singer(name,`` become one token,
    which makes inputs less than half as long.
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
    """Make a T5 like Flan-T5 (gated GELU) with ``FREE_ROWS`` more rows than ``tokens``.

    Its embedding starts at a tenth of T5's scale, which suits an optimizer with relative steps:
    Adam would disturb the layers before the embedding learns anything.
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
    config.scale_decoder_outputs = False  # as in Flan-T5, and because the embedding is small
    model = T5ForConditionalGeneration(config)
    with torch.no_grad():
        model.shared.weight.mul_(0.1)
    return model
