"""Published results beside the results of a run, with their sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from text2sql.evaluation.folder import SavedRun
from text2sql.evaluation.statistics import Score
from text2sql.evaluation.totals import Report

__all__ = ["PUBLISHED", "Figures", "published_html"]


@dataclass(frozen=True)
class Figures:
    """Results of a system in percent, None if not published; string match is normalized."""

    system: str
    string_match: str | None
    rouge1: str | None
    questions: str
    measured_by: str


_AUTHORS = "the reference's authors"
PUBLISHED = (
    Figures(
        "flan-t5-large with LoRA, the reference",
        "22.44",
        "79.6",
        "517, a half of Spider's validation set",
        _AUTHORS,
    ),
    Figures("flan-t5-base, fully fine-tuned", "5.8", None, "not stated", _AUTHORS),
)


def published_html(run: SavedRun, report: Report) -> Markup:
    """Return the table, which names the questions, because only equal sets are comparable."""
    totals = report.totals
    questions = f"{report.n:,} on {len(report.groups['database']):,} databases"
    ours = Figures(
        f"{run.model}, this run",
        _measured(totals.get("string_match")),
        _measured(totals.get("rouge1")),
        questions,
        f"this program, {run.started[:10] or 'no date'} ({run.name})",
    )
    return _table([ours, *PUBLISHED])


def _measured(score: Score | None) -> str | None:
    if score is None:
        return None
    return f"{score.percent:.1f} ({score.low:.1f} to {score.high:.1f})"


def _table(rows: Iterable[Figures]) -> Markup:
    head = ("System", "String match", "ROUGE-1", "Questions", "Measured by")
    cells = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in head)
    body = Markup("").join(_row(figures) for figures in rows)
    return Markup(
        '<div class="t2s-scroll" tabindex="0" role="region" aria-label="Published figures">'
        '<table class="t2s-facts"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        '</div><p class="t2s-hint">In percent. String match ignores case and spaces, as the '
        "reference does. Results on different questions are not comparable.</p>"
    ).format(cells, body)


def _row(figures: Figures) -> Markup:
    texts = (figures.string_match, figures.rouge1, figures.questions, figures.measured_by)
    cells = Markup("").join(Markup("<td>{}</td>").format(text or "–") for text in texts)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(figures.system, cells)
