"""A T5 of a few kilobytes with random weights, and a tokenizer that learns from a few sentences."""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

_TEXTS = (
    "Translate English to SQL: How many singers are there? | Schemas: singer(id, name)",
    "SELECT count(*) FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE name = 'a'",
    "GROUP BY name HAVING count(*) > 1 ORDER BY avg(age) DESC LIMIT 3 UNION INTERSECT EXCEPT",
)
FREE_ROWS = 28


def learn_tokenizer(
    texts: Sequence[str] = _TEXTS, vocabulary: int = 300, sentinels: int = 0
) -> PreTrainedTokenizerFast:
    """Like T5's: sentencepiece's spaces, three special tokens first, no ``<``, sentinels last."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    letters = string.ascii_letters + string.digits + "_.,;:=>!*+-/%()'\"?|"
    trainer = trainers.UnigramTrainer(
        vocab_size=vocabulary,
        special_tokens=["<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        initial_alphabet=list(letters),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text.replace("<", " ") for text in (*texts, *letters)], trainer)
    names = [f"<extra_id_{n}>" for n in reversed(range(sentinels))]
    tokenizer.model = _in_order(tokenizer, names)
    tokenizer.add_special_tokens(names)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def _in_order(tokenizer: Tokenizer, last: Sequence[str]) -> models.Unigram:
    """The vocabulary as learned, but the same in every process: rare letters come in any order."""
    learned = json.loads(tokenizer.to_str())["model"]["vocab"]
    pieces = sorted((token, round(score, 2)) for token, score in learned[3:])
    pieces += [(name, 0.0) for name in last]
    return models.Unigram([(token, score) for token, score in learned[:3]] + pieces, unk_id=2)


def random_t5(tokens: int, seed: int = 0, flan: bool = True) -> T5ForConditionalGeneration:
    """Flan's kind has an output layer of its own and does not scale what goes into it."""
    torch.manual_seed(seed)
    config = T5Config(
        vocab_size=tokens + FREE_ROWS,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu" if flan else "relu",
        tie_word_embeddings=not flan,
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1 and name != "lm_head.weight":
                parameter.normal_(0.0, 0.3)
        if flan:
            model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight))
    return model


def save_base(folder: Path, **options: Any) -> Path:
    """A folder as the hub has it for Flan-T5."""
    tokenizer = learn_tokenizer()
    random_t5(len(tokenizer), **options).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_adapter(folder: Path, base: Path, declared: str | None = None) -> Path:
    """A LoRA adapter with random weights for ``base``; it says it is for ``declared``."""
    from peft import LoraConfig, get_peft_model

    model = T5ForConditionalGeneration.from_pretrained(base)
    config = LoraConfig(
        task_type="SEQ_2_SEQ_LM", r=4, target_modules=["q", "v", "wo"], init_lora_weights=False
    )
    adapted = get_peft_model(model, config)
    adapted.peft_config["default"].base_model_name_or_path = declared or str(base)
    adapted.save_pretrained(folder, save_embedding_layers=False)
    return folder
