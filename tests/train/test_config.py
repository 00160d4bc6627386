"""Recipes and --set."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

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
from train.ranges import bounds, outside

CLASSES = {"seq2seq": Seq2SeqRecipe, "causal": CausalRecipe}
TEXT = [name for name in recipe_names() if name != "pocket"]


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
        ("epochs=three", "'epochs' cannot be 'three'; it takes a whole number"),
        ("epochs=2.5", "'epochs' cannot be 2.5; it takes a whole number"),
        ("epochs=true", "'epochs' cannot be True"),
        ("rate=fast", "'rate' cannot be 'fast'; it takes a number"),
        ("halve=1", "'halve' cannot be 1; it takes true or false"),
        ("schema=half", "'schema' cannot be 'half'; it takes full or linked"),
        ("train_files=a.json", "'train_files' cannot be 'a.json'; it takes a list"),
        ("lora=8", "'lora' cannot be 8; it takes an object with the keys r, alpha"),
        ("base=null", "'base' cannot be None; it takes a text"),
        ("train_files=[]", "'train_files' cannot be []; it takes a list of one or more"),
        ("lora.targets=[]", "'lora.targets' cannot be []; it takes a list of one or more"),
        ("rate=-1", "'rate' is -1.0; use above 0 and at most 1."),
        ("rate=NaN", "'rate' is nan; use above 0 and at most 1."),
        ("rate=Infinity", "'rate' is inf; use above 0 and at most 1."),
        (f"rate={10**400}", "'rate' is inf; use above 0 and at most 1."),
        ("lora.r=0", "'lora.r' is 0; use 1 or more and at most 4,096."),
        ("lora.dropout=1", "'lora.dropout' is 1.0; use 0 or more and below 1."),
        ("max_norm=-1", "'max_norm' is -1.0; use above 0 and at most 1,000,000."),
        ("batch_size=0", "'batch_size' is 0; use 1 or more and at most 1,000,000."),
        ("epochs=0", "'epochs' is 0; use 1 or more and at most 1,000,000."),
        (f"epochs={10**400}", "; use 1 or more and at most 1,000,000."),
        ("limit=0", "'limit' is 0; use 1 or more"),
        ("warmup=1", "'warmup' is 1.0; use 0 or more and below 1."),
        ("tiny={}", "set lora or tiny to null"),
        ("epochs", "'epochs' is not of the form KEY=VALUE"),
    ],
)
def test_an_invalid_setting_is_named(setting: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        built(setting)
    assert words in str(caught.value)


@pytest.mark.parametrize("cls", [Seq2SeqRecipe, CausalRecipe, Lora, Tiny, PocketRecipe, Chances])
def test_every_numeric_key_has_a_range_that_includes_its_default(cls: type) -> None:
    ranges = bounds(cls)
    numeric = {n for n, h in get_type_hints(cls).items() if {int, float} & {h, *get_args(h)}}
    assert set(ranges) == numeric
    for name, interval in ranges.items():
        assert interval is not None, f"{name} has no range"
        default = getattr(cls(), name)
        assert default is None or outside(default, interval) is None, name


@pytest.mark.parametrize("cls", [Seq2SeqRecipe, CausalRecipe, Lora, Tiny, PocketRecipe, Chances])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1, -1e-9, 10**400])
def test_a_number_outside_its_range_is_refused(cls: type, value: float) -> None:
    for name in bounds(cls):
        with pytest.raises(RecipeError, match=rf"'{name}' (is|cannot be) "):
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


def test_every_key_can_be_written_in_json() -> None:
    """``--set`` reads JSON, so each default must come back from it."""
    values = {f.name: getattr(Seq2SeqRecipe(), f.name) for f in fields(Seq2SeqRecipe)}
    values["lora"] = vars(values["lora"])
    assert build_recipe(Seq2SeqRecipe, json.loads(json.dumps(values))) == Seq2SeqRecipe()
