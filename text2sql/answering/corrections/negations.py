"""Negations that the question lacks: ``only those from Brazil`` is no ``!=``."""

from __future__ import annotations

import re
from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext, stems
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Compound,
    Expression,
    Literal,
    Select,
    Statement,
    conjunction,
    conjuncts,
    walk,
)
from text2sql.query.scopes import Scope, each_select

__all__ = ["negates_without_reason", "without_negation"]

_DENIAL = (
    r"\b(not|no|non|never|neither|nor|without|except|exclud\w*|outside|but|others?|different|"
    r"differs?|besides|apart|none|nobody|nothing|cannot|un\w+|dis\w+|in\w+ble|lack\w*|miss\w*|"
    r"rather|instead|elsewhere|rest|remaining|lea(?:ve|ves|ving)|left|skip\w*|ignor\w*|minus|drop\w*|"
    r"(?:do|does|did|is|are|was|were|has|have|had|ca|wo)nt%s)\b|n['’]t|-free\b"
)
_DENIED = re.compile(_DENIAL % "")
#: Also words that may need a negation in SQL: who passed every test has failed none.
_MAY_BE_DENIED = re.compile(_DENIAL % "|all|every|any|only|each")
_ONLY = re.compile(r"\b(only|just)\b")
_ONLY_FROM = re.compile(r"\b(only|just)\b[^.?]*\bfrom\b")


def without_negation(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with ``=`` in place of ``!=`` if the question asks only for the value."""
    if not _ONLY.search(context.text) or _DENIED.search(context.text):
        return query
    named = set(stems(context.text))
    used = [node.value for node in walk(query) if isinstance(node, Literal)]

    def affirm(condition: Expression) -> Expression:
        if not isinstance(condition, Call) or condition.name != "!=":
            return condition
        left, right = condition.arguments
        text = right.value if isinstance(right, Literal) and isinstance(left, ColumnRef) else None
        if not isinstance(text, str) or used.count(text) > 1 or not stems(text):
            return condition
        return Call("=", condition.arguments) if set(stems(text)) <= named else condition

    def change(scope: Scope) -> Select:
        stated = conjuncts(scope.select.where)
        return replace(scope.select, where=conjunction([affirm(part) for part in stated]))

    return each_select(query, context.schema, change)


def negates_without_reason(query: Statement, context: QuestionContext) -> bool:
    """Whether ``query`` negates something, and no word of the question does."""
    if _MAY_BE_DENIED.search(context.text) and not _ONLY_FROM.search(context.text):
        return False
    nodes = list(walk(query))
    if any(node == Literal(None) for node in nodes):
        return False
    calls = any(isinstance(node, Call) and node.name in ("!=", "not") for node in nodes)
    return calls or any(isinstance(n, Compound) and "except" in n.operators for n in nodes)
