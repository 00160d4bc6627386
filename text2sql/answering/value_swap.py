"""The values of a query that come from its question, exchanged for those of another question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.linking.values import ValueCandidate
from text2sql.query.tree import statement

__all__ = ["QuestionToken", "Swap", "swapped_sql"]


@dataclass(frozen=True)
class QuestionToken:
    """A word of a question as its stem; a value is one token, with the number of its ``slot``."""

    text: str
    slot: int | None = None


@dataclass(frozen=True)
class Swap:
    """The values of a question that its query uses, in the order of the question."""

    slots: tuple[ValueCandidate, ...]

    @classmethod
    def read(cls, sql: str, values: Sequence[ValueCandidate]) -> Swap | None:
        """Find the values that literals of ``sql`` come from; None if it cannot be parsed.

        Args:
            values: what the query's question may mean, each with its span.
        """
        try:
            literals = [_plain(node) for node in statement(sql).find_all(exp.Literal)]
        except QueryError:
            return None
        found: dict[tuple[int, int], ValueCandidate] = {}
        for literal in literals:
            same = [value for value in values if value.span and _is(value, literal)]
            if same:
                longest = max(same, key=_length)
                found.setdefault(longest.span or (0, 0), longest)
        ordered: list[ValueCandidate] = []
        for span in sorted(found):
            if not ordered or span[0] >= (ordered[-1].span or (0, 0))[1]:  # without overlaps
                ordered.append(found[span])
        return cls(tuple(ordered))

    def masked(self, stems: Sequence[str]) -> list[QuestionToken]:
        """Return the question's words, with a token for each value that equals no word."""
        starts = {value.span[0]: n for n, value in enumerate(self.slots) if value.span}
        tokens, place = [], 0
        while place < len(stems):
            slot = starts.get(place)
            tokens.append(QuestionToken(stems[place] if slot is None else f"\0{slot}", slot))
            place += 1 if slot is None else _length(self.slots[slot])
        return tokens

    def counterparts(
        self, slots: Sequence[int], span: tuple[int, int], values: Sequence[ValueCandidate]
    ) -> list[ValueCandidate] | None:
        """Return the value within ``span`` of the other question for each of ``slots``, in order.

        None if one has no counterpart: a number for a number, a text for a text.
        """
        found: list[ValueCandidate] = []
        start = span[0]
        for slot in slots:
            old = self.slots[slot]
            inside = [
                value
                for value in values
                if value.span and start <= value.span[0] and value.span[1] <= span[1]
                and (value.number is None) == (old.number is None)
            ]  # fmt: skip
            if not inside:
                return None
            best = max(inside, key=lambda v: (bool(v.columns & old.columns), _length(v)))
            found.append(best)
            start = best.span[1] if best.span else start
        return found


def swapped_sql(sql: str, swap: Swap, replaced: Mapping[int, ValueCandidate]) -> str:
    """Return ``sql`` with the values of ``replaced``, by slot; unchanged if all are the same."""
    changes = {n: v for n, v in replaced.items() if v.value != swap.slots[n].value}
    if not changes:
        return sql
    tree = statement(sql)
    for node in list(tree.find_all(exp.Literal)):
        for slot, value in changes.items():
            if _is(swap.slots[slot], _plain(node)):
                node.set("this", node.this.replace(_plain(node), value.text))
                break
    return tree.sql("sqlite")


def _plain(literal: exp.Literal) -> str:
    """The text of a literal without the signs of a LIKE pattern."""
    return str(literal.this).strip("%")


def _is(value: ValueCandidate, literal: str) -> bool:
    texts = {value.text.casefold(), str(value.value).casefold()}
    return literal.casefold() in texts


def _length(value: ValueCandidate) -> int:
    return value.span[1] - value.span[0] if value.span else 0
