"""The model card (README.md) of a trained model: its use, its measurements, and its recipe."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from text2sql.generators.chat import INSTRUCTION
from train.report import HEADS, EpochRow, cells

__all__ = ["model_card"]

_METRICS = {
    "exact_match": "Exact match of the texts without case and spaces",
    "rouge1": "ROUGE-1",
    "exact_set": "Spider's exact set match without values",
    "execution": "Execution match on one database",
}
_SPIDER = "xlangai/spider"
_CLASSES = {"seq2seq": "AutoModelForSeq2SeqLM", "causal": "AutoModelForCausalLM"}


def model_card(
    manifest: Mapping[str, Any],
    rows: Sequence[EpochRow],
    base: str | None = None,
    repository: str | None = None,
) -> str:
    """Write the card of a run; ``base`` is the hub id of its base, if the base is on the hub."""
    body = [
        f"# {manifest['recipe']}",
        "",
        *_introduction(manifest, base),
        "## Use",
        "",
        *_usage_code(manifest, base, repository or "FOLDER"),
        "",
        "## Measured",
        "",
        *_numbers(manifest.get("result", {})),
        "",
        "| " + " | ".join(HEADS.values()) + " |",
        "|" + " ---: |" * len(HEADS),
        *("| " + " | ".join(cells(row)) + " |" for row in rows),
        "",
        "Exact match is equality of the texts in lower case without spaces; exact set is Spider's "
        "exact set match without values; execution compares rows on one database.",
        "",
        *_took(manifest),
        "## How it was made",
        "",
        "```json",
        json.dumps({k: v for k, v in manifest.items() if k != "result"}, indent=1),
        "```",
        "",
    ]
    return "\n".join(["---", _metadata(manifest, base, repository), "---", "", *body])


def _introduction(manifest: Mapping[str, Any], base: str | None) -> Iterator[str]:
    settings = manifest["settings"]
    of = base or ("a random T5" if settings["tiny"] else "a local base")
    kind = "All weights of" if settings["lora"] is None else "A LoRA adapter for"
    trained, total = manifest["parameters"]["trained"], manifest["parameters"]["all"]
    yield (
        f"{kind} {of}, fine-tuned to turn English questions into SQL with the recipe "
        f"`{manifest['recipe']}`. Trained are {trained:,} of {total:,} parameters "
        f"({100 * trained / total:.1f}%)."
    )
    yield ""
    linked = settings["schema"] == "linked"
    schema = " with the schema filtered and annotated with cells" if linked else ""
    yield (
        "Input: `Translate English to SQL: <question> | Schemas: table1(col1, col2) | "
        f"table2(col3)`{schema}."
    )
    yield ""


def _metadata(manifest: Mapping[str, Any], base: str | None, repository: str | None) -> str:
    """The card's YAML header, which the hub's search and leaderboards read."""
    from huggingface_hub import EvalResult, ModelCardData

    settings, result = manifest["settings"], manifest.get("result", {})
    adapter = settings["lora"] is not None
    spider = settings["data"] == "spider"
    results = [
        EvalResult(
            task_type="text-generation",
            dataset_type=_SPIDER if spider else "own",
            dataset_name="Spider" if spider else Path(settings["data"]).name,
            dataset_split=part,
            metric_type=metric,
            metric_name=_METRICS[metric],
            metric_value=round(value, 2),
        )
        for part in ("validation", "test")
        for metric, value in result.get(part, {}).items()
        if metric in _METRICS
    ]
    data = ModelCardData(
        model_name=(repository or manifest["recipe"]).split("/")[-1] if results else None,
        eval_results=results or None,
        language="en",
        license=settings["license"],
        library_name="peft" if adapter else "transformers",
        pipeline_tag="text-generation",
        base_model=base,
        base_model_relation=None if base is None else ("adapter" if adapter else "finetune"),
        datasets=[_SPIDER] * spider + [settings["mix"]] * (settings["mix"] is not None) or None,
        metrics=sorted({r.metric_type for r in results}) or None,
        tags=["text-to-sql", "text2sql", "spider", "sqlite", *["lora"] * adapter],
    )
    return str(data.to_yaml()).strip()


def _usage_code(manifest: Mapping[str, Any], base: str | None, name: str) -> Iterator[str]:
    cls = _CLASSES[manifest["trainer"]]
    peft = manifest["settings"]["lora"] is not None
    yield "```python"
    if peft:
        yield "from peft import PeftModel"
    yield f"from transformers import {cls}, AutoTokenizer"
    yield ""
    yield f'model = {cls}.from_pretrained("{(base or "BASE") if peft else name}")'
    if peft:
        yield f'model = PeftModel.from_pretrained(model, "{name}")'
    yield f'tokenizer = AutoTokenizer.from_pretrained("{name}")'
    prompt = "Translate English to SQL: How many singers are there? | Schemas: singer(id, name)"
    if manifest["trainer"] == "causal":
        yield "messages = ["
        yield f'    {{"role": "system", "content": "{INSTRUCTION}"}},'
        yield f'    {{"role": "user", "content": "{prompt}"}},'
        yield "]"
        yield (
            "inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, "
            'return_dict=True, return_tensors="pt")'
        )
        yield "output = model.generate(**inputs, max_new_tokens=128, do_sample=False)"
        yield 'output = output[:, inputs["input_ids"].shape[1] :]'
    else:
        yield f'inputs = tokenizer("{prompt}", return_tensors="pt")'
        yield "output = model.generate(**inputs, max_new_tokens=128, num_beams=4)"
    yield "print(tokenizer.batch_decode(output, skip_special_tokens=True)[0])"
    yield "```"


def _took(manifest: Mapping[str, Any]) -> Iterator[str]:
    if "usage" in manifest:
        from train.usage import Usage

        machine, processes = manifest["usage"]["machine"], manifest["usage"]["processes"]
        yield f"Training took {Usage.before(manifest, machine, processes).sentence()}."
        yield ""


def _numbers(result: Mapping[str, Any]) -> Iterator[str]:
    for part in ("validation", "test"):
        if part in result:
            numbers = ", ".join(f"{HEADS.get(k, k)} {v:.1f}" for k, v in result[part].items())
            yield f"- {part} ({result['questions'][part]:,} questions): {numbers}"
