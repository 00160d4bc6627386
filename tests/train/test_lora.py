"""The model: what is trained, in which precision, and the rows of new tokens.

Some of these retrace how the reference was debugged: no gradient, wrong precision, wrong ids.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor, nn
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    BertConfig,
    T5Config,
    T5ForConditionalGeneration,
)

from tests.tiny_t5 import save_adapter
from text2sql.errors import ModelError
from train.config import Lora, Seq2SeqRecipe
from train.devices import frozen_dtype
from train.lora import (
    add_lora,
    build_model,
    build_tokenizer,
    check_precision,
    count_trainable,
    load_base,
    merged,
)
from train.loss import token_loss


@pytest.fixture
def model(recipe: Seq2SeqRecipe) -> Any:
    torch.manual_seed(0)
    return build_model(recipe, build_tokenizer(recipe, []))


def batch(recipe: Seq2SeqRecipe) -> tuple[dict[str, Tensor], Tensor]:
    tokenizer = build_tokenizer(recipe, [])
    labels = torch.tensor([tokenizer("SELECT a FROM t WHERE b < 3").input_ids])
    inputs = torch.tensor([tokenizer("How many flights?").input_ids])
    start = torch.zeros(1, 1, dtype=torch.long)
    return {"input_ids": inputs, "decoder_input_ids": torch.cat([start, labels[:, :-1]], 1)}, labels


def step(model: Any, recipe: Seq2SeqRecipe) -> None:
    """One plain step of gradient descent on one example."""
    inputs, labels = batch(recipe)
    model.zero_grad()
    token_loss(model(**inputs), labels).backward()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= 0.1 * parameter.grad


def gradients(model: Any, name: str) -> dict[str, float]:
    return {
        n: 0.0 if p.grad is None else float(p.grad.norm())
        for n, p in model.named_parameters()
        if name in n
    }


def test_at_first_only_lora_b_has_a_gradient_and_after_a_step_lora_a_too(
    model: Any, recipe: Seq2SeqRecipe
) -> None:
    step(model, recipe)
    assert set(gradients(model, "lora_A").values()) == {0.0}
    assert min(gradients(model, "lora_B").values()) > 0
    step(model, recipe)
    assert min(gradients(model, "lora_A").values()) > 0


def test_every_layer_that_the_recipe_names_is_adapted(model: Any) -> None:
    kinds = {n.split(".lora_A")[0].rsplit(".", 1)[-1] for n in gradients(model, "lora_A")}
    assert kinds == {"q", "k", "v", "o", "wi_0", "wi_1", "wo"}
    # two encoder layers of 7, two decoder layers of 11
    assert len(gradients(model, "lora_A")) == 2 * 7 + 2 * 11


def test_the_adapter_is_in_fp32_on_a_frozen_base_in_bf16(model: Any) -> None:
    kinds = {(p.requires_grad, p.dtype) for p in model.parameters()}
    assert kinds == {(True, torch.float32), (False, torch.bfloat16)}
    check_precision(model)


@pytest.mark.parametrize(("imitated", "dtype"), [(False, torch.bfloat16), (True, torch.float32)])
def test_by_default_a_base_is_in_bf16_unless_the_cpu_only_emulates_it(
    imitated: bool, dtype: torch.dtype, recipe: Seq2SeqRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    capabilities = {"avx2": True, "avx512_bf16": not imitated}
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: capabilities)
    chosen = replace(recipe, base_dtype="auto")
    model = build_model(chosen, build_tokenizer(recipe, []))
    kinds = {(p.requires_grad, p.dtype) for p in model.parameters()}
    assert kinds == {(True, torch.float32), (False, dtype)}
    check_precision(model, frozen_dtype(chosen))


@pytest.mark.parametrize("trained", [True, False])
def test_a_weight_in_the_wrong_precision_is_an_error(trained: bool, model: Any) -> None:
    parameter = next(p for p in model.parameters() if p.requires_grad == trained)
    parameter.data = parameter.data.to(torch.float16)
    with pytest.raises(ModelError, match=r"is in torch\.float16 but must be in torch\."):
        check_precision(model)


def test_a_whole_model_is_trained_in_fp32(recipe: Seq2SeqRecipe) -> None:
    whole = replace(recipe, lora=None)
    model = build_model(whole, build_tokenizer(whole, []))
    assert {(p.requires_grad, p.dtype) for p in model.parameters()} == {(True, torch.float32)}
    check_precision(model)


# how < is written


def test_no_row_is_trained_or_added_for_less_than(model: Any, recipe: Seq2SeqRecipe) -> None:
    assert not [n for n, p in model.named_parameters() if p.requires_grad and "lora_" not in n]
    assert len(build_tokenizer(recipe, [])) == len(AutoTokenizer.from_pretrained(recipe.base))


@pytest.mark.filterwarnings("ignore:Input and output embeddings are no longer tied:UserWarning")
def test_merging_keeps_the_logits(model: Any, recipe: Seq2SeqRecipe) -> None:
    for _ in range(3):
        step(model, recipe)
    inputs, _ = batch(recipe)
    model.float().eval()
    with torch.no_grad():
        apart = model(**inputs).logits
        together = model.merge_and_unload(safe_merge=True)(**inputs).logits
    torch.testing.assert_close(together, apart, rtol=1e-4, atol=1e-4)


def test_an_adapter_is_loaded_as_it_was_saved(
    model: Any, recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    for _ in range(2):
        step(model, recipe)
    model.save_pretrained(tmp_path, save_embedding_layers=False)
    loaded = AutoModelForSeq2SeqLM.from_pretrained(recipe.base, dtype=torch.bfloat16)
    again = PeftModel.from_pretrained(loaded, tmp_path)
    inputs, _ = batch(recipe)
    model.eval(), again.eval()
    with torch.no_grad():
        torch.testing.assert_close(again(**inputs).logits, model(**inputs).logits)


# sizes


def test_the_reference_trains_18_million_parameters() -> None:
    """Its write-up says about 14 million; this counts them at flan-t5-large's geometry."""
    config = T5Config(
        vocab_size=32128, d_model=1024, d_kv=64, d_ff=2816, num_layers=24, num_heads=16,
        feed_forward_proj="gated-gelu",
    )  # fmt: skip
    recipe = Lora()
    with torch.device("meta"):
        model = T5ForConditionalGeneration(config)
        adapted = get_peft_model(
            model, LoraConfig(r=recipe.r, lora_alpha=16, target_modules=list(recipe.targets))
        )
    assert count_trainable(adapted)[0] == 18_284_544


# bad input


def test_a_missing_base_is_named(recipe: Seq2SeqRecipe, tmp_path: Path) -> None:
    missing = replace(recipe, base=str(tmp_path / "no-t5"))
    with pytest.raises(ModelError, match=r"no-t5' can neither be found nor downloaded"):
        load_base(missing)


def test_a_base_that_is_not_a_t5_is_refused(recipe: Seq2SeqRecipe, tmp_path: Path) -> None:
    BertConfig(hidden_size=8, num_attention_heads=2).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="is a model of type 'bert', but these recipes train T5"):
        load_base(replace(recipe, base=str(tmp_path)))


def test_a_recipe_for_another_model_names_the_missing_layers(recipe: Seq2SeqRecipe) -> None:
    base = load_base(recipe)
    with pytest.raises(ModelError, match="has no layers called q_proj, v_proj") as caught:
        add_lora(base, Lora(targets=("q_proj", "k", "v_proj")), "base")
    assert "k, lm_head, o, q" in str(caught.value)


def test_an_adapter_for_another_base_is_refused(
    model: Any, recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    model.save_pretrained(tmp_path / "adapter", save_embedding_layers=False)
    config = T5Config.from_pretrained(recipe.base)
    config.d_model = 48
    other = T5ForConditionalGeneration(config)
    other.save_pretrained(tmp_path / "other")
    wrong = replace(recipe, base=str(tmp_path / "other"), adapter=str(tmp_path / "adapter"))
    with pytest.raises(ModelError, match="was made for another base than"):
        build_model(wrong, build_tokenizer(recipe, []))


def test_an_adapter_can_be_trained_further(
    model: Any, recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    step(model, recipe)
    model.save_pretrained(tmp_path, save_embedding_layers=False)
    again = build_model(replace(recipe, adapter=str(tmp_path)), build_tokenizer(recipe, []))
    check_precision(again)
    assert count_trainable(again) == count_trainable(model)
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for name, parameter in again.named_parameters():
        if parameter.requires_grad:
            torch.testing.assert_close(parameter, trained[name])


def test_an_adapter_whose_tokenizer_cannot_write_less_than_can_be_trained_further(
    recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    """As the reference's: its labels had <unk> there, which no row would be trained for."""
    folder = save_adapter(tmp_path / "theirs", Path(recipe.base))
    AutoTokenizer.from_pretrained(recipe.base).save_pretrained(folder)
    again = replace(recipe, adapter=str(folder))
    tokenizer = build_tokenizer(again, [])
    assert tokenizer.unk_token_id not in tokenizer("WHERE a < 5 AND b <= 6 OR c<>7").input_ids
    trained = [n for n, p in build_model(again, tokenizer).named_parameters() if p.requires_grad]
    assert trained
    assert all("lora_" in name for name in trained)


def test_an_adapter_that_trained_rows_of_the_embedding_is_refused(
    recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    base = load_base(recipe)
    config = LoraConfig(target_modules=["q"], trainable_token_indices={"shared": [5]})
    get_peft_model(base, config).save_pretrained(tmp_path, save_embedding_layers=False)
    wrong = replace(recipe, adapter=str(tmp_path))
    with pytest.raises(ModelError, match="also trained embeddings, which cannot be loaded"):
        build_model(wrong, build_tokenizer(recipe, []))


def test_a_folder_without_an_adapter_is_refused(recipe: Seq2SeqRecipe, tmp_path: Path) -> None:
    wrong = replace(recipe, adapter=str(tmp_path))
    with pytest.raises(ModelError, match="holds no adapter; it needs adapter_config"):
        build_model(wrong, build_tokenizer(recipe, []))


def test_a_tokenizer_of_another_base_is_refused(recipe: Seq2SeqRecipe, tmp_path: Path) -> None:
    config = T5Config.from_pretrained(recipe.base)
    config.vocab_size = 100
    small = T5ForConditionalGeneration(config)
    small.save_pretrained(tmp_path)
    assert isinstance(small.lm_head, nn.Linear)
    with pytest.raises(ModelError, match="use the tokenizer that belongs to the base"):
        build_model(replace(recipe, base=str(tmp_path)), build_tokenizer(recipe, []))


# merged for a while


def test_after_a_merge_the_base_is_the_same_to_the_bit(model: Any, recipe: Seq2SeqRecipe) -> None:
    for _ in range(2):
        step(model, recipe)
    inputs, _ = batch(recipe)
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    with torch.no_grad():
        apart = model(**inputs).logits
        with merged(model):
            together = model(**inputs).logits
            inside = {n: p for n, p in model.named_parameters() if not torch.equal(p, before[n])}
        again = model(**inputs).logits
    assert inside  # or nothing was merged
    assert all(torch.equal(p, before[n]) for n, p in model.named_parameters())
    torch.testing.assert_close(again, apart, rtol=0, atol=0)
    torch.testing.assert_close(together, apart, rtol=0.1, atol=0.1)


def test_a_base_is_restored_if_the_evaluation_fails(model: Any) -> None:
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    with pytest.raises(KeyboardInterrupt), merged(model):
        raise KeyboardInterrupt
    assert all(torch.equal(p, before[n]) for n, p in model.named_parameters())
    assert not any(getattr(module, "merged", False) for module in model.modules())
