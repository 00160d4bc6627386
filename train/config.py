"""Recipes: the settings of training runs, given as differences from a trainer's defaults.

A recipe file is a JSON object: ``trainer`` is ``seq2seq``, ``causal`` or ``pocket``, ``about`` says
what the recipe is for, and every other key is a field of that trainer's dataclass. ``--set
lora.r=8`` changes one more key; an unknown key is an error.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from annotated_types import Interval

from text2sql.errors import DataError, Text2SQLError
from train.settings import Above, BelowOne, Count, Rate, Seed, Settings, Share, Texts

__all__ = [
    "CausalRecipe",
    "Lora",
    "RecipeError",
    "RecipeFile",
    "Seq2SeqRecipe",
    "TextRecipe",
    "Tiny",
    "build_recipe",
    "read_recipe_file",
    "recipe_names",
    "with_settings",
]

RECIPES = Path(__file__).parent / "recipes"

_Recipe = TypeVar("_Recipe")

Trainer = Literal["seq2seq", "causal", "pocket"]
BaseDtype = Literal["auto", "bfloat16", "float16", "float32", "4bit"]
_PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class RecipeError(Text2SQLError):
    """An invalid recipe, setting or flag of a training run."""


@dataclass(frozen=True)
class Lora(Settings):
    """The LoRA adapter (Hu et al., ICLR 2022); ``targets`` are names of linear layers."""

    r: Annotated[int, Interval(ge=1, le=4096)] = 16
    alpha: Count = 16
    dropout: BelowOne = 0.0
    bias: Literal["none", "all", "lora_only"] = "none"
    targets: Texts = ("q", "k", "v", "o", "wi_0", "wi_1", "wo")


@dataclass(frozen=True)
class Tiny(Settings):
    """A random T5 and a tokenizer learned from the training text, instead of a base."""

    vocabulary: Annotated[int, Interval(ge=256, le=1_000_000)] = 2000
    width: Count = 128
    feed_forward: Count = 256
    layers: Count = 2
    heads: Count = 4

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise RecipeError(
                f"The recipe key 'tiny.width' is {self.width}, which {self.heads} heads cannot "
                "share evenly; change tiny.width or tiny.heads."
            )


@dataclass(frozen=True)
class TextRecipe(Settings):
    """All settings of a run; the defaults are the reference's fine-tune of flan-t5-large.

    A step has ``batch_size * accumulation`` examples on any number of processes; a GPU takes as
    many of them at once as fit into its memory. If ``lora`` is null, all weights are trained, in
    fp32. With ``base_dtype`` auto, a frozen base is in bf16, or in fp32 on a device that only
    emulates bf16. Files are looked for in the data folder first.
    """

    base: str = "google/flan-t5-large"  # a hub id or a local folder
    base_id: str | None = None  # the base's hub id, if ``base`` is a folder
    base_dtype: BaseDtype = "auto"  # of frozen weights
    license: str = "apache-2.0"  # of the trained model
    adapter: str | None = None  # train this adapter further instead of a new one
    lora: Lora | None = field(default_factory=Lora)
    tiny: Tiny | None = None

    data: str = "spider"  # or samples, or your own .jsonl file; see own_data.py
    train_files: Texts = ("train_spider.json",)
    validation_file: str = "dev.json"
    halve: bool = True  # split the validation file into validation and test
    split_seed: Seed = 42
    limit: Count | None = None  # of the examples of each part
    repeat: Count = 1  # how often an epoch takes each training example
    mix: str | None = None  # sql-create-context in addition to Spider: a hub id or a JSON file
    mix_limit: Count | None = None
    schema: Literal["full", "linked", "described"] = "full"

    max_input: Annotated[int, Interval(ge=16, le=32_768)] = 512  # tokens
    max_output: Annotated[int, Interval(ge=8, le=4096)] = 128

    rate: Rate = 3e-4
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    warmup: BelowOne = 0.1  # of all steps
    batch_size: Count = 4
    accumulation: Count = 4
    epochs: Count = 10
    weight_decay: Share = 5e-4
    max_norm: Above = 2.0
    dropout: BelowOne | None = None  # null: the base's own
    gradient_checkpointing: bool = False
    evaluation_batch_size: Count = 16
    evaluation_beams: Annotated[int, Interval(ge=1, le=64)] = 1
    seed: Seed = 42
    cpu: bool = False  # even if there is a GPU

    def __post_init__(self) -> None:
        if self.data not in ("spider", "samples") and not self.data.endswith((".jsonl", ".json")):
            raise RecipeError(
                f"The recipe key 'data' cannot be {self.data!r}; it takes spider, samples or the "
                "name of a .jsonl or .json file."
            )
        if self.lora is not None and self.tiny is not None:
            raise RecipeError("A tiny model is trained whole; set lora or tiny to null.")
        if self.lora is None and self.base_dtype == "4bit":
            raise RecipeError("Weights in 4 bits are not trained; set lora, or another base_dtype.")
        if self.lora is None and self.adapter is not None:
            raise RecipeError("The recipe sets adapter but lora is null; set lora or drop adapter.")


@dataclass(frozen=True)
class Seq2SeqRecipe(TextRecipe):
    """The settings of an encoder-decoder model of T5's kind."""


@dataclass(frozen=True)
class CausalRecipe(TextRecipe):
    """The settings of a decoder-only model with a chat template.

    With ``base_dtype`` 4bit, the frozen weights are kept in four bits (QLoRA, Dettmers et al.,
    NeurIPS 2023), which needs bitsandbytes and an NVIDIA GPU.
    """

    base: str = "HuggingFaceTB/SmolLM2-135M-Instruct"
    lora: Lora | None = field(default_factory=lambda: Lora(alpha=32, targets=_PROJECTIONS))
    max_input: Annotated[int, Interval(ge=16, le=32_768)] = 768  # tokens, with the chat template's

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tiny is not None:
            raise RecipeError("Only T5 can be tiny; set tiny to null.")


@dataclass(frozen=True)
class RecipeFile:
    """A recipe file as written: ``values`` hold only the differences from the defaults."""

    name: str
    trainer: Trainer
    about: str
    values: Mapping[str, Any]


def recipe_names() -> list[str]:
    """The names of the recipes that come with the project."""
    return sorted(path.stem for path in RECIPES.glob("*.json"))


def read_recipe_file(name: str) -> RecipeFile:
    """Read the recipe called ``name``, or the one in the JSON file ``name``.

    Raises:
        RecipeError: there is no such recipe, or its trainer is unknown.
        DataError: the file is not JSON.
    """
    from text2sql.spider import load_json

    path = Path(name).expanduser()
    if path.suffix != ".json":
        path = RECIPES / f"{name}.json"
        if not path.is_file():
            raise RecipeError(_unknown("recipe", name, recipe_names()))
    values = load_json(path)
    if not isinstance(values, dict):
        raise DataError(f"{str(path)!r} must hold a JSON object, a recipe's keys and values.")
    trainer, about = values.pop("trainer", None), values.pop("about", "")
    if trainer not in get_args(Trainer):
        raise RecipeError(
            f"The recipe {name!r} names the trainer {trainer!r}; "
            f'it needs "trainer": with one of {", ".join(get_args(Trainer))}.'
        )
    return RecipeFile(path.stem, trainer, about, values)


def with_settings(values: Mapping[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """Change ``values`` by texts such as ``epochs=3`` and ``lora.r=8``.

    A value is read as JSON, or as plain text if it is not JSON.

    Raises:
        RecipeError: a setting has no ``=``.
    """
    changed: dict[str, Any] = json.loads(json.dumps(values))
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key.strip():
            raise RecipeError(f"--set {setting!r} is not of the form KEY=VALUE, as in epochs=3.")
        *path, last = key.strip().split(".")
        place = changed
        for name in path:
            if not isinstance(place.get(name), dict):
                place[name] = {}
            place = place[name]
        place[last] = _json_or_text(text)
    return changed


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def build_recipe(cls: type[_Recipe], values: Mapping[str, Any]) -> _Recipe:
    """Make an instance of the dataclass ``cls`` from values as they stand in JSON.

    Raises:
        RecipeError: a key is not a field, or a value is not of the field's type or range.
    """
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(cls)
    try:
        return adapter.validate_json(json.dumps(values))
    except ValidationError as error:
        first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "unexpected_keyword_argument":
        raise RecipeError(_unknown("recipe key", key, _keys(adapter.json_schema())))
    reason = first["msg"].replace("Input", "it", 1)
    raise RecipeError(f"The recipe key {key!r} cannot be {repr(first['input'])[:80]}; {reason}.")


def _keys(schema: Mapping[str, Any]) -> Iterator[str]:
    """The keys in a JSON schema, those of a group with its name, as in ``lora.r``."""
    for name, value in schema["properties"].items():
        yield name
        for option in value.get("anyOf", [value]):
            group = schema.get("$defs", {}).get(option.get("$ref", "").rpartition("/")[2], {})
            yield from (f"{name}.{key}" for key in group.get("properties", {}))


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    lower = {k.lower(): k for k in known}
    close = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.0)
    nearest = f"did you mean {lower[close[0]]!r}? " if close else ""
    return f"There is no {what} {name!r}; {nearest}There are: {', '.join(known)}."
