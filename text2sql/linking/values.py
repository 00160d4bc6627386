"""Which values a question may mean: cells it names, numbers it states, words it quotes.

Candidates are found without the gold query, from the question and the cells of the database.
The decoder then points at one of them, so that every literal in a query was found beforehand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from text2sql.databases import Database
from text2sql.linking.cell_index import CellIndex, cell_index
from text2sql.linking.dates import find_dates
from text2sql.linking.nationalities import countries_of
from text2sql.linking.words import (
    NUMBER_WORDS,
    STOP_WORDS,
    Word,
    normal_form,
    number_of,
    split_words,
    stem,
)

__all__ = ["KINDS", "ValueCandidate", "candidates_of", "find_candidates"]

#: How a candidate was found.
KINDS = (
    "constant", "quoted", "number", "number_word", "cell", "capitalised", "cell_part", "code",
    "relative", "letter", "unknown",
)  # fmt: skip

_MAX_CANDIDATES = 40
_MAX_CELL_LENGTH = 80
_LONGEST_STEMMED = 4
_LONGEST_SPAN = 8

#: Words that a column of short codes abbreviates by another letter than their own first.
_CODES = {
    "woman": "f", "women": "f", "girl": "f", "girls": "f", "lady": "f", "ladies": "f",
    "man": "m", "men": "m", "boy": "m", "boys": "m", "guys": "m",
}  # fmt: skip

_QUOTED = re.compile(
    r"\"([^\"]+)\"|(?<![A-Za-z])'([^']+)'(?![A-Za-z])|`([^`']+)[`']|“([^”]+)”|‘([^’]+)’|''([^']+)''"
)
_LETTER_CUES = frozenset(("letter", "letters", "character", "prefix", "substring", "word"))
_INSIDE_NAME = frozenset(("of", "the", "and", ".", "-", "'", "&", "s", "de", "la", "in"))
_COMMANDS = frozenset(
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


def find_candidates(question: str, words: Sequence[Word], index: CellIndex) -> list[ValueCandidate]:
    """The values that ``question`` may mean, at most 40, and ``unknown`` as the last.

    Args:
        words: the question's words, as ``split_words`` gives them.
    """
    found = _Finder(question, words, index).find()
    return [*found[:_MAX_CANDIDATES], ValueCandidate("value", None, "unknown")]


class _Finder:
    def __init__(self, question: str, words: Sequence[Word], index: CellIndex) -> None:
        self.question = question
        self.words = words
        self.lower = [word.lower() for word in words]
        self.index = index
        self.found: dict[tuple[str, str | int | float], ValueCandidate] = {}
        self.used = [False] * len(words)

    def find(self) -> list[ValueCandidate]:
        quoted = list(self._quoted())
        self._numbers()
        self._dates()
        self._cells()
        self._countries()
        capitalised = self._capitalised()
        self._cells_containing([*capitalised, *quoted])
        self._codes()
        self._relatives()
        self._letters()
        self._add_number(1, "constant")
        self._add_number(0, "constant")
        return list(self.found.values())

    def _add_text(
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

    def _add_number(
        self, number: int | float, kind: str, span: tuple[int, int] | None = None
    ) -> None:
        candidate = self.found.setdefault(
            ("number", number), ValueCandidate(str(number), number, kind, span)
        )
        candidate.span = candidate.span or span
        if kind == "number":
            candidate.columns |= self.index.numbers.get(number, set())

    def _span(self, start: int, end: int) -> tuple[int, int] | None:
        """Words between two places in the question's text."""
        inside = [i for i, word in enumerate(self.words) if word.start >= start and word.end <= end]
        return (inside[0], inside[-1] + 1) if inside else None

    def _quoted(self) -> Iterator[tuple[int, int]]:
        for match in _QUOTED.finditer(self.question):
            group = match.lastindex or 0
            span = self._span(match.start(group), match.end(group))
            text = match.group(group).strip(" %")
            if span and len(text) < _MAX_CELL_LENGTH:
                self._add_text(text, "quoted", span)
                yield span

    def _numbers(self) -> None:
        for i, word in enumerate(self.lower):
            span = (i, i + 1)
            number = number_of(word) if word[0].isdigit() else None
            ordinal = re.fullmatch(r"(\d+)(?:th|st|nd|rd)", word)
            if number is not None:
                negative = i > 0 and self.lower[i - 1] == "-" and self._minus(i - 1)
                self._add_number(-number if negative else number, "number", span)
                if word in self.index.exact:
                    self._add_text(word, "cell", span, self.index.exact[word])
            elif ordinal:
                self._add_number(int(ordinal[1]), "number", span)
            elif word[0].isdigit():  # a date, a code
                cells = self.index.exact.get(word, {})
                self._add_text(
                    next(iter(cells.values()), str(self.words[i])), "quoted", span, cells
                )
            elif word in NUMBER_WORDS:
                self._add_number(NUMBER_WORDS[word], "number_word", span)

    def _dates(self) -> None:
        """Dates in words; as sure as what is quoted, where some column holds dates at all."""
        for date in find_dates(self.words) if self.index.dates else ():
            self._add_text(date.text, "quoted", date.span, self.index.dates)

    def _minus(self, i: int) -> bool:
        """Whether the hyphen at ``i`` stands before a number rather than between two words."""
        touches = i > 0 and self.words[i - 1].end == self.words[i].start
        return not touches and self.words[i].end == self.words[i + 1].start

    def _cells(self) -> None:
        """Cells named in the question, longest first; a word belongs to one of them."""
        for length in range(min(_LONGEST_SPAN, len(self.words)), 0, -1):
            for start in range(len(self.words) - length + 1):
                self._cell_at(start, start + length)

    def _cell_at(self, start: int, end: int) -> None:
        span = self.lower[start:end]
        if all(self.used[start:end]) or all(word in STOP_WORDS for word in span):
            return
        if len(span) == 1 and (len(span[0]) < 2 or number_of(span[0]) is not None):
            return
        cells = self.index.exact.get(" ".join(span))
        if not cells and len(span) <= _LONGEST_STEMMED:
            cells = self.index.stems.get(" ".join(map(stem, span)))
        if not cells:
            return
        text = Counter(cells.values()).most_common(1)[0][0]
        self._add_text(text, "cell", (start, end), cells)
        self.used[start:end] = [True] * (end - start)

    def _countries(self) -> None:
        """Countries that are cells, by what is called after them."""
        for i, word in enumerate(self.lower):
            for name in countries_of(self.lower[i - 1] if i else "", word):
                for column, text in self.index.exact.get(name, {}).items():
                    self._add_text(text, "relative", (i, i + 1), [column])

    def _capitalised(self) -> list[tuple[int, int]]:
        spans = [
            (start, end)
            for start, end in self._capitalised_spans()
            if not (start == 0 and end == 1 and self.lower[0] in _COMMANDS)
        ]
        for start, end in spans:
            if not all(self.used[start:end]):
                self._add_text(self._text(start, end), "capitalised", (start, end))
                if 2 <= end - start <= 3:  # a first and a last name may be two columns
                    for i in range(start, end):
                        self._add_text(self.words[i], "capitalised", (i, i + 1))
        return spans

    def _text(self, start: int, end: int) -> str:
        return self.question[self.words[start].start : self.words[end - 1].end]

    def _capitalised_spans(self) -> Iterator[tuple[int, int]]:
        i, count = 0, len(self.words)
        while i < count:
            if not self.words[i][0].isupper() or (i == 0 and self.lower[0] in STOP_WORDS):
                i += 1
                continue
            end = i + 1
            while end < count and self._continues_name(end):
                end += 1
            yield i, end
            i = end

    def _continues_name(self, i: int) -> bool:
        if self.words[i][0].isupper() or self.words[i][0].isdigit():
            return True
        follows = i + 1 < len(self.words) and self.words[i + 1][0].isupper()
        return follows and self.lower[i] in _INSIDE_NAME

    def _cells_containing(self, spans: Iterable[tuple[int, int]]) -> None:
        """Longer cells of which a name in the question is a part."""
        for start, end in spans:
            span = self.lower[start:end]
            known = [cells for word in span if (cells := self.index.words.find(word))]
            if " ".join(span) in self.index.exact or not known:
                continue
            cells = set.intersection(*known)
            if len(cells) <= 6:
                for column, text in sorted(cells)[:3]:
                    self._add_text(text, "cell_part", (start, end), [column])

    def _codes(self) -> None:
        """Codes whose word, or whose column, is in the question: ``left-handed`` for L."""
        for i, word in enumerate(self.lower):
            if len(word) < 3 or word in STOP_WORDS:
                continue
            letter = _CODES.get(word, word[0])
            for column, code in self.index.codes[:24]:
                lower = code.lower()
                if lower == letter or (len(lower) > 1 and word.startswith(lower)):
                    self._add_text(code, "code", (i, i + 1), [column])
        stems = set(map(stem, self.lower))
        for column, code in self.index.codes[:24]:
            if self.index.names[column] & stems:
                self._add_text(code, "code", None, [column])

    def _relatives(self) -> None:
        """Cells that share their first five letters with a word: ``European`` and ``europe``."""
        for i, word in enumerate(self.lower):
            if self.used[i] or len(word) < 5 or word in STOP_WORDS:
                continue
            for column, text in sorted(self.index.prefixes.find(word[:5]))[:3]:
                if abs(len(text) - len(word)) <= 4:
                    self._add_text(text, "relative", (i, i + 1), [column])

    def _letters(self) -> None:
        """What LIKE looks for, unquoted: ``the letter M``, ``starts with b``."""
        for i, word in enumerate(self.lower[:-1]):
            following = self.words[i + 1]
            short = len(following) <= 2
            cue = word in _LETTER_CUES or (word == "with" and short)
            telling = len(following) == 1 or following.lower() not in STOP_WORDS
            if cue and telling and following.isalpha():
                self._add_text(str(following), "letter", (i + 1, i + 2))


def candidates_of(question: str, database: Database) -> list[ValueCandidate]:
    """``find_candidates`` for a question and a database."""
    return find_candidates(question, split_words(question), cell_index(database))
