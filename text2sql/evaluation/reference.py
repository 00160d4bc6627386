"""Scores as the reference's write-up most likely measured them, to compare with its numbers.

The write-up does not say how it scored. Its code most likely did this, which is more lenient than
``string_match``:

- it split Spider dev with the library datasets (``train_test_split(test_size=0.5, seed=42)``), so
  its halves differ from those of ``train``;
- it compared predictions with labels that were decoded from T5's tokens. T5 has no token for ``<``,
  ``{``, ``}``, ``~``, ``\\``, ``^`` and the backquote, and unknown tokens are left out of decoded
  texts, on both sides. So ``age < 30`` equals ``age 30``;
- it compared texts in lower case and without spaces.

It also cut labels after 128 tokens (12 in Spider dev). That needs the tokenizer, so it is not done
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from text2sql.metrics import rouge1, string_match

__all__ = ["HALVES", "Half", "ReferenceScores", "decoded_label", "half_of", "reference_scores"]

Half = Literal["validation", "test"]
HALVES: tuple[Half, ...] = ("validation", "test")
_SEED = 42
_LACKING = str.maketrans("", "", "<{}~\\^`")


@dataclass(frozen=True)
class ReferenceScores:
    """Percentages over the questions of one half."""

    half: Half
    questions: int
    string_match: float
    rouge1: float

    def sentence(self) -> str:
        """Return the scores with the conditions under which they count."""
        return (
            f"As the reference most likely measured it, on its {self.half} half "
            f"({self.questions:,} questions), without the characters that T5 lacks: "
            f"string match {self.string_match:.2f}%, ROUGE-1 {self.rouge1:.1f}."
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def half_of(count: int, half: Half) -> list[int]:
    """Return the numbers of the questions in a half of ``count``, in its order.

    The same as ``train_test_split`` of the library datasets makes: ``validation`` is its "train".
    """
    import numpy as np

    order = [int(number) for number in np.random.default_rng(_SEED).permutation(count)]
    middle = (count + 1) // 2
    return order[:middle] if half == "test" else order[middle:]


def decoded_label(sql: str) -> str:
    """Return ``sql`` without the characters that T5's tokenizer lacks."""
    return sql.translate(_LACKING)


def reference_scores(
    golds: Sequence[str], predictions: Sequence[str], half: Half
) -> ReferenceScores:
    """Score the questions of a half, which both arguments hold in the same order."""
    pairs = [
        (decoded_label(gold), decoded_label(prediction))
        for gold, prediction in zip(golds, predictions, strict=True)
    ]
    return ReferenceScores(
        half,
        len(pairs),
        _percent([string_match(*pair) for pair in pairs]),
        _percent([rouge1(*pair) for pair in pairs]),
    )


def _percent(values: Sequence[float]) -> float:
    return 100 * sum(values) / max(1, len(values))
