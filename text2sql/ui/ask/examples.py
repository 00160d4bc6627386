"""The example questions of a database, chosen by whether the bundled model answers them correctly.

``checked.json`` beside the samples says which of their questions are answered correctly;
``python -m text2sql.benchmark examples --write`` updates it, for example after training.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.atomic import write_text
from text2sql.ui.ask.choices import some_examples

if TYPE_CHECKING:
    from text2sql.spider import Example

__all__ = ["CHECKED", "Checked", "Chip", "checked_samples", "chips"]

CHECKED = Path(__file__).parents[2] / "assets" / "samples" / "checked.json"
_SHOWN = 6
_HARD = " · hard"

Questions = Mapping[str, Sequence[str]]
"""Questions by the name of their database."""


@dataclass(frozen=True)
class Checked:
    """Which questions ``model`` answers at once with the gold query's rows, and which not.

    Questions that it asks back about, or answers with a doubt, are ``hard``.
    """

    model: str = ""
    right: Questions = field(default_factory=dict)
    hard: Questions = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path = CHECKED) -> Checked:
        saved: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(saved["model"], saved["right"], saved["hard"])

    def write(self, path: Path = CHECKED) -> None:
        saved = {"model": self.model, "right": self.right, "hard": self.hard}
        write_text(path, json.dumps(saved, indent=1, ensure_ascii=False) + "\n")


@cache
def checked_samples() -> Checked:
    """Return the questions that were checked for the bundled samples."""
    return Checked.read()


@dataclass(frozen=True)
class Chip:
    """An example question on a button; ``hard`` if its answer is known to be wrong or doubted."""

    question: str
    hard: bool = False

    @property
    def label(self) -> str:
        return self.question + (_HARD if self.hard else "")


def chips(db_id: str, examples: Sequence[Example], checked: Checked) -> list[Chip]:
    """Return up to six example questions: five that are answered correctly and one that is hard.

    Of a database whose questions were not checked, any questions are returned.
    """
    right, hard = (
        [example for example in examples if example.question in of.get(db_id, ())]
        for of in (checked.right, checked.hard)
    )
    if not right:
        return [Chip(question) for question in some_examples(examples, _SHOWN)]
    difficult = [Chip(question, hard=True) for question in some_examples(hard, 1)]
    easy = [Chip(question) for question in some_examples(right, _SHOWN - len(difficult))]
    return [*easy, *difficult]
