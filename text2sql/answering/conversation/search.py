"""Finds the queries that a follow-up may ask for, by a beam search over its mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from text2sql.answering.conversation.context import Context, Proposal
from text2sql.answering.conversation.linker import Linker
from text2sql.answering.conversation.mentions import Mention, Question, find_mentions
from text2sql.answering.conversation.proposals import proposals
from text2sql.linking.words import STOP_WORDS
from text2sql.query.nodes import Select, Star, aggregated

__all__ = ["NEW", "Change", "changes"]

#: The step of a new question.
NEW = "new"
_MOST_STEPS = 4
_WIDTH = 10
_OPENING = 4  # first words, in which a new question names its subject
_NEAR = 2  # words before a mention that may modify it
_LONGEST = 8  # words; longer questions count as equally long

Features = Mapping[str, float]


@dataclass(frozen=True)
class Change:
    """A query, the names of the ``steps`` to it, and the weighted sum of its features.

    ``used`` are the words of the question that the steps come from; ``parts`` hold the features.
    """

    query: Select
    steps: tuple[str, ...] = ()
    used: frozenset[int] = frozenset()
    parts: tuple[Features, ...] = ()
    score: float = 0.0

    @property
    def features(self) -> Features:
        """The features of the change, each with its strength."""
        found = Counter[str]()
        for part in self.parts:
            found.update(part)
        return found


def changes(
    select: Select,
    question: Question,
    linker: Linker,
    weights: Features,
    width: int = _WIDTH,
) -> list[Change]:
    """Return the queries that ``question`` may mean after ``select``, the best first, each once.

    One of them is ``select`` itself with the only step ``NEW``: the question is a new one.

    Args:
        weights: the weight of each feature.
        width: how many of the changes after each step are changed further.
    """
    near = {entry.table for entry in select.sources if entry.table is not None}
    search = _Search(question, linker, weights, near)
    done: dict[Select, Change] = {}
    beam = [Change(select)]
    for step in range(_MOST_STEPS):
        found: dict[Select, Change] = {}
        for state in beam:
            for change in search.extended(state):
                _keep(found, change)
        ended = sorted(((search.ended(c), c) for c in found.values()), key=_by_score)
        beam = [change for _, change in ended[:width]]
        for change, _ in ended if step == 0 else ended[:width]:
            _keep(done, change)
    done[select] = search.new(select)
    return sorted(done.values(), key=lambda change: -change.score)


def _keep(best: dict[Select, Change], change: Change) -> None:
    known = best.get(change.query)
    if known is None or change.score > known.score:
        best[change.query] = change


def _by_score(pair: tuple[Change, Change]) -> float:
    return -pair[0].score


class _Search:
    """Extends changes of a query by the mentions of one question."""

    def __init__(
        self, question: Question, linker: Linker, weights: Features, near: Collection[int]
    ) -> None:
        self.question = question
        self.linker = linker
        self.weights = weights
        self.near = near
        self.mentions = find_mentions(question, linker, near)
        self.of_words: dict[tuple[str, int], tuple[Features, float]] = {}

    def extended(self, state: Change) -> Iterator[Change]:
        """Yield ``state`` with one further step; steps follow the order of the words."""
        last = max(state.used, default=-1)
        known = tuple(_kind(state.query))
        for mention in self.mentions:
            if mention.span[0] <= last:
                continue
            context = Context(mention, state.query, self.question, self.linker, self.mentions)
            for proposal in proposals(context):
                if proposal.query != state.query:
                    yield self.stepped(state, known, mention, proposal)

    def stepped(
        self, state: Change, known: Sequence[str], mention: Mention, proposal: Proposal
    ) -> Change:
        """Return ``state`` after a step; ``known`` is the kind of its query."""
        words, score = self._of_words(proposal.name, mention)
        given = dict(_given(proposal, state, known))
        used = state.used | frozenset(range(*mention.span))
        steps = (*state.steps, proposal.name)
        score += state.score + self._sum(given)
        return Change(proposal.query, steps, used, (*state.parts, words, given), score)

    def new(self, select: Select) -> Change:
        """Return the change that stands for a new question."""
        whole = Mention("question", (0, len(self.question.words)))
        kinds = dict.fromkeys(_kind_of(mention, self.near) for mention in self.mentions)
        known = tuple((f"has {kind}", 1.0) for kind in kinds)
        if self._opens_elsewhere():
            known = (*known, ("opens with other table", 1.0))
        told = frozenset(m.span[0] for m in self.mentions if m.kind in ("table", "columns"))
        given = (*known, ("said", float(min(len(told), 4))))
        kind = tuple(_kind(select))
        change = self.stepped(Change(select), kind, whole, Proposal(NEW, select, given))
        words = {f"{NEW} has {word}": 1.0 for word in self.question.lower}
        return replace(change, parts=(*change.parts, words), score=change.score + self._sum(words))

    def _opens_elsewhere(self) -> bool:
        """Whether the subject is a table that the query before lacks: ``How many doctors ...``."""
        tables = [m for m in self.mentions if m.kind == "table" and m.span[0] < _OPENING]
        said = {kind for kinds in self.question.kinds for kind in kinds}
        near = any(m.table in self.near for m in tables)
        return bool(tables) and not near and not said & {"pronoun", "group", "also", "only"}

    def ended(self, change: Change) -> Change:
        """Return ``change`` with features of the words that it leaves unused."""
        left = dict(self._left(change.used))
        score = change.score + self._sum(left)
        return replace(change, parts=(*change.parts, left), score=score)

    def _sum(self, features: Features) -> float:
        return sum(self.weights.get(name, 0.0) * value for name, value in features.items())

    def _of_words(self, name: str, mention: Mention) -> tuple[Features, float]:
        """Return the features that the words of the question give a step, and their sum."""
        key = (name, id(mention))
        if key not in self.of_words:
            features = dict.fromkeys(_around(name, mention, self.question), 1.0)
            self.of_words[key] = (features, self._sum(features))
        return self.of_words[key]

    def _left(self, used: frozenset[int]) -> Iterator[tuple[str, float]]:
        lower = self.question.lower
        left = [i for i, word in enumerate(lower) if i not in used and word.isalnum()]
        yield from ((f"left {lower[i]}", 1.0) for i in left)
        yield "left over", float(sum(lower[i] not in STOP_WORDS for i in left))
        unused = [_kind_of(m, self.near) for m in self.mentions if used.isdisjoint(range(*m.span))]
        for kind, number in Counter(unused).items():
            yield f"unused {kind}", float(number)


def _kind_of(mention: Mention, near: Collection[int]) -> str:
    """Return the kind of a mention; ``other table`` for a table that the query before lacks."""
    other = mention.table is not None and mention.table not in near
    return f"other {mention.kind}" if other else mention.kind


def _around(name: str, mention: Mention, question: Question) -> Iterator[str]:
    """Return features of the words of a mention and around it, with the name of the step."""
    (start, end), lower, kinds = mention.span, question.lower, question.kinds
    yield name
    yield f"{name} {mention.kind}"
    yield f"{name} how {mention.how}"
    if mention.kind in ("cue", "adjective"):
        yield f"{name} word {lower[start]}"
    for where, place in (("-1", start - 1), ("-2", start - 2), ("+1", end), ("+2", end + 1)):
        yield f"{name} {where} {lower[place] if 0 <= place < len(lower) else ''}"
    for word in dict.fromkeys((*lower[:start], *lower[end:])):
        yield f"{name} bag {word}"
    for kind in set(chain(*kinds)):
        yield f"{name} kind {kind}"
    for kind in set(chain(*kinds[max(0, start - _NEAR) : start])):
        yield f"{name} before {kind}"
    for kind in set(chain(*kinds[end : end + 2])):
        yield f"{name} behind {kind}"
    yield f"{name} first {lower[0] if lower else ''}"
    yield f"{name} words {min(len(lower), _LONGEST)}"


def _given(proposal: Proposal, state: Change, kind: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Return features of the proposal, the kind of the query before it and the steps before it."""
    name = proposal.name
    for given, value in proposal.features:
        yield f"{name}: {given}", value
        yield f"*: {given}", value
    for known in kind:
        yield f"{name} | {known}", 1.0
    yield f"{name} after {state.steps[-1] if state.steps else ''}", 1.0
    yield f"steps {len(state.steps) + 1}", 1.0


def _kind(query: Select) -> Iterator[str]:
    shown = [item.expression for item in query.items]
    yield f"shown {min(len(shown), 3)}"
    truths = {
        "conditions": query.where is not None,
        "computes": any(map(aggregated, shown)),
        "grouped": bool(query.group_by),
        "limited": query.limit is not None,
        "ordered": bool(query.order_by),
        "star": shown == [Star()],
    }
    yield from (name for name, true in truths.items() if true)
