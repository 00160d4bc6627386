"""A report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from text2sql.evaluation.comparison import Comparison, Difference
from text2sql.evaluation.statistics import Score
from text2sql.evaluation.totals import Report, Scores
from text2sql.terminal import bold, dim, format_table

__all__ = [
    "CLAUSE_NAMES",
    "DISAGREEMENT_NAMES",
    "NAMES",
    "NEAR_NAMES",
    "OUTPUT_NAMES",
    "comparison_text",
    "one_line",
    "report_text",
]

NAMES = {
    "string_match": "string match",
    "fair_string_match": "string match, fair",
    "rouge1": "ROUGE-1",
    "exact_set": "exact set match",
    "execution": "execution match",
    "execution_extra": "execution, more columns allowed",
    "test_suite": "test suite",
    "bird_execution": "execution accuracy, BIRD",
    "soft_f1": "soft F1, BIRD",
    "r_ves": "R-VES, BIRD",
}
"""The display names of the metrics."""

CLAUSE_NAMES = {
    "select": "SELECT",
    "where": "WHERE",
    "group": "GROUP BY, HAVING",
    "order": "ORDER BY, LIMIT",
    "IUEN": "set operation",
    "keywords": "keywords",
}
"""The display names of the partial scores of exact set match."""

OUTPUT_NAMES = {
    "ok": "runs",
    "invalid": "does not run",
    "timed_out": "timed out",
    "empty": "empty",
    "repetitive": "repeats itself",
}
"""The display names of the kinds of output."""

NEAR_NAMES = {
    "extra_columns": "with extra columns",
    "missing_columns": "with missing columns",
    "extra_rows": "with extra rows",
}
"""The display names of the ways in which wrong rows are nearly right."""

DISAGREEMENT_NAMES = {
    "exact_set_only": "exact set match says yes, execution no",
    "execution_only": "execution says yes, exact set match no",
}
"""The display names of the disagreements between two metrics."""


def report_text(report: Report) -> str:
    """Write totals with intervals, breakdowns by hardness and feature, and further facts."""
    return "\n\n".join(block for block in _blocks(report) if block)


def _blocks(report: Report) -> Iterator[str]:
    questions = f"{report.n:,} question{'' if report.n == 1 else 's'}"
    yield bold(questions) + dim("   in percent, with 95% bootstrap intervals")
    yield _totals(report)
    yield _groups("with in the gold query", report, report.groups["feature"])
    yield "\n".join(_facts(report))
    if report.problems:
        yield "\n".join([bold("Problems"), *(f"  {one_line(p)}" for p in report.problems)])


def _totals(report: Report) -> str:
    levels = report.groups["difficulty"] or report.groups["hardness"]
    head = ["", "all", "", *(f"{level} ({_size(scores)})" for level, scores in levels.items())]
    rows = [
        [
            NAMES[metric] + _of_fewer(report.totals[metric], report.n),
            _percent(report.totals[metric]),
            _interval(report.totals[metric]),
            *(_percent(scores.get(metric)) for scores in levels.values()),
        ]
        for metric in report.metrics
    ]
    return format_table(head, rows)


def _groups(title: str, report: Report, groups: Mapping[str, Scores]) -> str:
    if not groups:
        return ""
    names = [NAMES[metric] for metric in report.metrics]
    rows = [
        [name, _size(scores), *(_percent(scores.get(metric)) for metric in report.metrics)]
        for name, scores in groups.items()
    ]
    return format_table([title, "n", *names], rows)


def _facts(report: Report) -> Iterator[str]:
    counts = {kind: count for kind, count in report.outputs.items() if kind != "ok" and count}
    shares = [f"{k.replace('_', ' ')} {c} ({c / report.n:.1%})" for k, c in counts.items()]
    yield "Outputs: " + (", ".join(shares) if shares else "all run")
    for flag, count in report.disagreements.items():
        if count:
            disagreement = DISAGREEMENT_NAMES[flag]
            yield f"{count} times {disagreement}: check these predictions or their golds"
    near = [f"{count} {NEAR_NAMES[kind]}" for kind, count in report.near.items() if count]
    if near:
        yield f"Wrong, but nearly right: {', '.join(near)}"
    if report.outside:
        yield (
            f"{report.outside} gold queries lie outside Spider's fragment, where exact set match "
            "is not defined"
        )
    if report.latency is not None:
        p50, p95 = report.latency.p50_s, report.latency.p95_s
        yield f"Seconds per question: {p50:.3f} (median), {p95:.3f} (95th percentile)"


def _of_fewer(score: Score, n: int) -> str:
    """How many questions a metric applies to, if not all."""
    return "" if score.n == n else f" (of {score.n:,})"


def _percent(score: Score | None) -> str:
    return "" if score is None else f"{score.percent:.1f}"


def _interval(score: Score) -> str:
    return f"{score.low:.1f} to {score.high:.1f}"


def _size(scores: Scores) -> int:
    return max(score.n for score in scores.values())


def comparison_text(
    comparison: Comparison, before: str, after: str, metric: str, shown: int
) -> str:
    """Write the change of every metric, and up to ``shown`` items changed in ``metric``."""
    blocks = [bold(f"{after} against {before}, {len(comparison.before):,} questions")]
    blocks.append(_differences("", {NAMES[m]: d for m, d in comparison.totals.items()}))
    if metric in comparison.totals:
        levels = {level: found[metric] for level, found in comparison.hardness.items()}
        blocks.append(_differences(NAMES[metric], levels))
        difference = comparison.totals[metric]
        blocks += _moved("fixed", difference.fixed, comparison, shown)
        blocks += _moved("broken", difference.broken, comparison, shown)
    return "\n\n".join(blocks)


def _differences(title: str, rows: Mapping[str, Difference]) -> str:
    head = [title, "before", "after", "change", "fixed", "broken", "p"]
    return format_table(head, [[name, *_difference(d)] for name, d in rows.items()])


def _difference(difference: Difference) -> list[str | int]:
    before, after = difference.before, difference.after
    p = "under 0.001" if difference.p < 0.001 else f"{difference.p:.3f}"
    counts = [len(difference.fixed), len(difference.broken)]
    return [f"{before:.1f}", f"{after:.1f}", f"{after - before:+.1f}", *counts, p]


def _moved(word: str, numbers: Sequence[int], comparison: Comparison, shown: int) -> Iterator[str]:
    if not numbers:
        return
    first = f", the first {shown}" if len(numbers) > shown else ""
    yield bold(f"{word.capitalize()}: {len(numbers)}{first}")
    for number in numbers[:shown]:
        before, after = comparison.before[number], comparison.after[number]
        wrong = before if word == "fixed" else after
        yield "\n".join(
            [
                f"{number + 1}. {one_line(before.example.question)} {dim(before.example.db_id)}",
                f"   gold    {one_line(before.example.query)}",
                f"   before  {one_line(before.prediction)}",
                f"   after   {one_line(after.prediction)}",
                f"   {one_line(wrong.reason)}",
            ]
        )


def one_line(text: str) -> str:
    """``text`` on one line, without control characters, which a terminal would execute."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
