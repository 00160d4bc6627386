"""A report as one self-contained HTML file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from text2sql.atomic import write_text
from text2sql.evaluation.items import Item
from text2sql.evaluation.report.text import (
    CLAUSE_NAMES,
    DISAGREEMENT_NAMES,
    NAMES,
    OUTPUT_NAMES,
)
from text2sql.evaluation.statistics import Score
from text2sql.evaluation.totals import Report, Scores
from text2sql.plots.charts import Point, bars, histogram, intervals, named, stacks

__all__ = [
    "Plot",
    "facts",
    "page_environment",
    "plots",
    "report_html",
    "write_page",
    "write_report",
]

#: The metrics to plot, most important first; a plot shows the first few that were measured.
_PLOTTED = ("execution", "exact_set", "test_suite", "fair_string_match", "string_match")
_MARKED = ("exact_set", "execution", "test_suite")
_LONGEST_FACT = 2000  # characters


@dataclass(frozen=True)
class Plot:
    """A plot as SVG; ``legend`` names its series in order."""

    title: str
    text: str
    svg: Markup
    legend: Sequence[str] = ()


def write_report(
    report: Report, path: Path, title: str, manifest: Mapping[str, Any] | None = None
) -> None:
    """Write ``report_html`` to a file.

    Raises:
        SaveError: the file cannot be written.
    """
    write_page(report_html(report, title, manifest), path)


def write_page(html: str, path: Path) -> None:
    """Write a page to a file.

    Raises:
        SaveError: the file cannot be written.
    """
    write_text(path, html, errors="replace")


def report_html(report: Report, title: str, manifest: Mapping[str, Any] | None = None) -> str:
    """Render the page; ``manifest`` is the run's, for the table of its settings.

    All text from questions, models and databases is escaped.
    """
    environment = page_environment("text2sql.evaluation.report")
    environment.filters |= {"name_of": NAMES.__getitem__, "named": named}
    marked = [metric for metric in _MARKED if metric in report.totals]
    return environment.get_template("report.html").render(
        report=report,
        title=title,
        databases=len(report.groups["database"]),
        made=_made(manifest or {}),
        cards=[{"name": NAMES[m], "score": s} for m, s in report.totals.items()],
        plots=list(plots(report)),
        outputs=[(name, report.outputs[kind]) for kind, name in OUTPUT_NAMES.items()],
        agreement=_agreement(report),
        names=NAMES,
        shown_marks=marked or list(report.totals)[:1],
        marks=_right_by(marked or list(report.totals)[:1]),
        flagged=_flagged(report),
        levels=list(report.groups["hardness"]),
        facts=list(facts(manifest or {})),
    )


def page_environment(package: str) -> Environment:
    """The Jinja environment of the templates in ``package``, which escapes all text."""
    return Environment(
        loader=PackageLoader(package, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def plots(report: Report) -> Iterator[Plot]:
    """The plots of a report: by hardness, by feature, by clause, by database, and latency."""
    graded = report.groups["difficulty"]
    levels = graded or report.groups["hardness"]
    metrics = [m for m in _PLOTTED if m in report.totals and all(m in s for s in levels.values())]
    metrics = metrics[:4]
    names = [NAMES[metric] for metric in metrics]
    if levels and metrics:
        rows = {**_points(levels, metrics), "all": _point_row(report.totals, metrics)}
        grades = "the questions' own grade" if graded else "Spider's level of the gold query"
        text = f"Percent right by {grades}; lines are 95% intervals."
        yield Plot("By difficulty" if graded else "By hardness", text, bars(rows), names)
    if report.groups["feature"] and metrics:
        rows = _points(report.groups["feature"], metrics[:2])
        text = "Percent right if the gold query has this; the number of questions is on the right."
        yield Plot("By feature of the gold query", text, intervals(rows), names[:2])
    if report.clauses:
        yield _clause_plot(report)
    if len(report.groups["database"]) > 1 and metrics:
        databases = sorted(
            report.groups["database"].items(),
            key=lambda found: found[1][metrics[0]].percent if metrics[0] in found[1] else 0.0,
        )
        rows = _points(dict(databases), metrics[:2])
        text = "The hardest databases first; the number of questions is on the right."
        yield Plot("By database", text, intervals(rows), names[:2])
    yield from _latency_plot(report)


def _points(groups: Mapping[str, Scores], metrics: Sequence[str]) -> dict[str, dict[str, Point]]:
    return {name: _point_row(scores, metrics) for name, scores in groups.items()}


def _point_row(scores: Scores, metrics: Sequence[str]) -> dict[str, Point]:
    nothing = Score(0, 0.0, 0.0, 0.0)
    found = {m: scores.get(m, nothing) for m in metrics}
    return {NAMES[m]: Point(s.percent, s.low, s.high, s.n) for m, s in found.items()}


def _clause_plot(report: Report) -> Plot:
    """The outcome of each clause that the gold or the prediction has."""
    compared = [item.clauses for item in report.items if item.clauses is not None]
    rows = {}
    for clause, name in CLAUSE_NAMES.items():
        scores = [clauses[clause] for clauses in compared]
        counts = {
            "right": sum(s.match and (s.expected or s.predicted) for s in scores),
            "different": sum(s.expected and s.predicted and not s.match for s in scores),
            "missing": sum(s.expected and not s.predicted for s in scores),
            "not asked for": sum(s.predicted and not s.expected for s in scores),
        }
        if any(counts.values()):
            rows[name] = counts
    text = (
        "The outcome of each clause that the gold or the prediction has, by the partial scores "
        "of exact set match."
    )
    legend = ["right", "different", "missing", "not asked for"]
    return Plot("Clause by clause", text, stacks(rows), legend)


def _latency_plot(report: Report) -> Iterator[Plot]:
    seconds = [item.seconds for item in report.items if item.seconds is not None]
    if report.latency is None or len(seconds) < 2:
        return
    marks = {"median": 1000 * report.latency.p50_s, "95%": 1000 * report.latency.p95_s}
    svg = histogram([1000 * value for value in seconds], "ms", marks)
    text = "Milliseconds from question to SQL; the last bar holds the longest 1%."
    yield Plot("Latency", text, svg)


def _agreement(report: Report) -> list[tuple[str, int, int]]:
    if not {"exact_set", "execution"} <= set(report.totals):
        return []
    found = Counter(
        (bool(item.scores["exact_set"]), bool(item.scores["execution"]))
        for item in report.items
        if "exact_set" in item.scores
    )
    return [
        ("exact set match yes", found[True, True], found[True, False]),
        ("exact set match no", found[False, True], found[False, False]),
    ]


def _flagged(report: Report) -> list[tuple[str, list[tuple[int, Item]]]]:
    """The items on which the metrics disagree, under headings."""
    found = []
    for flag, name in DISAGREEMENT_NAMES.items():
        items = [(n, item) for n, item in enumerate(report.items, 1) if item.disagreement == flag]
        if items:
            found.append((f"{name[0].upper()}{name[1:]}: {len(items):,}", items))
    return found


def _right_by(metrics: Sequence[str]) -> Any:
    """A function that says whether an item is right: by execution match, if measured."""
    metric = "execution" if "execution" in metrics else metrics[0]

    def right(item: Item) -> str:
        return "yes" if item.scores.get(metric) else "no"

    return right


def _made(manifest: Mapping[str, Any]) -> str:
    return f"Made {manifest['started'][:10]}." if "started" in manifest else ""


def facts(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The rows of the table of settings."""
    for key, value in manifest.items():
        if value is None or key == "problems":
            continue
        if isinstance(value, Mapping):
            value = ", ".join(f"{k} {v}" for k, v in value.items())
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        yield key.replace("_", " "), str(value)[:_LONGEST_FACT]
