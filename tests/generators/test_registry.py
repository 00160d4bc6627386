"""Which family a model belongs to, and that each model is loaded once."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.errors import ModelError
from text2sql.generators import families, registry
from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice
from text2sql.generators.families import pocket, seq2seq
from text2sql.generators.family import Family
from text2sql.generators.registry import family_of, is_loaded, load_generator


def test_every_module_of_the_folder_is_a_family() -> None:
    modules = {path.stem for folder in families.__path__ for path in Path(folder).glob("[a-z]*.py")}
    assert {"pocket", "seq2seq"} <= modules
    assert len(registry._families()) == len(modules)
    assert all(isinstance(family, Family) for family in registry._families())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pocket", pocket.FAMILY),
        ("flan-t5-large", seq2seq.FAMILY),
        ("google/flan-t5-base", seq2seq.FAMILY),
    ],
)
def test_a_name_belongs_to_a_family(name: str, expected: Family) -> None:
    assert family_of(name) is expected
    assert family_of(ModelChoice(name)) is expected


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("config.json", {"model_type": "pocket"}, pocket.FAMILY),
        ("config.json", {"model_type": "t5"}, seq2seq.FAMILY),
        ("adapter_config.json", {"task_type": "SEQ_2_SEQ_LM"}, seq2seq.FAMILY),
    ],
)
def test_a_folder_belongs_to_a_family_by_its_configuration(
    file: str, content: dict[str, str], expected: Family, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(json.dumps(content), encoding="utf-8")
    assert family_of(str(tmp_path)) is expected


def test_a_name_goes_before_a_folder_called_like_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pocket").mkdir()
    assert family_of("pocket") is pocket.FAMILY


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"model_type": null}'])
def test_a_configuration_that_names_no_type_belongs_to_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="must name a model_type"):
        family_of(str(tmp_path))


@pytest.mark.parametrize(
    ("choice", "flag"),
    [
        (ModelChoice(base="google/flan-t5-large"), "--base"),
        (ModelChoice(adapter="none"), "--adapter"),
        (ModelChoice(backend="transformers"), "--backend"),
        (ModelChoice(constrained=False), "--unconstrained"),
    ],
)
def test_an_option_that_a_family_does_not_take_is_named(choice: ModelChoice, flag: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_generator(choice)
    assert str(caught.value) == (
        f"The model 'pocket' takes no {flag}; leave it out, or choose another --model, "
        "such as flan-t5-large."
    )


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were read from disk, which is slow."""
    read: list[str] = []

    def slowly(choice: ModelChoice) -> Generator:
        time.sleep(0.05)
        read.append(Path(choice.model).name)
        return Parrot(choice.model)

    monkeypatch.setattr(registry, "_load", slowly)
    monkeypatch.setattr(registry, "_LOADED", OrderedDict())
    return read


def test_a_model_is_loaded_once_for_all_threads(loads: list[str]) -> None:
    with ThreadPoolExecutor(8) as threads:
        found: Sequence[Generator] = list(threads.map(lambda _: load_generator(), range(16)))
    assert loads == ["pocket"]
    assert all(generator is found[0] for generator in found)


def test_a_folder_is_one_model_however_it_is_written(
    loads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    assert load_generator("mine") is load_generator(str(tmp_path / "mine"))
    assert load_generator("mine") is not load_generator("pocket")
    assert loads == ["mine", "pocket"]


class Heavy(Parrot):
    nbytes = 10


def test_models_stay_loaded_up_to_a_size_and_the_last_one_always(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_load", lambda choice: loads.append(choice.model) or Heavy())
    monkeypatch.setattr(registry, "KEPT_BYTES", 25)
    for model in ("a", "b", "a", "c", "a", "b"):
        load_generator(model)
    assert loads == ["a", "b", "c", "b"]
    assert [is_loaded(model) for model in "abc"] == [True, True, False]
    monkeypatch.setattr(registry, "KEPT_BYTES", 5)
    assert load_generator("huge") is load_generator("huge")
    assert [is_loaded(model) for model in ("a", "b", "huge")] == [False, False, True]


def test_a_slow_model_does_not_hold_up_another(
    monkeypatch: pytest.MonkeyPatch, loads: list[str]
) -> None:
    go_on = threading.Event()

    def read(choice: ModelChoice) -> Generator:
        if choice.model == "slow":
            assert go_on.wait(10)
        return Parrot(choice.model)

    monkeypatch.setattr(registry, "_load", read)
    slow = threading.Thread(target=load_generator, args=("slow",))
    slow.start()
    load_generator("pocket")
    assert slow.is_alive()
    go_on.set()
    slow.join()


def test_a_model_that_failed_to_load_can_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, loads: list[str]
) -> None:
    slowly = registry._load

    def fail(choice: ModelChoice) -> Generator:
        raise ModelError("not now")

    monkeypatch.setattr(registry, "_load", fail)
    with pytest.raises(ModelError):
        load_generator()
    monkeypatch.setattr(registry, "_load", slowly)
    assert load_generator().name == "parrot"


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ModelError) as caught:
        load_generator("gpt")
    assert str(caught.value) == (
        "There is no model 'gpt'; name pocket, flan-t5-large, a hub id such as owner/name, "
        "or the folder of a trained model."
    )


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_generator(str(tmp_path))
    assert str(caught.value) == (
        f"{str(tmp_path)!r} contains no model: its config.json must name a model_type, "
        "or its adapter_config.json the base of an adapter."
    )
