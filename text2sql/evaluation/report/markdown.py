"""A short report as Markdown, for the summary of a CI job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from text2sql.evaluation.report.junit import deciding_metric
from text2sql.evaluation.report.text import NAMES, one_line
from text2sql.evaluation.totals import Report

__all__ = ["markdown_table", "report_markdown"]

_SHOWN = 20


def report_markdown(report: Report, title: str, complaints: Sequence[str] = ()) -> str:
    """Write ``complaints``, totals with intervals, and the first wrong answers."""
    return "\n\n".join(_blocks(report, title, complaints)) + "\n"


def _blocks(report: Report, title: str, complaints: Sequence[str]) -> Iterator[str]:
    yield f"## {_escaped(title)}: {report.n:,} questions"
    yield from (f"**{_escaped(complaint)}**" for complaint in complaints)
    rows = [
        [NAMES[metric], f"{s.percent:.1f}", f"{s.low:.1f} to {s.high:.1f}", s.n]
        for metric, s in report.totals.items()
    ]
    yield markdown_table(["metric", "percent", "95% interval", "questions"], rows)
    metric = deciding_metric(report)
    if metric is None:
        return
    wrong = [item for item in report.items if not item.scores.get(metric, 0)]
    if wrong:
        shown = [[item.example.question, item.reason] for item in wrong[:_SHOWN]]
        more = f", the first {_SHOWN}" if len(wrong) > _SHOWN else ""
        yield f"### Wrong by {NAMES[metric]}: {len(wrong):,}{more}"
        yield markdown_table(["question", "reason"], shown)


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; cells are escaped."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(_escaped(str(cell)) for cell in row)} |" for row in lines)


def _escaped(text: str) -> str:
    """Text on one line, with the special characters of Markdown and HTML escaped."""
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{c}" if c in "\\`*_[]|~#" else c for c in text)
