"""The splits of the data as token ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from text2sql.errors import DataError
from text2sql.spider import Example
from train.data import EncodedExample, Encoder, Splits

__all__ = ["EncodedSplits", "encode_splits"]


@dataclass(frozen=True)
class EncodedSplits:
    """The splits of the data as token ids, and reports on what was dropped to fit them.

    Validation and test are ordered by length, which needs the least padding; ``asked`` holds
    their examples in that order.
    """

    train: list[EncodedExample]
    validation: list[EncodedExample]
    test: list[EncodedExample]
    reports: dict[str, dict[str, int]]
    asked: dict[str, list[Example]]


def encode_splits(splits: Splits, encoder: Encoder, say: Callable[[str], None]) -> EncodedSplits:
    """Encode the splits; ``say`` gets a sentence about each.

    Raises:
        DataError: no training example fits the limits.
    """
    parts, reports, asked = {}, {}, {}
    for name in ("train", "validation", "test"):
        examples = getattr(splits, name)
        parts[name] = encoder.encode(examples, training=name == "train")
        if name != "train":
            parts[name], asked[name] = _longest_first(parts[name], examples)
        reports[name] = encoder.report.to_dict()
        if examples:
            say(encoder.report.sentence(name, encoder.recipe.max_input))
    for note in splits.notes:
        say(note)
    if not parts["train"]:
        raise DataError("No training example is left; raise limit or max_output.")
    return EncodedSplits(**parts, reports=reports, asked=asked)


def _longest_first(
    features: Sequence[EncodedExample], examples: Sequence[Example]
) -> tuple[list[EncodedExample], list[Example]]:
    order = sorted(range(len(features)), key=lambda n: -len(features[n]["input_ids"]))
    return [features[n] for n in order], [examples[n] for n in order]
