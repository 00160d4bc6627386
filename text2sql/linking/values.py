"""Value candidates for a question: cells that it names, numbers, and quoted words.

They are found from the question and the cells of the database, without the gold query. The decoder
points at one of them, so every literal in a query is a candidate.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from text2sql.databases import Database
from text2sql.linking.aliases import aliases_of
from text2sql.linking.candidates import COMMANDS, KINDS, ValueCandidate
from text2sql.linking.cell_index import PREFIX, CellIndex, cell_index
from text2sql.linking.dates import find_dates
from text2sql.linking.less_likely_values import LessLikelyValues
from text2sql.linking.nationalities import countries_of
from text2sql.linking.words import (
    COMMON_WORDS,
    NUMBER_WORDS,
    STOP_WORDS,
    Word,
    number_of,
    split_words,
    stem,
)
from text2sql.query.nouns import singular

__all__ = ["KINDS", "ValueCandidate", "candidates_of", "find_candidates"]

_MAX_CANDIDATES = 40
_MOST_LIKELY = 30  # candidates that there is always room for
_MAX_CELL_LENGTH = 80
_LONGEST_ALIAS = 4
_SMALL = 30  # distinct cells; a column with more may hold titles
_LONGEST_STEMMED = 4
_LONGEST_SPAN = 8

#: Words whose code is not their own first letter.
_CODES = {
    "woman": "f", "women": "f", "girl": "f", "girls": "f", "lady": "f", "ladies": "f",
    "man": "m", "men": "m", "boy": "m", "boys": "m", "guys": "m",
}  # fmt: skip

_QUOTED = re.compile(
    r"\"([^\"]+)\"|(?<![A-Za-z])'([^']+)'(?![A-Za-z])|`([^`']+)[`']|“([^”]+)”|‘([^’]+)’|''([^']+)''"
)
_LETTER_CUES = frozenset(("letter", "letters", "character", "prefix", "substring", "word"))
_INSIDE_NAME = frozenset(("of", "the", "and", ".", "-", "'", "&", "s", "de", "la", "in"))


def find_candidates(question: str, words: Sequence[Word], index: CellIndex) -> list[ValueCandidate]:
    """The values that ``question`` may mean, at most 40, and ``unknown`` as the last.

    Args:
        words: the question's words, as ``split_words`` gives them.
    """
    found = _Finder(question, words, index).find()
    return [*found[:_MAX_CANDIDATES], ValueCandidate("value", None, "unknown")]


class _Finder(LessLikelyValues):
    """Finds all values of a question, the likely ones first."""

    def find(self) -> list[ValueCandidate]:
        quoted = list(self._quoted())
        self._numbers()
        self._dates()
        self._cells()
        self._countries()
        self._aliases()
        capitalised = self._capitalised()
        self._cells_containing([*capitalised, *quoted])
        self._codes()
        self._relatives()
        self._letters()
        likely = dict(self.found)
        self.add_number(1, "constant")
        self.add_number(0, "constant")
        constants = [self.found["number", n] for n in (1, 0)]
        self.find_less_likely()
        first = [c for c in likely.values() if c not in constants][:_MOST_LIKELY]
        return list({id(c): c for c in [*first, *constants, *self.found.values()]}.values())

    def _span(self, start: int, end: int) -> tuple[int, int] | None:
        """The words between two positions in the question's text."""
        inside = [i for i, word in enumerate(self.words) if word.start >= start and word.end <= end]
        return (inside[0], inside[-1] + 1) if inside else None

    def _quoted(self) -> Iterator[tuple[int, int]]:
        for match in _QUOTED.finditer(self.question):
            group = match.lastindex or 0
            span = self._span(match.start(group), match.end(group))
            text = match.group(group).strip(" %")
            if span and len(text) < _MAX_CELL_LENGTH:
                self.add_text(text, "quoted", span)
                yield span

    def _numbers(self) -> None:
        for i, word in enumerate(self.lower):
            span = (i, i + 1)
            number = number_of(word) if word[0].isdigit() else None
            ordinal = re.fullmatch(r"(\d+)(?:th|st|nd|rd)", word)
            if number is not None:
                negative = i > 0 and self.lower[i - 1] == "-" and self._minus(i - 1)
                self.add_number(-number if negative else number, "number", span)
                if word in self.index.exact:
                    self.add_text(word, "cell", span, self.index.exact[word])
            elif ordinal:
                self.add_number(int(ordinal[1]), "number", span)
            elif word[0].isdigit():  # a date, a code
                cells = self.index.exact.get(word, {})
                self.add_text(next(iter(cells.values()), str(self.words[i])), "quoted", span, cells)
            elif word in NUMBER_WORDS:
                self.add_number(NUMBER_WORDS[word], "number_word", span)

    def _dates(self) -> None:
        """Find dates in words, if any column holds dates; they are as likely as quoted words."""
        for date in find_dates(self.words) if self.index.dates else ():
            self.add_text(date.text, "quoted", date.span, self.index.dates)

    def _minus(self, i: int) -> bool:
        """Whether the hyphen at ``i`` stands before a number rather than between two words."""
        touches = i > 0 and self.words[i - 1].end == self.words[i].start
        return not touches and self.words[i].end == self.words[i + 1].start

    def _cells(self) -> None:
        """Find cells that the question names, the longest first; a word belongs to one of them."""
        for length in range(min(_LONGEST_SPAN, len(self.words)), 0, -1):
            for start in range(len(self.words) - length + 1):
                self._cell_at(start, start + length)

    def _cell_at(self, start: int, end: int) -> None:
        span = self.lower[start:end]
        if all(self.used[start:end]) or all(word in STOP_WORDS for word in span):
            return
        if len(span) == 1 and number_of(span[0]) is not None:
            return
        if len(span) == 1 and len(span[0]) < 2 and not self._is_letter(start):
            return
        cells = self.index.exact.get(" ".join(span))
        if not cells and len(span) <= _LONGEST_STEMMED:
            cells = self.index.stems.get(" ".join(map(stem, span)))
        if not cells:
            return
        text = Counter(cells.values()).most_common(1)[0][0]
        if self._is_word(start, end, cells):
            self.add_text(text, "relative", (start, end), cells)
            return
        self.add_text(text, "cell", (start, end), cells)
        self.used[start:end] = [True] * (end - start)

    def _is_letter(self, i: int) -> bool:
        """Whether a word of one letter stands for itself: ``grade A``, not ``I`` or ``A dog``."""
        return (
            self.words[i].isupper() and (self.lower[i] != "i" or i + 1 == len(self.words)) and i > 0
        )

    def _is_word(self, start: int, end: int, cells: Mapping[int, str]) -> bool:
        """Whether a cell's name is a plain word of the question: ``the most money``.

        This is so in lower case, unless one of its columns holds only a few distinct cells.
        """
        word = self.words[start]
        if end - start > 1 or not word.islower() or word not in COMMON_WORDS:
            return False
        return all(self.index.counts[column] > _SMALL for column in cells)

    def _countries(self) -> None:
        """Find cells that are countries by their adjectives."""
        for i, word in enumerate(self.lower):
            before = self.lower[i - 1] if i else ""
            for name in countries_of(before, word) or countries_of(before, singular(word)):
                for alias in (name, *sorted(aliases_of(name))):
                    self.add_cells(alias, "relative", (i, i + 1))

    def _aliases(self) -> None:
        """Find cells by aliases, such as US, CA or Jan."""
        for length in range(_LONGEST_ALIAS, 0, -1):
            for start in range(len(self.words) - length + 1):
                span = (start, start + length)
                kept = [word for word in self.lower[slice(*span)] if word != "."]
                capital = all(word.isupper() for word in self.words[slice(*span)] if word.isalpha())
                for alias in sorted(aliases_of(" ".join(kept), capital)):
                    self.add_cells(alias, "relative", span)

    def _capitalised(self) -> list[tuple[int, int]]:
        spans = [
            (start, end)
            for start, end in self._capitalised_spans()
            if not (start == 0 and end == 1 and self.lower[0] in COMMANDS)
        ]
        for start, end in spans:
            if not all(self.used[start:end]):
                self.add_text(self._text(start, end), "capitalised", (start, end))
                if 2 <= end - start <= 3:  # a first and a last name may be two columns
                    for i in range(start, end):
                        self.add_text(self.words[i], "capitalised", (i, i + 1))
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
        """Find longer cells that contain a name of the question."""
        for start, end in spans:
            span = self.lower[start:end]
            known = [cells for word in span if (cells := self.index.words.find(word))]
            if " ".join(span) in self.index.exact or not known:
                continue
            cells = set.intersection(*known)
            if len(cells) <= 6:
                for column, text in sorted(cells)[:3]:
                    self.add_text(text, "cell_part", (start, end), [column])

    def _codes(self) -> None:
        """Find codes whose word or column is in the question: L for ``left-handed``."""
        for i, word in enumerate(self.lower):
            if len(word) < 3 or word in STOP_WORDS:
                continue
            letter = _CODES.get(word, word[0])
            for column, code in self.index.codes[:24]:
                lower = code.lower()
                if lower == letter or (len(lower) > 1 and word.startswith(lower)):
                    self.add_text(code, "code", (i, i + 1), [column])
        stems = set(map(stem, self.lower))
        for column, code in self.index.codes[:24]:
            if self.index.names[column] & stems:
                self.add_text(code, "code", None, [column])

    def _relatives(self) -> None:
        """Find cells that share four initial letters with a word: ``Europe`` for ``European``."""
        for i, word in enumerate(self.lower):
            if self.used[i] or len(word) < PREFIX or word in STOP_WORDS:
                continue
            for column, text in sorted(self.index.prefixes.find(word[:PREFIX]))[:4]:
                if abs(len(text) - len(word)) <= 4 and _related(word, text.lower()):
                    self.add_text(text, "relative", (i, i + 1), [column])

    def _letters(self) -> None:
        """Find unquoted patterns for LIKE: ``the letter M``, ``starts with b``."""
        for i, word in enumerate(self.lower[:-1]):
            following = self.words[i + 1]
            short = len(following) <= 2
            cue = word in _LETTER_CUES or (word == "with" and short)
            specific = len(following) == 1 or following.lower() not in STOP_WORDS
            if cue and specific and following.isalpha():
                self.add_text(str(following), "letter", (i + 1, i + 2))


def _related(one: str, other: str) -> bool:
    """Whether two words that begin alike have a stem in common, or all but an ending."""
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    shared = min(len(one), len(other)) if shared is None else shared
    return shared >= 5 or shared >= min(len(one), len(other)) - 1 or stem(one) == stem(other)


def candidates_of(question: str, database: Database) -> list[ValueCandidate]:
    """``find_candidates`` for a question and a database."""
    return find_candidates(question, split_words(question), cell_index(database))
