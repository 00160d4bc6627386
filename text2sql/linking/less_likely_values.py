"""Less likely value candidates: parts of cells, misspelled names, flags, choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import ascii_lowercase

from text2sql.linking.aliases import FLAGS
from text2sql.linking.candidates import COMMANDS, Candidates
from text2sql.linking.cell_index import PREFIX
from text2sql.linking.dates import find_parts, find_periods, find_times
from text2sql.linking.nationalities import countries_of
from text2sql.linking.quantities import find_quantities, unit_stems
from text2sql.linking.words import STOP_WORDS, stem, words_of
from text2sql.query.nouns import singular

__all__ = ["LessLikelyValues"]

_FEW = 3  # cells that a word may stand for
_MOST_MISSPELLED = 3
_MOST_FLAGS = 4
_PATTERN_CUES = frozenset(
    "mention mentions mentioning contain contains containing include includes including about "
    "called named saying".split()
)


class LessLikelyValues(Candidates):
    """Finds values that are added if the likely ones leave room."""

    def find_less_likely(self) -> None:
        """Add all of them, in the order of the ways to find them."""
        self._quantities()
        self._longer_cells()
        self._parts_of_cells()
        self._misspelled()
        self._patterns()
        self._short_codes()
        self._flags()
        self._date_parts()
        self._choices()

    def _quantities(self) -> None:
        """Find numbers of several words, and numbers converted to the unit of a column."""
        stems = frozenset[str]().union(*self.index.names.values())
        for quantity in find_quantities(self.words):
            unit = quantity.unit
            if unit == "share" or not unit or stems & unit_stems(unit):
                self.add_number(quantity.number, "number", quantity.span)

    def _longer_cells(self) -> None:
        """Find longer cells that contain all words of a named cell."""
        named = [c for c in self.found.values() if c.kind == "cell" and c.span is not None]
        for candidate in named:
            forms = words_of(candidate.text)
            cells = [c for c in self._holding(forms) if c[1] != candidate.text]
            for column, text in cells[:_FEW] if len(cells) <= _FEW else ():
                self.add_text(text, "cell_part", candidate.span, [column])

    def _parts_of_cells(self) -> None:
        """Find longer cells by a rare word, such as ``oil`` for oil on canvas."""
        for i, word in enumerate(self.lower):
            if self.is_uninformative(i) or self.used[i]:
                continue
            for form in dict.fromkeys((word, singular(word))):
                cells = sorted(self.index.words.find(form))
                for column, text in cells if len(cells) <= _FEW else ():
                    self.add_text(text, "cell_part", (i, i + 1), [column])
            for joined in self._joined(i):
                self.add_cells(joined, "cell", (i, i + 1 + (" " not in joined)))

    def _joined(self, i: int) -> Iterator[str]:
        """Find joined or split words, such as ``newyork`` or ``foot ball``."""
        word = self.lower[i]
        if i + 1 < len(self.lower) and self.lower[i + 1].isalpha():
            yield word + self.lower[i + 1]
        if word.isalpha() and 6 <= len(word) <= 24:
            for cut in range(2, len(word) - 1):
                yield f"{word[:cut]} {word[cut:]}"

    def _misspelled(self) -> None:
        """Find cells one letter away from a name that is in no cell and no name of the schema."""
        stems = frozenset[str]().union(*self.index.names.values())
        tried = 0
        for i, word in enumerate(self.words):
            lower = self.lower[i]
            name = word[0].isupper() and (i > 0 or lower not in COMMANDS)
            if self.used[i] or not name or len(lower) < 5 or not lower.isalpha():
                continue
            known = stem(lower) in stems or self.index.words.find(lower) or countries_of("", lower)
            if known or tried == _MOST_MISSPELLED:
                continue
            tried += 1
            for near in _one_letter_away(lower):
                self.add_cells(near, "relative", (i, i + 1))
                cells = sorted(self.index.words.find(near))
                for column, text in cells if len(cells) <= _FEW else ():
                    self.add_text(text, "cell_part", (i, i + 1), [column])

    def _patterns(self) -> None:
        """Find patterns for LIKE: words that occur in longer cells, or follow a cue."""
        stems = frozenset[str]().union(*self.index.names.values())
        for i, word in enumerate(self.lower):
            cued = i > 0 and self.lower[i - 1] in _PATTERN_CUES
            if self.is_uninformative(i) and not (cued and word not in STOP_WORDS):
                continue
            if not cued and (self.used[i] or stem(word) in stems):
                continue
            for form in dict.fromkeys((word, singular(word))):
                if cued or self.index.words.find(form):
                    text = str(self.words[i]) if form == word else form
                    self.add_text(text, "letter", (i, i + 1))

    def _short_codes(self) -> None:
        """Find codes that are the beginning of a name, such as ``ETH`` for Ethiopia."""
        for i, word in enumerate(self.words):
            if len(word) > 4 and word[0].isupper() and word.isalpha():
                for column, text in self.index.exact.get(self.lower[i][:3], {}).items():
                    if text.isupper():
                        self.add_text(text, "code", (i, i + 1), [column])

    def _flags(self) -> None:
        """Find the cells of mentioned columns of codes, such as yes and no."""
        stems = set(map(stem, self.lower))
        begins = {word[:PREFIX] for word in self.lower if len(word) >= PREFIX}
        flags = [(c, t) for c, t in self.index.codes if t.strip().lower() in FLAGS]
        for column, code in [*self.index.codes, *flags]:
            names = self.index.names.get(column, frozenset())
            mentioned = names & stems or any(name[:PREFIX] in begins for name in names)
            if mentioned or (column, code) in flags[:_MOST_FLAGS]:
                self.add_text(code, "code", None, [column])

    def _date_parts(self) -> None:
        """Find first and last days of periods, times of day, and numbers of months and weekdays."""
        if not self.index.dates:
            return
        for date in find_periods(self.words):
            self.add_text(date.text, "quoted", date.span, self.index.dates)
        for text, span in find_times(self.words):
            self.add_text(text, "quoted", span)
        for number, span in find_parts(self.words):
            self.add_number(number, "number_word", span)

    def _choices(self) -> None:
        """Find the cells of small columns whose names the question mentions, the nearest first."""
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
                self.add_text(text, "code", None, [column])

    def _holding(self, words: Iterable[str]) -> list[tuple[int, str]]:
        """The cells that contain all of ``words``, except those that no cell contains."""
        sets = [found for word in words if (found := self.index.words.find(word))]
        return sorted(set.intersection(*sets)) if sets else []


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
