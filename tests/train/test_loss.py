"""The exact loss, and the defect of the library that makes it necessary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import Seq2SeqTrainer, Seq2SeqTrainingArguments, TrainerCallback

from text2sql.databases import Database
from text2sql.spider import Example
from train.config import Seq2SeqRecipe
from train.data import IGNORED, Collator, Encoder
from train.lora import build_model, build_tokenizer
from train.loss import token_loss


def test_the_loss_is_the_mean_over_tokens_that_count() -> None:
    logits = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[1, 2, IGNORED], [3, IGNORED, IGNORED]])
    each = -logits.log_softmax(-1)
    expected = (each[0, 0, 1] + each[0, 1, 2] + each[1, 0, 3]) / 3
    torch.testing.assert_close(token_loss({"logits": logits}, labels), expected)


def test_the_sum_is_divided_by_the_tokens_of_the_whole_step() -> None:
    logits = torch.randn(1, 2, 5, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[1, 2]])
    mean = token_loss({"logits": logits}, labels)
    torch.testing.assert_close(token_loss({"logits": logits}, labels, 8), mean * 2 / 8)


def test_a_loss_of_bf16_logits_is_in_fp32() -> None:
    logits = torch.zeros(1, 1, 5, dtype=torch.bfloat16)
    assert token_loss({"logits": logits}, torch.tensor([[1]])).dtype == torch.float32


class _Gradients(TrainerCallback):
    """Takes the gradients as the optimizer would see them, before clipping matters."""

    def __init__(self) -> None:
        self.found: dict[str, Tensor] = {}

    def on_pre_optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        named = kwargs["model"].named_parameters()
        self.found = {n: p.grad.clone() for n, p in named if p.grad is not None}


@pytest.fixture
def gradients(
    recipe: Seq2SeqRecipe,
    examples: list[Example],
    databases: dict[str, Database],
    tmp_path: Path,
) -> Any:
    def of(batch: int, accumulation: int, loss: Any) -> dict[str, Tensor]:
        torch.manual_seed(0)
        tokenizer = build_tokenizer(recipe, [])
        model = build_model(recipe, tokenizer)
        for name, parameter in model.named_parameters():  # so that lora_A has a gradient too
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.02)
        data: Any = Encoder(tokenizer, recipe, databases).encode(examples[:16], training=True)
        assert len(data) == 16
        taken = _Gradients()
        Seq2SeqTrainer(
            model=model,
            args=Seq2SeqTrainingArguments(
                str(tmp_path),
                use_cpu=True,
                per_device_train_batch_size=batch,
                gradient_accumulation_steps=accumulation,
                max_steps=1,
                max_grad_norm=0.0,
                report_to=[],
                save_strategy="no",
                disable_tqdm=True,
                dataloader_pin_memory=False,
                remove_unused_columns=False,
            ),
            train_dataset=data,
            data_collator=Collator(tokenizer, model),
            compute_loss_func=loss,
            callbacks=[taken],
        ).train()
        return taken.found

    return of


def _norm(gradients: dict[str, Tensor]) -> float:
    return float(torch.stack([g.norm() for g in gradients.values()]).norm())


def test_four_batches_of_four_give_the_gradients_of_one_of_sixteen(gradients: Any) -> None:
    cut, whole = gradients(4, 4, token_loss), gradients(16, 1, token_loss)
    assert cut.keys() == whole.keys()
    difference = {name: cut[name] - whole[name] for name in cut}
    assert _norm(whole) > 0.01
    assert _norm(difference) < 0.02 * _norm(whole)  # the base computes in bf16


def test_the_library_alone_gives_gradients_four_times_too_large(gradients: Any) -> None:
    """Where this fails, transformers was mended and ``token_loss`` may have become needless."""
    ratio = _norm(gradients(4, 4, None)) / _norm(gradients(16, 1, None))
    assert ratio == pytest.approx(4, rel=0.1)
