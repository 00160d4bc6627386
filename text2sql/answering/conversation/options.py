"""The queries that a turn may mean: changes of the query before it, a model's queries, and both.

The model reads the turn twice: ``alone``, as a new question, and ``whole``, after the query before
it in words. Its queries are options, and so are their parts put into the query before. The features
of an option say how likely the search and the model find it, which of its parts both have, and how
it fits the words of the turn.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from text2sql.answering.conversation.edits import as_select
from text2sql.answering.conversation.grafts import grafts
from text2sql.answering.conversation.mentions import Question, cues_in
from text2sql.answering.conversation.parts import KINDS, Part, parts_of, values_of
from text2sql.answering.conversation.search import NEW, Change
from text2sql.errors import QueryError
from text2sql.generators.base import Candidate
from text2sql.query.nodes import Select
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.schema import Schema

__all__ = ["READINGS", "Option", "TurnOptions", "softmax"]

#: How the model reads a turn: as a new question, and after the query before it in words.
READINGS = ("alone", "whole")
_MOST_CHANGES = 25
_MOST_GRAFTED = 2  # of the model's queries for a reading, whose parts are put into the one before
_SHARPNESS = 0.6  # of the model's scores, as for a new question
_MOST_PARTS = 3.0
_LONGEST = 10  # words of a turn
_GROUPING = {"group", "cue aggregate", "cue count", "cue measure", "cue percent", "pronoun"}
_SURE = ("cell", "quoted", "relative", "code")  # kinds of values that a query should use


@dataclass
class Option:
    """A query that a turn may mean, the share that each source gives it, and its features.

    ``query`` is None if the model wrote something that the tree cannot hold. ``score`` is the
    weighted sum of the features, before the query is run.
    """

    sql: str
    query: Select | None
    shares: dict[str, float] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    features: dict[str, float] = field(default_factory=dict)
    score: float = 0.0

    @property
    def new(self) -> bool:
        """Whether it is the model's query for a new question, and no change of the one before."""
        return "alone" in self.shares and "change" not in self.shares


class TurnOptions:
    """All options of one turn; ``found`` holds them by their SQL.

    Args:
        changes: what the search found, the best first.
        readings: the model's queries for each of READINGS, the best first.
    """

    def __init__(
        self,
        previous: Select,
        changes: Sequence[Change],
        readings: Mapping[str, Sequence[Candidate]],
        question: Question,
        schema: Schema,
    ) -> None:
        self.schema = schema
        self.previous = previous
        self.before = parts_of(previous, schema)
        self.words = _TurnWords(question, previous)
        self.found: dict[str, Option] = {}
        self.likely: dict[str, Mapping[Part, float]] = {}
        self.anew = self._add_changes(changes)
        for reading in READINGS:
            self.likely[reading] = self._add_reading(reading, readings.get(reading, ()))
        for option in self.found.values():
            option.features = dict(self._features(option))

    def _add(self, source: str, query: Select | None, share: float, sql: str = "") -> Option:
        sql = sql if query is None else write(query, self.schema)
        option = self.found.setdefault(sql, Option(sql, query))
        option.shares[source] = max(option.shares.get(source, 0.0), share)
        return option

    def _add_changes(self, changes: Sequence[Change]) -> float:
        """Return the probability that the turn is a new question."""
        likely = softmax([change.score for change in changes])
        pairs = list(zip(changes, likely, strict=True))
        anew = sum(share for change, share in pairs if change.steps == (NEW,))
        kept = [pair for pair in pairs if pair[0].steps != (NEW,)][:_MOST_CHANGES]
        for change, share in kept:
            option = self._add("change", change.query, share / max(1 - anew, 1e-9))
            option.steps = option.steps or change.steps
        return anew

    def _add_reading(self, name: str, written: Sequence[Candidate]) -> Mapping[Part, float]:
        """Return how likely the model finds each part of its queries."""
        shares = softmax([_SHARPNESS * candidate.score for candidate in written])
        likely: dict[Part, float] = defaultdict(float)
        for place, (candidate, share) in enumerate(zip(written, shares, strict=True)):
            try:
                query = as_select(read(candidate.sql, self.schema))
            except QueryError:
                self._add(name, None, share, candidate.sql)
                continue
            self._add(name, query, share)
            for part in parts_of(query, self.schema):
                likely[part] += share
            if place < _MOST_GRAFTED:
                self._add_grafts(name, query, share)
        return likely

    def _add_grafts(self, name: str, query: Select, share: float) -> None:
        for kind, grafted in grafts(self.previous, query, self.schema):
            if grafted != self.previous:
                option = self._add(f"graft {name}", grafted, share)
                option.steps = option.steps or (kind,)

    def _features(self, option: Option) -> Iterator[tuple[str, float]]:
        yield from self._sources(option)
        if option.query is None:
            return
        parts = parts_of(option.query, self.schema)
        gained, lost = parts - self.before, self.before - parts
        yield from self.words.features(option.query, gained, lost)
        for name, likely in self.likely.items():
            sums: dict[str, float] = defaultdict(float)
            for part in gained:
                sums[f"{name} agrees {part[0]}"] += likely.get(part, 0.0)
            for part in lost:
                sums[f"{name} keeps {part[0]}"] += likely.get(part, 0.0)
            for part, share in likely.items():
                if part not in parts:
                    sums[f"{name} also {part[0]}"] += share
            yield from ((what, min(share, _MOST_PARTS)) for what, share in sums.items())

    def _sources(self, option: Option) -> Iterator[tuple[str, float]]:
        share = option.shares.get("change", 0.0)
        yield "change", math.log(share + 0.003)
        yield "change if not new", math.log(share + 0.003) * (1 - self.anew)
        if option.new:
            yield "new", 1.0
            yield "new likely", math.log(self.anew + 0.01)
            yield "new words", self.words.length
            yield from ((f"said {kind}: new", 1.0) for kind in self.words.said)
        for source, part in option.shares.items():
            yield f"from {source}", 1.0
            yield f"share {source}", part
        if "change" not in option.shares:
            yield from ((f"step {step}", 1.0) for step in option.steps)


class _TurnWords:
    """How a query fits the words of a turn: their kinds, and the values that they name."""

    def __init__(self, question: Question, previous: Select) -> None:
        self.length = min(len(question.words), _LONGEST) / _LONGEST
        kinds = {kind for of_word in question.kinds for kind in of_word}
        self.said = sorted(kinds | {f"cue {cue}" for cue in cues_in(question)})
        self.previous = values_of(previous)
        self.known = {str(value.value).lower() for value in question.values}
        self.sure: dict[tuple[int, int], set[str]] = defaultdict(set)
        for value in question.values:
            if value.span is not None and value.kind in _SURE:
                self.sure[value.span].add(str(value.value).lower())

    def features(
        self, query: Select, gained: frozenset[Part], lost: frozenset[Part]
    ) -> Iterator[tuple[str, float]]:
        """Yield the features of ``query``, which gained and lost parts of the query before."""
        for name, parts in (("gained", gained), ("lost", lost)):
            counts = Counter(kind for kind, _ in parts)
            for kind in KINDS:
                yield f"{name} {kind}", min(float(counts[kind]), _MOST_PARTS)
            for kind in counts:
                yield from ((f"said {said}: {name} {kind}", 1.0) for said in self.said)
        if any(kind == "group" for kind, _ in gained) and not _GROUPING & set(self.said):
            yield "group unsaid", 1.0
        values = values_of(query)
        missed = [named for named in self.sure.values() if not named & values]
        yield "value unused", min(float(len(missed)), _MOST_PARTS)
        strange = values - self.previous - self.known
        yield "value unsaid", min(float(len(strange)), _MOST_PARTS)


def softmax(scores: Sequence[float]) -> list[float]:
    """Return the probabilities of alternatives with these scores."""
    most = max(scores, default=0.0)
    raised = [math.exp(score - most) for score in scores]
    return [one / sum(raised) for one in raised]
