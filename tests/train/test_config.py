"""Recipes and --set."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from text2sql.errors import DataError
from train.config import (
    CausalRecipe,
    Lora,
    RecipeError,
    Seq2SeqRecipe,
    Tiny,
    build_recipe,
    read_recipe_file,
    recipe_names,
    with_settings,
)
from train.pocket.augmentation import Chances
from train.pocket.recipe import PocketRecipe

CLASSES = {"seq2seq": Seq2SeqRecipe, "causal": CausalRecipe}
TEXT = [name for name in recipe_names() if not name.startswith("pocket")]


def built(*settings: str) -> Seq2SeqRecipe:
    return build_recipe(Seq2SeqRecipe, with_settings({}, settings))


def test_these_recipes_come_with_the_project() -> None:
    assert recipe_names() == [
        "flan-t5-base-full",
        "flan-t5-large-lora",
        "flan-t5-large-lora-linked",
        "flan-t5-large-lora-mixed",
        "flan-t5-xl-lora",
        "pocket",
        "pocket-corrections",
        "qwen2.5-coder-0.5b-lora",
        "qwen2.5-coder-1.5b-lora",
        "qwen2.5-coder-7b-qlora",
        "smollm2-135m-lora",
        "tiny",
    ]


@pytest.mark.parametrize("name", TEXT)
def test_a_recipe_holds_only_what_differs(name: str) -> None:
    recipe_file = read_recipe_file(name)
    values, cls = recipe_file.values, CLASSES[recipe_file.trainer]
    recipe, default = build_recipe(cls, values), cls()
    assert [key for key in values if getattr(recipe, key) == getattr(default, key)] == []


def test_the_recipe_for_corrections_holds_only_what_differs() -> None:
    recipe_file = read_recipe_file("pocket-corrections")
    recipe, default = build_recipe(PocketRecipe, recipe_file.values), PocketRecipe()
    assert [k for k in recipe_file.values if getattr(recipe, k) == getattr(default, k)] == []


def test_the_recipe_of_the_pocket_model_fits_its_trainer() -> None:
    recipe_file = read_recipe_file("pocket")
    assert recipe_file.trainer == "pocket"
    assert build_recipe(PocketRecipe, recipe_file.values) == PocketRecipe(
        minutes=285, held_out=0.08, most_nodes=60
    )
    changed = build_recipe(PocketRecipe, with_settings({}, ["chances.value=0.5"]))
    assert changed.chances.value == 0.5


def test_the_defaults_are_the_reference() -> None:
    recipe = build_recipe(Seq2SeqRecipe, read_recipe_file("flan-t5-large-lora").values)
    assert recipe == Seq2SeqRecipe(
        base="google/flan-t5-large",
        lora=Lora(16, 16, 0.0, "none", ("q", "k", "v", "o", "wi_0", "wi_1", "wo")),
        rate=3e-4,
        schedule="cosine",
        warmup=0.1,
        batch_size=4,
        accumulation=4,
        epochs=10,
        weight_decay=5e-4,
        max_norm=2.0,
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (["epochs=3"], {"epochs": 3}),
        (["rate=1"], {"rate": 1.0}),
        (["base=models/my-t5"], {"base": "models/my-t5"}),
        (["lora=null"], {"lora": None}),
        (["lora.r=8", "lora.alpha=32"], {"lora": Lora(r=8, alpha=32)}),
        (['train_files=["a.json", "b.json"]'], {"train_files": ("a.json", "b.json")}),
        (["tiny.width=64", "lora=null"], {"lora": None, "tiny": Tiny(width=64)}),
        (["epochs=3", "epochs=4"], {"epochs": 4}),
    ],
)
def test_settings_change_fields(settings: list[str], expected: dict[str, Any]) -> None:
    assert built(*settings) == Seq2SeqRecipe(**expected)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("epoch=3", "no recipe key 'epoch'; did you mean 'epochs'"),
        ("lora.rank=3", "no recipe key 'lora.rank'; did you mean 'lora."),
        ("epochs=three", "'epochs' cannot be 'three'; it should be a valid integer."),
        ("epochs=2.5", "'epochs' cannot be 2.5; it should be a valid integer."),
        ("epochs=true", "'epochs' cannot be True"),
        ("rate=fast", "'rate' cannot be 'fast'; it should be a valid number."),
        ("halve=1", "'halve' cannot be 1; it should be a valid boolean."),
        ("schema=half", "'schema' cannot be 'half'; it should be 'full', 'linked' or 'described'."),
        ("train_files=a.json", "'train_files' cannot be 'a.json'; it should be a valid array."),
        ("lora=8", "'lora' cannot be 8; it should be an object."),
        ("base=null", "'base' cannot be None; it should be a valid string."),
        ("train_files=[]", "'train_files' cannot be []; Tuple should have at least 1 item"),
        ("lora.targets=[]", "'lora.targets' cannot be []; Tuple should have at least 1 item"),
        ("rate=-1", "'rate' cannot be -1; it should be greater than 0."),
        ("rate=NaN", "'rate' cannot be nan; it should be a finite number."),
        ("rate=Infinity", "'rate' cannot be inf; it should be a finite number."),
        (f"rate={10**400}", "00; it should be a finite number."),
        ("lora.r=0", "'lora.r' cannot be 0; it should be greater than or equal to 1."),
        ("lora.dropout=1", "'lora.dropout' cannot be 1; it should be less than 1."),
        ("max_norm=-1", "'max_norm' cannot be -1; it should be greater than 0."),
        ("batch_size=0", "'batch_size' cannot be 0; it should be greater than or equal to 1."),
        ("epochs=0", "'epochs' cannot be 0; it should be greater than or equal to 1."),
        (f"epochs={10**400}", "; it should be less than or equal to 1000000."),
        ("limit=0", "'limit' cannot be 0; it should be greater than or equal to 1."),
        ("warmup=1", "'warmup' cannot be 1; it should be less than 1."),
        ("tiny={}", "set lora or tiny to null"),
        ("epochs", "'epochs' is not of the form KEY=VALUE"),
    ],
)
def test_an_invalid_setting_is_named(setting: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        built(setting)
    assert words in str(caught.value)


CHECKED = [Seq2SeqRecipe, CausalRecipe, Lora, Tiny, PocketRecipe, Chances]


def _numeric(cls: type) -> Iterator[tuple[str, dict[str, Any]]]:
    """The numeric keys of ``cls`` with what pydantic checks of each."""
    for name, schema in TypeAdapter(cls).json_schema()["properties"].items():
        for option in schema.get("anyOf", [schema]):
            if option.get("type") in ("integer", "number"):
                yield name, option


@pytest.mark.parametrize("cls", CHECKED)
def test_every_numeric_key_has_a_range(cls: type) -> None:
    found = dict(_numeric(cls))
    assert found
    for name, schema in found.items():
        assert {"minimum", "exclusiveMinimum"} & set(schema), f"{name} has no lower bound"
        assert {"maximum", "exclusiveMaximum"} & set(schema), f"{name} has no upper bound"


@pytest.mark.parametrize("cls", CHECKED)
def test_the_defaults_are_in_their_ranges(cls: Any) -> None:
    assert build_recipe(cls, asdict(cls())) == cls()


@pytest.mark.parametrize("cls", CHECKED)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1, -1e-9, 10**400])
def test_a_number_outside_its_range_is_refused(cls: type, value: float) -> None:
    for name, _ in _numeric(cls):
        with pytest.raises(RecipeError, match=rf"'{name}' cannot be "):
            build_recipe(cls, {name: value})


def test_heads_must_share_the_width() -> None:
    with pytest.raises(RecipeError, match=r"'tiny\.width' is 100, which 3 heads cannot share"):
        built("tiny.width=100", "tiny.heads=3", "lora=null")


def test_settings_do_not_change_the_original_recipe() -> None:
    values: dict[str, Any] = {"lora": {"r": 8}}
    assert with_settings(values, ["lora.r=4"]) == {"lora": {"r": 4}}
    assert values == {"lora": {"r": 8}}


def test_a_users_own_recipe_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"trainer": "seq2seq", "about": "mine", "epochs": 1}))
    found = read_recipe_file(str(path))
    assert (found.name, found.trainer, found.about) == ("mine", "seq2seq", "mine")
    assert found.values == {"epochs": 1}


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ("{}", RecipeError, "names the trainer None"),
        ('{"trainer": "gpt"}', RecipeError, "names the trainer 'gpt'"),
        ("[]", DataError, "must hold a JSON object"),
        ("{", DataError, "is not valid JSON"),
    ],
)
def test_a_file_that_is_not_a_recipe_is_refused(
    content: str, error: type[Exception], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    path.write_text(content)
    with pytest.raises(error, match=words):
        read_recipe_file(str(path))


def test_the_error_for_an_unknown_recipe_names_the_most_similar_one() -> None:
    with pytest.raises(RecipeError, match=r"no recipe 'tyni'; did you mean 'tiny'\?"):
        read_recipe_file("tyni")
