"""The training data of text models: questions and schemas as token ids, gold SQL as labels."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transformers import DataCollatorForSeq2Seq, PreTrainedModel, PreTrainedTokenizerBase

from text2sql.databases import SAMPLES, Catalog, Database, spider_folder
from text2sql.errors import DataError
from text2sql.generators.input_format import InputFormat
from text2sql.linking.linked_schema import named_in
from text2sql.prompt import Prompt, with_evidence
from text2sql.schema import ColumnPosition, Schema
from text2sql.spider import Example, load_examples, split_half
from train.config import TextRecipe
from train.own_data import read_own_data, split_own_data
from train.sql_create_context import read_mix

__all__ = [
    "IGNORED",
    "Collator",
    "EncodedExample",
    "Encoder",
    "InputReport",
    "Splits",
    "read_splits",
]

EncodedExample = dict[str, list[int]]
"""One example: ``input_ids`` and ``labels``, unpadded."""

IGNORED = -100
"""The label of padding, which the loss ignores."""

_MODEL_INPUTS = frozenset(("input_ids", "attention_mask", "labels"))


@dataclass(frozen=True)
class Splits:
    """The splits of the data; ``files`` were read, ``notes`` say what was left out and why."""

    train: list[Example]
    validation: list[Example]
    test: list[Example]
    databases: Mapping[str, Database]
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def read_splits(recipe: TextRecipe, spider_dir: Path | None) -> Splits:
    """Read the files that ``recipe`` names.

    Raises:
        DataError: the data folder or a file is missing, or a question has no gold.
        UnknownDatabase: a question is about a database that the folder does not declare.
    """
    if recipe.data not in ("spider", "samples"):
        return _own_splits(recipe, spider_dir)
    folder = _data_folder(recipe, spider_dir)
    paths = [_find(folder, name) for name in recipe.train_files]
    validation_path = _find(folder, recipe.validation_file)
    train = [example for path in paths for example in load_examples(path)]
    validation = load_examples(validation_path)
    catalog = Catalog.open(None if recipe.data == "samples" else folder)
    held_out: list[Example] = validation
    test: list[Example] = []
    if recipe.halve:
        validation, test = split_half(validation, recipe.split_seed)
    train, validation, test = (part[: recipe.limit] for part in (train, validation, test))
    used = {example.db_id for part in (train, validation, test) for example in part}
    databases = {db_id: catalog.get(db_id) for db_id in sorted(used)}
    notes: tuple[str, ...] = ()
    if recipe.mix is not None:
        mixed = read_mix(recipe.mix, held_out, recipe.mix_limit)
        train, databases = train + mixed.examples, databases | mixed.databases
        notes = (mixed.note,)
    return Splits(train, validation, test, databases, (*paths, validation_path), notes)


def _own_splits(recipe: TextRecipe, spider_dir: Path | None) -> Splits:
    """The splits of a user's own file: a tenth is held out for validation."""
    path = Path(recipe.data).expanduser()
    own = read_own_data(path, spider_dir)
    train, validation = split_own_data(own, recipe.split_seed)
    train, validation = train[: recipe.limit], validation[: recipe.limit]
    used = {example.db_id for example in (*train, *validation)}
    databases = {name: base for name, base in own.databases.items() if name in used}
    return Splits(train, validation, [], databases, (path,))


def _data_folder(recipe: TextRecipe, spider_dir: Path | None) -> Path:
    if recipe.data == "samples":
        return SAMPLES
    folder = spider_folder(spider_dir)
    if folder is None:
        raise DataError(
            "There is no Spider folder to train on; name it with --spider-dir, or run "
            "text2sql download spider."
        )
    return folder


def _find(folder: Path, name: str) -> Path:
    inside = folder / name
    return inside if inside.is_file() else Path(name).expanduser()


@dataclass
class InputReport:
    """The lengths of the inputs, and what was dropped to fit them into the limit."""

    lengths: list[int] = field(default_factory=list)  # in tokens, before anything is dropped
    over_limit: int = 0
    dropped: int = 0  # tables, and columns of the last table left
    gold_lost: int = 0  # examples whose gold query uses a dropped table or column
    still_over: int = 0  # inputs cut because the question alone is too long
    labels_over: int = 0  # examples with a gold query longer than the output may be
    left_out: int = 0

    def to_dict(self) -> dict[str, int]:
        """The report's numbers."""
        counts = {k: v for k, v in vars(self).items() if isinstance(v, int)}
        middle = int(statistics.median(self.lengths)) if self.lengths else 0
        longest = max(self.lengths, default=0)
        return {"examples": len(self.lengths), "median": middle, "longest": longest, **counts}

    def sentence(self, name: str, limit: int) -> str:
        """The report as a sentence, printed before the run starts."""
        numbers = self.to_dict()
        text = (
            f"{name}: {numbers['examples']:,} examples, inputs of {numbers['median']:,} tokens "
            f"(median) to {numbers['longest']:,}; {self.over_limit:,} over {limit:,}"
        )
        if self.over_limit:
            text += (
                f": {self.dropped:,} of their tables dropped by relevance, in {self.gold_lost:,} "
                f"cases one that the gold uses, {self.still_over:,} cut"
            )
        if self.labels_over:
            text += f"; {self.labels_over:,} gold queries longer than the output may be"
        if self.left_out:
            text += f"; {self.left_out:,} examples left out for that"
        return text + "."


class Encoder:
    """Encodes examples, with whole tables only; ``report`` says what was dropped.

    With ``training=True``, it leaves out examples that would teach something wrong: a gold query
    that is cut, or one that uses a dropped table.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        recipe: TextRecipe,
        databases: Mapping[str, Database],
    ) -> None:
        self.tokenizer = tokenizer
        self.recipe = recipe
        self.databases = databases
        self.report = InputReport()
        self._longest = 0

    def encode(self, examples: Sequence[Example], *, training: bool) -> list[EncodedExample]:
        """Encode the examples as token ids, in their order."""
        self.report = InputReport()
        features = []
        for example in examples:
            labels = self._label_ids(example.query.strip())
            ids, whole = self._input(example, training)
            half = len(labels) > self.recipe.max_output
            self.report.labels_over += half
            if training and (half or not whole):
                self.report.left_out += 1
                continue
            features.append({"input_ids": ids, "labels": labels[: self.recipe.max_output]})
        return features

    def _input(self, example: Example, training: bool) -> tuple[list[int], bool]:
        """The input's ids, and whether it still holds everything that the gold query uses."""
        database, recipe, limit = self.databases[example.db_id], self.recipe, self.recipe.max_input
        gold = named_in(example.query, database.schema)
        self._longest = 0
        question = with_evidence(example.question, example.evidence)
        reads = InputFormat(recipe.schema, recipe.max_input, recipe.max_output)
        prompt = reads.prompt(question, database, self._count, gold if training else ())
        lost = self._lost(prompt, gold, database.schema)
        self.report.lengths.append(self._longest)
        self.report.over_limit += self._longest > limit
        self.report.dropped += len(prompt.dropped)
        self.report.gold_lost += lost
        ids = self._prompt_ids(prompt.text)
        self.report.still_over += len(ids) > limit
        return (ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]), not lost

    def _count(self, text: str) -> int:
        count = len(self._prompt_ids(text))
        self._longest = max(self._longest, count)  # the whole input is counted first
        return count

    @staticmethod
    def _lost(prompt: Prompt, gold: set[ColumnPosition], schema: Schema) -> bool:
        tables = schema.tables
        used = {tables[t].name for t, _ in gold}
        used |= {f"{tables[t].name}.{tables[t].columns[c].name}" for t, c in gold}
        return not used.isdisjoint(prompt.dropped)

    def _prompt_ids(self, text: str) -> list[int]:
        return self._ids(text)

    def _label_ids(self, query: str) -> list[int]:
        return self._ids(query)

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, truncation=False, verbose=False)["input_ids"])


class Collator:
    """Pads a batch to its longest example, rounded up to eights, and adds the decoder's inputs.

    It refuses columns that the model does not read: the library would drop them silently or fail
    deep inside.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel) -> None:
        self._pad: Any = DataCollatorForSeq2Seq(
            tokenizer, model=model, label_pad_token_id=IGNORED, pad_to_multiple_of=8
        )

    def __call__(self, features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        unknown = sorted({key for item in features for key in item} - _MODEL_INPUTS)
        if unknown:
            raise DataError(
                f"The examples still hold {', '.join(map(repr, unknown))}, which the model does "
                "not read; remove every column but input_ids, attention_mask and labels."
            )
        items = [dict(item) for item in features]
        return dict(self._pad(items))
