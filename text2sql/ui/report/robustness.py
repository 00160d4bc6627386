"""A table of the results on other wordings and other schemas, with a row for each model."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from text2sql.evaluation.robustness import RobustnessRow, columns_of
from text2sql.evaluation.statistics import Score

__all__ = ["robustness_html"]


def robustness_html(rows: Sequence[RobustnessRow]) -> Markup:
    """Return a table of the rows, or nothing if there are none."""
    if not rows:
        return Markup()
    columns = columns_of(rows)
    names = ("Model", "Questions", *columns, "Measured")
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in names)
    body = Markup("").join(_row(row, columns) for row in rows)
    return Markup(
        "<h3>Other wordings and other schemas</h3>"
        '<div class="t2s-scroll" tabindex="0" role="region" aria-label="Robustness">'
        '<table class="t2s-facts t2s-numeric"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        '</div><p class="t2s-hint">Execution match in percent, with 95% bootstrap intervals: on '
        "each file of questions, and on the first with its tables and columns abbreviated, "
        "prefixed, or without keys. Results on different questions are not comparable.</p>"
    ).format(head, body)


def _row(row: RobustnessRow, columns: Sequence[str]) -> Markup:
    numbers = sorted({score.n for score in row.scores.values()})
    questions = " to ".join(f"{n:,}" for n in dict.fromkeys((numbers[0], numbers[-1])))
    cells = Markup("").join(
        [_cell(questions), *(_score(row.scores.get(name)) for name in columns), _cell(row.made)]
    )
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(row.model, cells)


def _score(score: Score | None) -> Markup:
    if score is None:
        return _cell("–")
    return Markup("<td>{:.1f} <small>({:.1f} to {:.1f})</small></td>").format(
        score.percent, score.low, score.high
    )


def _cell(text: str) -> Markup:
    return Markup("<td>{}</td>").format(text or "–")
