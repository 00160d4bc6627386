"""Damaged and hostile files of a run that is to be resumed: a sentence names file and way out."""

from __future__ import annotations

import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from train.config import RecipeError
from train.resuming import (
    check_average,
    last_checkpoint,
    matching,
    read_manifest,
    read_samples,
    read_state,
)
from train.samples import DebugSample, record_sample
from train.usage import Usage

_CPU = torch.device("cpu")


def _state(**changes: Any) -> dict[str, Any]:
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(model.parameters())
    state = {
        "model": model.state_dict(), "average": model.state_dict(),
        "optimizer": optimizer.state_dict(), "step": 4, "epoch": 1, "done": 2, "elapsed": 9.5,
        "best": 71.0, "rows": [{"step": 2, "loss": 0.5}, {"step": 4, "loss": 0.4}],
    }  # fmt: skip
    return {**state, **changes}


class _Runs:
    """A pickle that would write a file if it were believed."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.target),)


def _saved(path: Path, what: Any) -> None:
    torch.save(what, path)


def _cut(path: Path, _: Any) -> None:
    torch.save(_state(), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flipped(path: Path, _: Any) -> None:
    torch.save(_state(model={"weight": torch.full((1000,), 7.0)}), path)
    damaged = bytearray(path.read_bytes())
    place = damaged.find(torch.full((100,), 7.0).numpy().tobytes())
    damaged[place] ^= 0xFF
    path.write_bytes(bytes(damaged))


def _compressed(path: Path, _: Any) -> None:
    torch.save(_state(model={"weight": torch.zeros(1_000_000)}), path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


_KINDS: dict[str, tuple[Callable[[Path, Any], object], Any]] = {
    "is missing": (lambda path, _: None, None),
    "is empty": (lambda path, _: path.touch(), None),
    "is a folder": (lambda path, _: path.mkdir(), None),
    "is a pipe": (lambda path, _: os.mkfifo(path), None),
    "is text": (lambda path, _: path.write_text("state"), None),
    "is half there": (_cut, None),
    "has a flipped bit": (_flipped, None),
    "is compressed": (_compressed, None),
    "is a plain pickle": (lambda path, what: path.write_bytes(pickle.dumps(what)), {"step": 1}),
    "is a list": (_saved, [1, 2]),
    "has no step": (_saved, {"model": {}}),
    "has an infinite time": (_saved, _state(elapsed=float("inf"))),
    "has a step in words": (_saved, _state(step="four")),
    "has a log of numbers": (_saved, _state(rows=[1, 2])),
    "has a log of two kinds": (_saved, _state(rows=[{"a": 1}, {"b": 1}])),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_a_state_that_cannot_be_believed_is_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    make, what = _KINDS[kind]
    make(path, what)
    with pytest.raises(RecipeError, match=r"state\.pt' cannot be read .*start anew") as raised:
        read_state(path, _CPU)
    assert len(str(raised.value)) < 600


@pytest.mark.parametrize("plain", [False, True])
def test_code_in_a_state_is_not_run(plain: bool, tmp_path: Path) -> None:
    path, made = tmp_path / "state.pt", tmp_path / "made"
    hostile = _state(model=_Runs(made))
    if plain:
        path.write_bytes(pickle.dumps(hostile))
    else:
        torch.save(hostile, path)
    with pytest.raises(RecipeError, match=r"state\.pt' cannot be read"):
        read_state(path, _CPU)
    assert not made.exists()


def test_a_sound_state_is_read(tmp_path: Path) -> None:
    torch.save(_state(), tmp_path / "state.pt")
    assert read_state(tmp_path / "state.pt", _CPU)["rows"] == _state()["rows"]


@pytest.mark.parametrize(
    "model",
    [{}, {"weight": torch.zeros(2, 4), "bias": torch.zeros(2)}, [1], None, {"weight": 3}],
    ids=["nothing", "other shapes", "a list", "none", "a number"],
)
def test_weights_of_another_model_are_named(model: Any, tmp_path: Path) -> None:
    linear = torch.nn.Linear(3, 2)
    sentence = r"state\.pt' does not fit this recipe's model \(.*start anew with another --out"
    with pytest.raises(RecipeError, match=sentence), matching(tmp_path / "state.pt"):
        linear.load_state_dict(model)
    with pytest.raises(RecipeError, match=sentence), matching(tmp_path / "state.pt"):
        check_average(model, linear.state_dict())
    with pytest.raises(RecipeError, match=sentence), matching(tmp_path / "state.pt"):
        torch.optim.AdamW(linear.parameters()).load_state_dict(model)


_MANIFESTS: dict[str, bytes] = {
    "empty": b"", "cut": b'{"settings": {', "a list": b"[]", "no text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000, "a long number": b'{"a": ' + b"9" * 10_000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("kind", _MANIFESTS)
def test_a_damaged_manifest_is_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(_MANIFESTS[kind])
    with pytest.raises(RecipeError, match=r"manifest\.json' cannot be read .*start anew"):
        read_manifest(path)


@pytest.mark.parametrize("usage", ["much", {"seconds": "ten"}, {"seconds": None, "x": 1}, [], 7])
def test_a_cost_that_is_no_cost_counts_as_none(usage: Any) -> None:
    assert Usage.before({"usage": usage}, "a machine", 2) == Usage("a machine", 2)


def test_the_cost_of_a_resumed_run_goes_on() -> None:
    before = Usage("another", 1, seconds=5.0, training_seconds=4.0, examples=8)
    found = Usage.before({"usage": before.to_dict()}, "a machine", 2)
    assert found == Usage("a machine", 2, seconds=5.0, training_seconds=4.0, examples=8)


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"step": "one"}', "null", "[" * 100_000])
def test_a_damaged_line_of_samples_is_named(line: str, tmp_path: Path) -> None:
    record_sample(tmp_path, 1.0, 10, DebugSample("q", "g", "p"))
    path = tmp_path / "samples.jsonl"
    path.write_text(f"{path.read_text()}{line}\n")
    with pytest.raises(RecipeError, match=r"samples\.jsonl'"):
        read_samples(path)
    with pytest.raises(RecipeError, match=r"[Ll]ine 2"):
        record_sample(tmp_path, 2.0, 20, DebugSample("q", "g", "p"))


def _checkpoint(folder: Path, step: int) -> Path:
    from safetensors.torch import save_file

    made = folder / f"checkpoint-{step}"
    made.mkdir()
    save_file({"weight": torch.zeros(3)}, made / "adapter_model.safetensors")
    torch.save(_state()["optimizer"], made / "optimizer.pt")
    torch.save({"cpu": torch.zeros(5)}, made / "rng_state.pth")
    (made / "trainer_state.json").write_text("{}")
    return made


@pytest.mark.parametrize(
    "name", ["trainer_state.json", "adapter_model.safetensors", "optimizer.pt", "rng_state.pth"]
)
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(name: str, tmp_path: Path) -> None:
    earlier, later = _checkpoint(tmp_path, 10), _checkpoint(tmp_path, 20)
    assert last_checkpoint(tmp_path) == later
    data = (later / name).read_bytes()
    (later / name).write_bytes(data[: len(data) // 2])
    assert last_checkpoint(tmp_path) == earlier
