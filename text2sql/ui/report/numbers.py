"""The numbers of a run as HTML: totals with intervals, problems, plots, and the manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from text2sql.evaluation.report.html import Plot, facts, plots
from text2sql.evaluation.report.text import NAMES
from text2sql.evaluation.statistics import Score
from text2sql.evaluation.totals import Report
from text2sql.plots.charts import named
from text2sql.wording import counted, duration

__all__ = ["made_html", "numbers_html", "plots_html"]


def numbers_html(report: Report) -> Markup:
    """Return a card for each metric with its interval, and the problems of the data."""
    cards = Markup("").join(_card(NAMES[name], score) for name, score in report.totals.items())
    databases = counted(len(report.groups["database"]), "database")
    problems = Markup("").join(Markup("<li>{}</li>").format(problem) for problem in report.problems)
    return Markup(
        '<p class="t2s-hint">{} on {}. Scores are percentages with 95% '
        'bootstrap intervals.{}</p><div class="t2s-numbers">{}</div>'
    ).format(counted(report.n, "question"), databases, _latency(report), cards) + (
        Markup('<ul class="t2s-alert t2s-odd">{}</ul>').format(problems) if problems else ""
    )


def plots_html(report: Report) -> Markup:
    """Return the plots by hardness, feature, clause and database, and of the latency."""
    return Markup('<div class="t2s-report-plots">{}</div>').format(
        Markup("").join(_plot(plot) for plot in plots(report))
    )


def made_html(manifest: Mapping[str, Any]) -> Markup:
    """Return the manifest of the run as a collapsed table."""
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td><code>{}</code></td></tr>').format(name, value)
        for name, value in facts(manifest)
    )
    return Markup(
        '<details class="t2s-made"><summary>How this run was made</summary>'
        '<table class="t2s-facts"><tbody>{}</tbody></table></details>'
    ).format(rows)


def _card(name: str, score: Score) -> Markup:
    low, high = score.low, score.high
    return Markup(
        '<div class="t2s-number-card"><span>{}</span>'
        "<strong>{:.1f}</strong>"
        '<div class="t2s-track" aria-hidden="true"><i style="left:{}%;width:{}%"></i>'
        '<b style="left:{}%"></b></div>'
        "<small>{:.1f} to {:.1f}</small></div>"
    ).format(name, score.percent, low, high - low, score.percent, low, high)


def _latency(report: Report) -> str:
    if report.latency is None:
        return ""
    median, most = duration(report.latency.p50_s), duration(report.latency.p95_s)
    return f" Time per question: {median} (median), {most} (95th percentile)."


def _plot(plot: Plot) -> Markup:
    svg = named(plot.svg, f"{plot.title}. {plot.text}")
    return Markup(
        '<section class="t2s-plot"><h3>{}</h3>'
        '<p class="t2s-hint">{}</p>{}'
        '<div class="t2s-scroll" tabindex="0" role="region" aria-label="{}">'
        "{}</div></section>"
    ).format(plot.title, plot.text, Markup("").join(_legend(plot)), plot.title, svg)


def _legend(plot: Plot) -> Iterator[Markup]:
    if plot.legend:
        names = Markup("").join(
            Markup('<li><i class="s{}"></i>{}</li>').format(number, name)
            for number, name in enumerate(plot.legend)
        )
        yield Markup('<ul class="t2s-legend">{}</ul>').format(names)
