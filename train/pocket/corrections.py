"""A short run on corrections, and a report on what it corrected and broke.

``text2sql train --recipe pocket-corrections --data more.json`` goes on from the bundled weights. It
repeats the corrections until they are half of each epoch. The other half are questions of
``train/asked``, so that the model keeps what it knew.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation import Item, evaluate, fitting_workers
from text2sql.generators.bundled import BUNDLED
from text2sql.generators.confidence import FILE as CONFIDENCE
from text2sql.spider import Example, load_examples
from text2sql.wording import counted
from train.asked.build import build
from train.asked.dataset import read_databases
from train.own_data import OwnData, read_own_data
from train.pocket.collection import Collection, LabeledQuestion, held_out_by_name, read_folder
from train.pocket.recipe import PocketRecipe
from train.pocket.trainer import PocketTrainer

__all__ = ["Regression", "tune"]

_DATABASES = 6  # of train/asked
_LISTED = 20  # changed questions that a report names


@dataclass(frozen=True)
class Regression:
    """The verdicts on the same questions before and after a run; right means right rows."""

    before: Sequence[Item]
    after: Sequence[Item]

    @property
    def corrected(self) -> list[Item]:
        """The items that were wrong and are right now."""
        return [a for b, a in self._pairs() if not _right(b) and _right(a)]

    @property
    def broken(self) -> list[Item]:
        """The items that were right and are wrong now."""
        return [a for b, a in self._pairs() if _right(b) and not _right(a)]

    @property
    def unchanged(self) -> int:
        """The number of questions that were right and still are."""
        return sum(_right(b) and _right(a) for b, a in self._pairs())

    def _pairs(self) -> list[tuple[Item, Item]]:
        return list(zip(self.before, self.after, strict=True))

    def text(self, name: str) -> str:
        """Return the numbers in a line, and the broken questions, each with its reason."""
        right = self.unchanged + len(self.broken)
        lines = [
            f"{name}: {counted(len(self.before), 'question')}, {right:,} right before. "
            f"Of those, {self.unchanged:,} unchanged and {len(self.broken):,} broken; "
            f"{counted(len(self.corrected), 'other')} corrected."
        ]
        lines += [
            f"  broken: {item.example.question} ({item.example.db_id}) {item.reason}"
            for item in self.broken[:_LISTED]
        ]
        return "\n".join(lines)


def tune(
    recipe: PocketRecipe, data: Path, check: Path | None, spider: Path | None, out: Path
) -> str:
    """Train on the questions of ``data``, write the model to ``out``, and return the report.

    Args:
        check: questions that should stay right; by default those of the samples, which are never
            trained on.

    Raises:
        DataError: the data cannot be read, or has no database file or no usable question.
    """
    own = _with_cells(read_own_data(data, spider))
    start = BUNDLED if recipe.start == "pocket" else Path(str(recipe.start))
    recipe = replace(recipe, start=str(start))
    out.mkdir(parents=True, exist_ok=True)
    others = _rehearsed(out / "data", recipe)
    trainer = PocketTrainer(recipe, [_collection(own, len(others.entries)), others], out)
    usable = {r.query for r in trainer.corpus.training if r.source == "own"}
    if not usable:
        raise DataError(
            f"No question of {str(data)!r} has SQL that the pocket model can express; "
            "train a text model on them."
        )
    trainer.run()
    if (start / CONFIDENCE).is_file():  # the weights changed little
        shutil.copy(start / CONFIDENCE, out / CONFIDENCE)
    left_out = sum(example.query not in usable for example in own.examples)
    return _report(own, check, spider, start, out, left_out)


def _with_cells(own: OwnData) -> OwnData:
    missing = [name for name, database in own.databases.items() if database.path is None]
    if missing:
        raise DataError(
            f"The recipe pocket-corrections needs the file of {missing[0]!r}, whose cells it "
            "reads; only its schema is known."
        )
    return own


def _collection(own: OwnData, others: int) -> Collection:
    """The corrections, repeated until there are as many as ``others``."""
    entries = [LabeledQuestion(e.question, e.query, f"own/{e.db_id}", "own") for e in own.examples]
    databases = {f"own/{name}": database for name, database in own.databases.items()}
    return Collection("own", databases, entries * max(1, others // len(entries)), frozenset())


def _rehearsed(folder: Path, recipe: PocketRecipe) -> Collection:
    """Some questions of ``train/asked``, built in ``folder``; their databases are not held out."""
    chosen = random.Random(recipe.seed)
    kept_out = held_out_by_name("asked")
    known = [database for database in read_databases() if database.db_id not in kept_out]
    build(chosen.sample(known, _DATABASES), folder)
    found = read_folder(folder, "asked")
    entries = chosen.sample(list(found.entries), min(recipe.rehearsed, len(found.entries)))
    return replace(found, entries=entries)


def _report(
    own: OwnData, check: Path | None, spider: Path | None, start: Path, out: Path, left_out: int
) -> str:
    parts = []
    if left_out:
        parts.append(f"Golds that the model cannot express, and that were left out: {left_out:,}.")
    mine = Catalog((), list(own.databases.values()))
    parts.append(_regression(own.examples, mine, start, out).text("Corrections"))
    catalog = Catalog.open(spider)
    name, file = ("Samples", catalog.question_files()["Samples"])
    if check is not None:
        name, file = check.name, check
    taught = {(example.question, example.db_id) for example in own.examples}
    others = [e for e in load_examples(file) if (e.question, e.db_id) not in taught]
    if others:
        parts.append(_regression(others, catalog, start, out).text(name))
    return "\n".join([*parts, f"The model is in {out}."])


def _regression(
    examples: Sequence[Example], catalog: Catalog, start: Path, out: Path
) -> Regression:
    def items(model: Path) -> Sequence[Item]:
        report = evaluate(
            str(model),
            examples,
            catalog,
            metrics=("execution",),
            workers=fitting_workers(str(model), len(examples)),
            progress=True,
        )
        assert report is not None, "there is one process"
        return report.items

    return Regression(items(start), items(out))


def _right(item: Item) -> bool:
    return bool(item.scores["execution"])
