"""The answers of several models to one question as HTML, side by side with the gold query."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from text2sql.answering.several import ModelAnswer, agreement_sentence, groups
from text2sql.sandbox import QueryResult
from text2sql.ui import messages
from text2sql.ui.cells import html_table
from text2sql.ui.inspect.clause_lines import sql_html
from text2sql.wording import counted, duration, enumerated

__all__ = ["models_html"]

_ROWS = 5
_COLUMNS = 5


def models_html(found: Sequence[ModelAnswer], gold: str | None) -> Markup:
    """Return a card for each answer and for the gold query; everything is escaped."""
    if not found:
        return Markup()
    said = agreement_sentence(found)
    cards = [_card(one, groups(found)) for one in found]
    if gold is not None:
        cards.append(_section("Gold query", sql_html(gold, ())))
    return (messages.note(said) if said else Markup()) + Markup(
        '<div class="t2s-models">{}</div>'
    ).format(Markup("").join(cards))


def _card(one: ModelAnswer, same: Sequence[Sequence[str]]) -> Markup:
    answer = one.answer
    if answer is None:
        return _section(one.model, messages.alert(one.error))
    facts = [answer.chance, duration(answer.seconds), _agreement(one.model, same)]
    parts = [Markup('<p class="t2s-hint">{}</p>').format(" · ".join(filter(None, facts)))]
    if one.verdict is not None:
        parts.append(messages.verdict(one.verdict))
    if answer.sql:
        parts.append(sql_html(answer.sql, one.verdict.clauses if one.verdict else ()))
    parts.append(_rows(answer.result, one.model))
    return _section(one.model, Markup("").join(parts))


def _agreement(model: str, same: Sequence[Sequence[str]]) -> str:
    others = [name for names in same if model in names for name in names if name != model]
    return f"same rows as {enumerated(others)}" if others else ""


def _rows(result: QueryResult | None, model: str) -> Markup:
    if result is None or result.error is not None or not result.rows:
        return messages.outcome(result)
    rows = [row[:_COLUMNS] for row in result.rows[:_ROWS]]
    caption = f"Rows of {model}"
    table = html_table(result.columns[:_COLUMNS], rows, caption)
    more = len(result.rows) - len(rows)
    rest = f"and {counted(more, 'more row')}" if more else ""
    return Markup(
        '<div class="t2s-scroll" tabindex="0" role="region" aria-label="{}">{}</div>'
        '<p class="t2s-hint">{}</p>'
    ).format(caption, table, rest)


def _section(title: str, content: Markup) -> Markup:
    return Markup("<section><h3>{}</h3>{}</section>").format(title, content)
