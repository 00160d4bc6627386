"""Value candidates for a question: cells that it names, numbers, and quoted words.

They are found from the question and the cells of the database, without the gold query. The decoder
points at one of them, so every literal in a query is a candidate.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

from text2sql.databases import Database
from text2sql.linking.aliases import FLAGS, aliases_of
from text2sql.linking.cell_index import PREFIX, CellIndex, cell_index
from text2sql.linking.dates import find_dates, find_parts, find_periods, find_times
from text2sql.linking.nationalities import countries_of
from text2sql.linking.quantities import find_quantities, unit_stems
from text2sql.linking.words import (
    COMMON_WORDS,
    NUMBER_WORDS,
    STOP_WORDS,
    Word,
    normal_form,
    number_of,
    split_words,
    stem,
    words_of,
)
from text2sql.query.nouns import singular

__all__ = ["KINDS", "ValueCandidate", "candidates_of", "find_candidates"]

#: How a candidate was found.
KINDS = (
    "constant", "quoted", "number", "number_word", "cell", "capitalised", "cell_part", "code",
    "relative", "letter", "unknown",
)  # fmt: skip

_MAX_CANDIDATES = 40
_MOST_LIKELY = 30  # of which there is room for in any case
_MAX_CELL_LENGTH = 80
_LONGEST_ALIAS = 4
_FEW = 3  # cells that a word may stand for
_SMALL = 30  # different cells of a column that is no list of titles
_MOST_MISSPELT = 3
_MOST_FLAGS = 4
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
_PATTERN_CUES = frozenset(
    "mention mentions mentioning contain contains containing include includes including about "
    "called named saying".split()
)
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
        self._aliases()
        capitalised = self._capitalised()
        self._cells_containing([*capitalised, *quoted])
        self._codes()
        self._relatives()
        self._letters()
        likely = dict(self.found)
        self._add_number(1, "constant")
        self._add_number(0, "constant")
        constants = [self.found["number", n] for n in (1, 0)]
        self._quantities()
        self._longer_cells()
        self._parts_of_cells()
        self._misspelt()
        self._patterns()
        self._short_codes()
        self._flags()
        self._date_parts()
        self._choices()
        first = [c for c in likely.values() if c not in constants][:_MOST_LIKELY]
        return list({id(c): c for c in [*first, *constants, *self.found.values()]}.values())

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
            self._add_text(text, "relative", (start, end), cells)
            return
        self._add_text(text, "cell", (start, end), cells)
        self.used[start:end] = [True] * (end - start)

    def _is_letter(self, i: int) -> bool:
        """Whether a word of one letter stands for itself: ``grade A``, not ``I`` or ``A dog``."""
        return (
            self.words[i].isupper() and (self.lower[i] != "i" or i + 1 == len(self.words)) and i > 0
        )

    def _is_word(self, start: int, end: int, cells: Mapping[int, str]) -> bool:
        """Whether a cell's name is a plain word of the question: ``the most money``.

        It is, in small letters, unless one of its columns holds few different cells.
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
                    self._add_cells(alias, "relative", (i, i + 1))

    def _aliases(self) -> None:
        """Find cells by aliases, such as US, CA or Jan."""
        for length in range(_LONGEST_ALIAS, 0, -1):
            for start in range(len(self.words) - length + 1):
                span = (start, start + length)
                kept = [word for word in self.lower[slice(*span)] if word != "."]
                capital = all(word.isupper() for word in self.words[slice(*span)] if word.isalpha())
                for alias in sorted(aliases_of(" ".join(kept), capital)):
                    self._add_cells(alias, "relative", span)

    def _short_codes(self) -> None:
        """Find codes that are the beginning of a name, such as ``ETH`` for Ethiopia."""
        for i, word in enumerate(self.words):
            if len(word) > 4 and word[0].isupper() and word.isalpha():
                for column, text in self.index.exact.get(self.lower[i][:3], {}).items():
                    if text.isupper():
                        self._add_text(text, "code", (i, i + 1), [column])

    def _add_cells(self, name: str, kind: str, span: tuple[int, int]) -> None:
        for column, text in self.index.exact.get(name, {}).items():
            self._add_text(text, kind, span, [column])

    def _quantities(self) -> None:
        """Find numbers of several words, and numbers converted to the unit of a column."""
        stems = frozenset[str]().union(*self.index.names.values())
        for quantity in find_quantities(self.words):
            unit = quantity.unit
            if unit == "share" or not unit or stems & unit_stems(unit):
                self._add_number(quantity.number, "number", quantity.span)

    def _longer_cells(self) -> None:
        """Find longer cells that contain all words of a named cell."""
        named = [c for c in self.found.values() if c.kind == "cell" and c.span is not None]
        for candidate in named:
            forms = words_of(candidate.text)
            cells = [c for c in self._holding(forms) if c[1] != candidate.text]
            for column, text in cells[:_FEW] if len(cells) <= _FEW else ():
                self._add_text(text, "cell_part", candidate.span, [column])

    def _parts_of_cells(self) -> None:
        """Find longer cells by a rare word, such as ``oil`` for oil on canvas."""
        for i, word in enumerate(self.lower):
            if self._says_little(i) or self.used[i]:
                continue
            for form in dict.fromkeys((word, singular(word))):
                cells = sorted(self.index.words.find(form))
                for column, text in cells if len(cells) <= _FEW else ():
                    self._add_text(text, "cell_part", (i, i + 1), [column])
            for joined in self._joined(i):
                self._add_cells(joined, "cell", (i, i + 1 + (" " not in joined)))

    def _joined(self, i: int) -> Iterator[str]:
        """Find joined or split words, such as ``newyork`` or ``foot ball``."""
        word = self.lower[i]
        if i + 1 < len(self.lower) and self.lower[i + 1].isalpha():
            yield word + self.lower[i + 1]
        if word.isalpha() and 6 <= len(word) <= 24:
            for cut in range(2, len(word) - 1):
                yield f"{word[:cut]} {word[cut:]}"

    def _misspelt(self) -> None:
        """Cells one letter away from a name that is in no cell and in no name of the schema."""
        stems = frozenset[str]().union(*self.index.names.values())
        tried = 0
        for i, word in enumerate(self.words):
            lower = self.lower[i]
            name = word[0].isupper() and (i > 0 or lower not in _COMMANDS)
            if self.used[i] or not name or len(lower) < 5 or not lower.isalpha():
                continue
            known = stem(lower) in stems or self.index.words.find(lower) or countries_of("", lower)
            if known or tried == _MOST_MISSPELT:
                continue
            tried += 1
            for near in _one_letter_away(lower):
                self._add_cells(near, "relative", (i, i + 1))
                cells = sorted(self.index.words.find(near))
                for column, text in cells if len(cells) <= _FEW else ():
                    self._add_text(text, "cell_part", (i, i + 1), [column])

    def _patterns(self) -> None:
        """What LIKE may look for: the words that stand in longer cells, or after a cue."""
        stems = frozenset[str]().union(*self.index.names.values())
        for i, word in enumerate(self.lower):
            cued = i > 0 and self.lower[i - 1] in _PATTERN_CUES
            if self._says_little(i) and not (cued and word not in STOP_WORDS):
                continue
            if not cued and (self.used[i] or stem(word) in stems):
                continue
            for form in dict.fromkeys((word, singular(word))):
                if cued or self.index.words.find(form):
                    text = str(self.words[i]) if form == word else form
                    self._add_text(text, "letter", (i, i + 1))

    def _flags(self) -> None:
        """What columns hold that answer yes or no and that the question mentions."""
        stems = set(map(stem, self.lower))
        begins = {word[:PREFIX] for word in self.lower if len(word) >= PREFIX}
        flags = [(c, t) for c, t in self.index.codes if t.strip().lower() in FLAGS]
        for column, code in [*self.index.codes, *flags]:
            names = self.index.names.get(column, frozenset())
            mentioned = names & stems or any(name[:PREFIX] in begins for name in names)
            if mentioned or (column, code) in flags[:_MOST_FLAGS]:
                self._add_text(code, "code", None, [column])

    def _date_parts(self) -> None:
        """First and last days of periods, and numbers of months and weekdays."""
        if not self.index.dates:
            return
        for date in find_periods(self.words):
            self._add_text(date.text, "quoted", date.span, self.index.dates)
        for text, span in find_times(self.words):
            self._add_text(text, "quoted", span)
        for number, span in find_parts(self.words):
            self._add_number(number, "number_word", span)

    def _choices(self) -> None:
        """The cells of small columns whose names the question mentions, the nearest first."""
        stems = set(map(stem, self.lower))
        begins = {word[:PREFIX] for word in self.lower if len(word) >= PREFIX}

        def rank(column: int) -> tuple[bool, bool, int]:
            names = self.index.names.get(column, frozenset())
            near = any(name[:PREFIX] in begins for name in names if len(name) >= PREFIX)
            return (not names & stems, not near, len(self.index.choices[column]))

        for column in sorted(self.index.choices, key=rank):
            if all(rank(column)[:2]):
                break
            for text in self.index.choices[column]:
                self._add_text(text, "code", None, [column])

    def _says_little(self, i: int) -> bool:
        word = self.lower[i]
        return len(word) < 3 or word in STOP_WORDS or word in COMMON_WORDS or not word.isalpha()

    def _holding(self, words: Iterable[str]) -> list[tuple[int, str]]:
        """The cells that hold all of ``words``, as far as they are in any."""
        sets = [found for word in words if (found := self.index.words.find(word))]
        return sorted(set.intersection(*sets)) if sets else []

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
        """Find longer cells that contain a name of the question."""
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
        """Cells that share their first four letters with a word: ``European`` and ``europe``."""
        for i, word in enumerate(self.lower):
            if self.used[i] or len(word) < PREFIX or word in STOP_WORDS:
                continue
            for column, text in sorted(self.index.prefixes.find(word[:PREFIX]))[:4]:
                if abs(len(text) - len(word)) <= 4 and _related(word, text.lower()):
                    self._add_text(text, "relative", (i, i + 1), [column])

    def _letters(self) -> None:
        """Find unquoted patterns for LIKE: ``the letter M``, ``starts with b``."""
        for i, word in enumerate(self.lower[:-1]):
            following = self.words[i + 1]
            short = len(following) <= 2
            cue = word in _LETTER_CUES or (word == "with" and short)
            telling = len(following) == 1 or following.lower() not in STOP_WORDS
            if cue and telling and following.isalpha():
                self._add_text(str(following), "letter", (i + 1, i + 2))


def _related(one: str, other: str) -> bool:
    """Whether two words that begin alike have a stem in common, or all but an ending."""
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    shared = min(len(one), len(other)) if shared is None else shared
    return shared >= 5 or shared >= min(len(one), len(other)) - 1 or stem(one) == stem(other)


def _one_letter_away(word: str) -> Iterator[str]:
    """Words with one letter left out, added, changed or swapped with the next."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    for before, after in cuts:
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def candidates_of(question: str, database: Database) -> list[ValueCandidate]:
    """``find_candidates`` for a question and a database."""
    return find_candidates(question, split_words(question), cell_index(database))
