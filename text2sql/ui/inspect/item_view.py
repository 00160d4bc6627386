"""The view of an item as HTML: question, verdict, both queries, their rows, and all metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from text2sql.compare import ClauseDifference
from text2sql.metrics.execution import without_distinct
from text2sql.ui.inspect.clause_lines import sql_html
from text2sql.ui.inspect.filters import is_right
from text2sql.ui.inspect.inspected import Inspected
from text2sql.ui.inspect.reasons import MetricReason, metric_reasons
from text2sql.ui.inspect.result_tables import result_tables
from text2sql.wording import duration

__all__ = ["item_html"]

_DISAGREEMENTS = {
    "exact_set_only": "The metrics disagree: right by exact set match, wrong by execution. "
    "Either a value in the prediction is wrong, or the gold query is.",
    "execution_only": "The metrics disagree: right by execution, wrong by exact set match. "
    "The prediction is right but written differently, or it returns these rows by chance.",
}


def item_html(inspected: Inspected, number: int) -> Markup:
    """Return the view of an item; everything from questions, models and data is escaped."""
    return Markup("").join(_parts(inspected, number))


def _parts(inspected: Inspected, number: int) -> Iterator[Markup]:
    item, differences = inspected.item, inspected.differences
    yield _head(inspected, number)
    prediction = sql_html(item.prediction, differences) if item.prediction.strip() else _nothing()
    yield _pair("Prediction", prediction, "Gold query", sql_html(item.example.query, differences))
    if differences:
        yield _section("Differences", _differences(differences))
    if inspected.note is not None:
        yield Markup('<p class="t2s-hint">{}</p>').format(inspected.note)
    if inspected.run is not None:
        yield _pair("Rows of the prediction", *_with_gold(inspected))
        yield _left_out(inspected)
    yield _section("Metrics", _metrics(metric_reasons(inspected)))


def _head(inspected: Inspected, number: int) -> Markup:
    item = inspected.item
    facts = [item.example.db_id, item.hardness, *item.features]
    facts += [f"answered in {duration(item.seconds)}"] if item.seconds is not None else []
    kind, word = ("right", "Right") if is_right(item) else ("wrong", "Wrong")
    flag = Markup()
    if item.disagreement is not None:
        flag = Markup('<p class="t2s-flag">{}</p>').format(_DISAGREEMENTS[item.disagreement])
    return Markup(
        '<h2 class="t2s-asked"><span>{}.</span> {}</h2>'
        '<p class="t2s-hint">{}</p>'
        '<p class="t2s-verdict" role="status"><strong class="t2s-{}">{}.</strong> '
        "{}</p>{}"
    ).format(
        number,
        item.example.question,
        " · ".join(filter(None, facts)),
        kind,
        word,
        item.reason,
        flag,
    )


def _pair(left: str, left_html: Markup, right: str, right_html: Markup) -> Markup:
    return Markup(
        '<div class="t2s-pair"><section><h3>{}</h3>{}</section>'
        "<section><h3>{}</h3>{}</section></div>"
    ).format(left, left_html, right, right_html)


def _section(title: str, html: Markup) -> Markup:
    return Markup("<section><h3>{}</h3>{}</section>").format(title, html)


def _nothing() -> Markup:
    return Markup('<p class="t2s-hint">The model wrote nothing.</p>')


def _with_gold(inspected: Inspected) -> tuple[Markup, str, Markup]:
    assert inspected.run is not None
    found, gold = result_tables(inspected.run)
    return found, "Rows of the gold query", gold


def _left_out(inspected: Inspected) -> Markup:
    """Note that the rows are without DISTINCT, as execution match compares them."""
    queries = (inspected.item.example.query, inspected.item.prediction)
    if all(without_distinct(sql) == sql for sql in queries):
        return Markup()
    text = "These rows are those of the queries without DISTINCT, which execution match ignores."
    return Markup('<p class="t2s-hint">{}</p>').format(text)


def _differences(differences: Iterable[ClauseDifference]) -> Markup:
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>').format(
            d.clause, _code(d.found), _code(d.expected)
        )
        for d in differences
    )
    return Markup(
        '<table class="t2s-facts t2s-clause-diff"><thead><tr><th scope="col">Clause</th>'
        '<th scope="col">Prediction</th><th scope="col">Gold</th></tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(rows)


def _code(text: str) -> Markup:
    if not text:
        return Markup('<span class="t2s-null">nothing</span>')
    return Markup("<code>{}</code>").format(text)


def _metrics(reasons: Iterable[MetricReason]) -> Markup:
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>').format(
            reason.name, _score(reason), reason.reason
        )
        for reason in reasons
    )
    return Markup(
        '<table class="t2s-facts t2s-metrics"><thead><tr><th scope="col">Metric</th>'
        '<th scope="col">Result</th><th scope="col">Reason</th></tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(rows)


def _score(reason: MetricReason) -> Markup:
    if reason.graded:
        return Markup("{:.0f}%").format(100 * reason.score)
    kind, word = ("right", "right") if reason.score else ("wrong", "wrong")
    return Markup('<span class="t2s-{}">{}</span>').format(kind, word)
