"""Conditions of a query in English."""

from __future__ import annotations

from typing import Protocol

from text2sql.query.english_words import COMPARED, IN_TIME
from text2sql.query.nodes import Call, ColumnRef, Expression, Literal, Subquery
from text2sql.wording import enumerated

__all__ = ["ConditionPhrases", "TermWriter"]


class TermWriter(Protocol):
    """Words the two sides of a condition."""

    def unit(self, node: Expression) -> str: ...

    def type(self, column: ColumnRef) -> str: ...


class ConditionPhrases:
    """Words the conditions of one SELECT; ``terms`` words its other parts."""

    def __init__(self, terms: TermWriter) -> None:
        self.terms = terms

    def text(self, node: Expression, inside: bool = False) -> str:
        """Word a condition with SQL's precedence: a comma separates the alternatives of OR.

        Args:
            inside: whether it stands beside other conditions, so that alternatives need brackets.
        """
        if not isinstance(node, Call):
            return f"{self.terms.unit(node)} holds"
        if node.name == "and":
            return " and ".join(self.text(part, inside=True) for part in node.arguments)
        if node.name == "or":
            mixed = any(isinstance(a, Call) and a.name == "and" for a in node.arguments)
            text = (", or " if mixed else " or ").join(self.text(a) for a in node.arguments)
            return f"({text})" if inside else text
        if node.name == "not":
            return self._not(node.arguments[0])
        return self._condition(node, False)

    def _not(self, node: Expression) -> str:
        if isinstance(node, Call) and node.name in (*COMPARED, "in", "like", "between", "is",
                                                    "exists"):  # fmt: skip
            return self._condition(node, True)
        return f"it is not so that ({self.text(node)})"

    def _condition(self, call: Call, no: bool) -> str:
        name, arguments = call.name, call.arguments
        if name == "exists":
            word = "no" if no else "at least one"
            return f"there is {word} row of {self.terms.unit(arguments[0])}"
        if name not in (*COMPARED, "in", "like", "glob", "between", "is", "is not"):
            return f"{self.terms.unit(call)} {'does not hold' if no else 'holds'}"
        return f"{self.terms.unit(arguments[0])} {self._predicate(call, no)}"

    def _predicate(self, call: Call, no: bool) -> str:
        name, (left, *rest) = call.name, call.arguments
        if name in ("is", "is not"):
            return self._is(rest[0], no ^ (name == "is not"))
        if name in ("like", "glob"):
            return self._like(rest[0], no)
        if name == "between":
            low, high = (self.terms.unit(value) for value in rest)
            return f"is {'not ' if no else ''}between {low} and {high}"
        if name == "in":
            return self._among(rest, no)
        words = COMPARED[name]
        if isinstance(left, ColumnRef) and self.terms.type(left) == "time":
            words = IN_TIME.get(name, words)
        if no:
            words = "is" if words == "is not" else words.replace("is", "is not", 1)
        return f"{words} {self.terms.unit(rest[0])}"

    def _is(self, right: Expression, no: bool) -> str:
        if right == Literal(None):
            return "is known" if no else "is missing"
        return f"is {'not ' if no else ''}the same as {self.terms.unit(right)}"

    def _among(self, items: list[Expression], no: bool) -> str:
        if len(items) == 1 and isinstance(items[0], Subquery):
            return f"is {'not ' if no else ''}among {self.terms.unit(items[0])}"
        values = [self.terms.unit(item) for item in items]
        return f"is none of {enumerated(values)}" if no else f"is {enumerated(values, 'or')}"

    def _like(self, pattern: Expression, no: bool) -> str:
        text = pattern.value if isinstance(pattern, Literal) else None
        inside = text.strip("%") if isinstance(text, str) else ""
        if not isinstance(text, str) or not inside or "%" in inside or "_" in inside:
            does = "does not match" if no else "matches"
            return f"{does} the pattern {self.terms.unit(pattern)}"
        anywhere = text.startswith("%"), text.endswith("%")
        one, two = {
            (True, True): ("contains", "contain"),
            (False, True): ("starts with", "start with"),
            (True, False): ("ends with", "end with"),
            (False, False): ("is", "equal"),
        }[anywhere]
        return f"{f'does not {two}' if no else one} “{inside}”"
