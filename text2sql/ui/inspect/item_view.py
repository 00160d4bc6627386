"""An item as HTML: question, verdict, both queries, their rows, and what every metric says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from text2sql.compare import ClauseDifference
from text2sql.metrics.execution import without_distinct
from text2sql.ui.inspect.clause_lines import sql_html
from text2sql.ui.inspect.filters import is_right
from text2sql.ui.inspect.inspected import Inspected
from text2sql.ui.inspect.reasons import MetricReason, metric_reasons
from text2sql.ui.inspect.result_tables import result_tables
from text2sql.ui.wording import duration

__all__ = ["item_html"]

_DISAGREEMENTS = {
    "exact_set_only": "The metrics disagree: exact set match says yes, execution no. "
    "Either a value is wrong, or the gold is.",
    "execution_only": "The metrics disagree: execution says yes, exact set match no. "
    "The prediction is right in another way, or lucky on these rows.",
}


def item_html(inspected: Inspected, number: int) -> str:
    """The whole of the right side; whatever comes from questions, models and data is escaped."""
    return "".join(_parts(inspected, number))


def _parts(inspected: Inspected, number: int) -> Iterator[str]:
    item, differences = inspected.item, inspected.differences
    yield _head(inspected, number)
    prediction = sql_html(item.prediction, differences) if item.prediction.strip() else _nothing()
    yield _pair("Prediction", prediction, "Gold", sql_html(item.example.query, differences))
    if differences:
        yield _section("What differs", _differences(differences))
    if inspected.note is not None:
        yield f'<p class="t2s-hint">{escape(inspected.note)}</p>'
    if inspected.run is not None:
        yield _pair("Its rows", *_with_gold(inspected))
        yield _left_out(inspected)
    yield _section("Every metric", _metrics(metric_reasons(inspected)))


def _head(inspected: Inspected, number: int) -> str:
    item = inspected.item
    facts = [escape(item.example.db_id), item.hardness, *item.features]
    facts += [f"answered in {duration(item.seconds)}"] if item.seconds is not None else []
    kind, word = ("right", "Right") if is_right(item) else ("wrong", "Wrong")
    flag = ""
    if item.disagreement is not None:
        flag = f'<p class="t2s-flag">{_DISAGREEMENTS[item.disagreement]}</p>'
    return (
        f'<h2 class="t2s-asked"><span>{number}.</span> {escape(item.example.question)}</h2>'
        f'<p class="t2s-hint">{" · ".join(filter(None, facts))}</p>'
        f'<p class="t2s-verdict" role="status"><strong class="t2s-{kind}">{word}.</strong> '
        f"{escape(item.reason)}</p>{flag}"
    )


def _pair(left: str, left_html: str, right: str, right_html: str) -> str:
    return (
        f'<div class="t2s-pair"><section><h3>{left}</h3>{left_html}</section>'
        f"<section><h3>{right}</h3>{right_html}</section></div>"
    )


def _section(title: str, html: str) -> str:
    return f"<section><h3>{title}</h3>{html}</section>"


def _nothing() -> str:
    return '<p class="t2s-hint">The model wrote nothing.</p>'


def _with_gold(inspected: Inspected) -> tuple[str, str, str]:
    assert inspected.run is not None
    found, gold = result_tables(inspected.run)
    return found, "The gold's rows", gold


def _left_out(inspected: Inspected) -> str:
    """The rows are those that execution match compares, which are not always the query's own."""
    queries = (inspected.item.example.query, inspected.item.prediction)
    if all(without_distinct(sql) == sql for sql in queries):
        return ""
    text = "DISTINCT is left out of both queries here, as execution match leaves it out."
    return f'<p class="t2s-hint">{text}</p>'


def _differences(differences: Iterable[ClauseDifference]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(d.clause)}</th>'
        f"<td>{_code(d.found)}</td><td>{_code(d.expected)}</td></tr>"
        for d in differences
    )
    return (
        '<table class="t2s-facts t2s-clause-diff"><thead><tr><th scope="col">Clause</th>'
        f'<th scope="col">Prediction</th><th scope="col">Gold</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>" if text else '<span class="t2s-null">nothing</span>'


def _metrics(reasons: Iterable[MetricReason]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(reason.name)}</th><td>{_score(reason)}</td>'
        f"<td>{escape(reason.reason)}</td></tr>"
        for reason in reasons
    )
    return (
        '<table class="t2s-facts t2s-metrics"><thead><tr><th scope="col">Metric</th>'
        f'<th scope="col">Says</th><th scope="col">Because</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _score(reason: MetricReason) -> str:
    if reason.graded:
        return f"{100 * reason.score:.0f}%"
    kind, word = ("right", "yes") if reason.score else ("wrong", "no")
    return f'<span class="t2s-{kind}">{word}</span>'
