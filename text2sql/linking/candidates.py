"""Value candidates, and the set that collects those of one question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from text2sql.linking.cell_index import CellIndex
from text2sql.linking.words import COMMON_WORDS, STOP_WORDS, Word, normal_form

__all__ = ["COMMANDS", "KINDS", "Candidates", "ValueCandidate"]

#: How a candidate was found.
KINDS = (
    "constant", "quoted", "number", "number_word", "cell", "capitalised", "cell_part", "code",
    "relative", "letter", "unknown",
)  # fmt: skip

#: Words that may begin a question and are not names, even if capitalized.
COMMANDS = frozenset(
    "show list find give return count select what tell how among compute which who where when "
    "for please i is are does do sort order display get calculate".split()
)


@dataclass
class ValueCandidate:
    """A value that the query may compare with.

    ``span`` are the first and one past the last word of the question it comes from, and
    ``columns`` the positions (over the whole schema) of the columns that hold it.
    """

    text: str
    number: int | float | None
    kind: str
    span: tuple[int, int] | None = None
    columns: set[int] = field(default_factory=set)

    @property
    def value(self) -> str | int | float:
        return self.text if self.number is None else self.number


class Candidates:
    """The values found so far for a question; ``used`` marks the words of named cells."""

    def __init__(self, question: str, words: Sequence[Word], index: CellIndex) -> None:
        self.question = question
        self.words = words
        self.lower = [word.lower() for word in words]
        self.index = index
        self.found: dict[tuple[str, str | int | float], ValueCandidate] = {}
        self.used = [False] * len(words)

    def add_text(
        self,
        text: str,
        kind: str,
        span: tuple[int, int] | None = None,
        columns: Iterable[int] = (),
    ) -> None:
        form = normal_form(text)
        if not form:
            return
        candidate = self.found.setdefault(("text", form), ValueCandidate(text, None, kind, span))
        candidate.columns |= set(columns)
        candidate.span = candidate.span or span
        if kind == "cell" and candidate.kind in ("capitalised", "quoted", "cell_part"):
            candidate.kind, candidate.text = kind, text

    def add_number(
        self, number: int | float, kind: str, span: tuple[int, int] | None = None
    ) -> None:
        candidate = self.found.setdefault(
            ("number", number), ValueCandidate(str(number), number, kind, span)
        )
        candidate.span = candidate.span or span
        if kind == "number":
            candidate.columns |= self.index.numbers.get(number, set())

    def add_cells(self, name: str, kind: str, span: tuple[int, int]) -> None:
        for column, text in self.index.exact.get(name, {}).items():
            self.add_text(text, kind, span, [column])

    def is_uninformative(self, i: int) -> bool:
        word = self.lower[i]
        return len(word) < 3 or word in STOP_WORDS or word in COMMON_WORDS or not word.isalpha()
