"""Reads and checks the files of a stopped run before it is resumed."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from train.config import RecipeError

__all__ = [
    "check_average",
    "last_checkpoint",
    "matching",
    "read_manifest",
    "read_samples",
    "read_state",
]

_MOST_TEXT_BYTES = 100_000_000  # of a manifest, a log or samples
_NUMBERS = ("step", "epoch", "done", "elapsed", "best")


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of a run.

    Raises:
        RecipeError: it is damaged.
    """
    found = _json(path, _text(path), "it")
    if not isinstance(found, dict):
        raise _damaged(path, "it holds no JSON object")
    return found


def read_samples(path: Path) -> list[dict[str, Any]]:
    """Return the samples of a run, one a line; none if there is no such file.

    Raises:
        RecipeError: a line is damaged.
    """
    found = []
    for number, line in enumerate(_text(path).splitlines() if path.exists() else [], start=1):
        sample = _json(path, line, f"line {number}")
        if not isinstance(sample, dict) or not isinstance(sample.get("step"), int):
            raise RecipeError(
                f"Line {number} of {str(path)!r} is no sample; delete that line, or the file."
            )
        found.append(sample)
    return found


def read_state(path: Path, device: torch.device) -> dict[str, Any]:
    """Return the state of a pocket run, read without running code that is in the file.

    Raises:
        RecipeError: it is damaged, or no such state.
    """
    state = _tensors(path, device)
    if not isinstance(state, dict):
        raise _damaged(path, "it holds no state of a run")
    for name in _NUMBERS:
        value = state.get(name)
        if not isinstance(value, int | float) or not math.isfinite(value) or value < -1:
            raise _damaged(path, f"its {name} is {str(value)[:50]!r}")
    rows = state.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _damaged(path, "its log is no list of rows")
    if len({tuple(row) for row in rows}) > 1:
        raise _damaged(path, "the rows of its log have different columns")
    return state


@contextmanager
def matching(path: Path) -> Iterator[None]:
    """Report errors in the use of the state in ``path`` as a state of another model.

    Raises:
        RecipeError: weights or their optimizer are missing, or of other shapes or types.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as e:
        first = (str(e).splitlines() or [""])[-1].strip()[:200]
        raise RecipeError(
            f"The state in {str(path)!r} does not fit this recipe's model ({first}); resume with "
            "the recipe that the run was started with, or start anew with another --out."
        ) from e


def check_average(found: Any, expected: Mapping[str, torch.Tensor]) -> None:
    """Raise a ``ValueError`` unless ``found`` holds tensors of the expected names and shapes."""
    shapes = {name: getattr(tensor, "shape", None) for name, tensor in dict(found).items()}
    if shapes != {name: tensor.shape for name, tensor in expected.items()}:
        raise ValueError("its averaged weights are of other names or shapes")


def last_checkpoint(folder: Path) -> Path | None:
    """Return the newest complete checkpoint, of which every file can be read."""
    numbered = sorted(
        (path for path in folder.glob("checkpoint-*") if path.name[11:].isdigit()),
        key=lambda path: int(path.name[11:]),
        reverse=True,
    )
    return next((path for path in numbered if _is_complete(path)), None)


def _is_complete(checkpoint: Path) -> bool:
    try:
        read_manifest(checkpoint / "trainer_state.json")  # written last
        for path in checkpoint.rglob("*.pt"):
            _tensors(path, torch.device("cpu"))
        for path in checkpoint.rglob("*.pth"):
            _check_archive(path)
        for path in checkpoint.rglob("*.safetensors"):
            _check_weights(path)
    except RecipeError:
        return False
    return True


def _check_weights(path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as weights:
            weights.keys()
    except (OSError, SafetensorError) as error:
        raise _damaged(path, str(error)) from error


def _tensors(path: Path, device: torch.device) -> Any:
    if not path.is_file():
        raise _damaged(path, "it is missing, or no regular file")
    try:
        _check_archive(path)
        return torch.load(path, map_location=device, weights_only=True)
    except RecipeError:
        raise
    except MemoryError as error:
        raise _damaged(path, "it does not fit in memory") from error
    except Exception as error:  # torch passes on whatever a damaged file runs into
        said = (str(error).splitlines() or [""])[0][:120]
        raise _damaged(path, f"{type(error).__name__}: {said}") from error


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            if any(part.compress_type != zipfile.ZIP_STORED for part in archive.infolist()):
                raise _damaged(path, "it is compressed, which torch.save does not do")
            if wrong := archive.testzip():
                raise _damaged(path, f"its part {wrong[:50]!r} is damaged")
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, str(error)) from error


def _text(path: Path) -> str:
    if not path.is_file():
        raise _damaged(path, "it is no regular file")
    if path.stat().st_size > _MOST_TEXT_BYTES:
        raise _damaged(path, f"it is longer than {_MOST_TEXT_BYTES / 1e6:.0f} MB")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error


def _json(path: Path, text: str, part: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"{part} is no JSON: {error}") from error


def _damaged(path: Path, reason: str) -> RecipeError:
    return RecipeError(
        f"{str(path)!r} cannot be read ({reason}); put back a copy of it, "
        "or start anew with another --out."
    )
