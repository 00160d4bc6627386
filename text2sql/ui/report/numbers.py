"""A run's numbers as HTML: totals with intervals, plots, problems, how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from text2sql.evaluation.report.html import Plot, facts, plots
from text2sql.evaluation.report.text import NAMES
from text2sql.evaluation.report.totals import Report
from text2sql.evaluation.statistics import Score
from text2sql.ui.wording import counted, duration

__all__ = ["made_html", "numbers_html", "plots_html"]


def numbers_html(report: Report) -> str:
    """A card for each metric with its interval, and what is odd about the data."""
    cards = "".join(_card(NAMES[name], score) for name, score in report.totals.items())
    databases = counted(len(report.groups["database"]), "database")
    problems = "".join(f"<li>{escape(problem)}</li>" for problem in report.problems)
    return (
        f'<p class="t2s-hint">{counted(report.n, "question")} to {databases}; in percent, with 95% '
        f'bootstrap intervals.{_latency(report)}</p><div class="t2s-numbers">{cards}</div>'
        + (f'<ul class="t2s-alert t2s-odd">{problems}</ul>' if problems else "")
    )


def plots_html(report: Report) -> str:
    """By hardness, by what the gold has, clause by clause, by database, and the latency."""
    return f'<div class="t2s-report-plots">{"".join(_plot(plot) for plot in plots(report))}</div>'


def made_html(manifest: Mapping[str, Any]) -> str:
    """The manifest of the run, as a table in a fold."""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td><code>{escape(value)}</code></td></tr>'
        for name, value in facts(manifest)
    )
    return (
        '<details class="t2s-made"><summary>How this run was made</summary>'
        f'<table class="t2s-facts"><tbody>{rows}</tbody></table></details>'
    )


def _card(name: str, score: Score) -> str:
    low, high = score.low, score.high
    return (
        f'<div class="t2s-number-card"><span>{escape(name)}</span>'
        f"<strong>{score.percent:.1f}</strong>"
        f'<div class="t2s-track" aria-hidden="true"><i style="left:{low}%;width:{high - low}%"></i>'
        f'<b style="left:{score.percent}%"></b></div>'
        f"<small>{low:.1f} to {high:.1f}</small></div>"
    )


def _latency(report: Report) -> str:
    if report.latency is None:
        return ""
    median, most = duration(report.latency.p50_s), duration(report.latency.p95_s)
    return f" A question took {median} (median), {most} (95th percentile)."


def _plot(plot: Plot) -> str:
    return (
        f'<section class="t2s-plot"><h3>{escape(plot.title)}</h3>'
        f'<p class="t2s-hint">{escape(plot.text)}</p>{"".join(_legend(plot))}'
        f'<div class="t2s-scroll" tabindex="0" role="region" aria-label="{escape(plot.title)}">'
        f"{plot.svg}</div></section>"
    )


def _legend(plot: Plot) -> Iterator[str]:
    if plot.legend:
        names = "".join(
            f'<li><i class="s{number}"></i>{escape(name)}</li>'
            for number, name in enumerate(plot.legend)
        )
        yield f'<ul class="t2s-legend">{names}</ul>'
