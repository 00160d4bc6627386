"""The figures of a run as lines to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2sql.wording import counted

__all__ = ["lines", "table"]


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """One run, as a table and some sentences."""
    who = "visitors" if figures["visitors"] else "clients"
    pages = counted(figures["processes"], "page")
    yield (
        f"{figures['clients']} {who} of {pages}, {figures['minutes']:g} minutes "
        f"({figures['machine']})"
    )
    yield from _calls(figures)
    yield from _beside(figures["hostile"])
    yield from _leaving(figures["leaving"])
    errors = figures["errors"]
    yield f"  other errors: {sum(errors.values())}"
    for said, times in errors.items():
        yield f"    {times:5,} {said}"
    yield from _memory(figures["memory_mb"])
    yield from _left(figures["left"])


def _calls(figures: dict[str, Any]) -> Iterator[str]:
    yield f"  {'call':15} {'served':>7} {'p50 s':>8} {'p95 s':>8}"
    for name, of in figures["calls"].items():
        yield f"  {name:15} {of['calls']:7,} {of['p50_s']:8.2f} {of['p95_s']:8.2f}"
    rate = figures["rate"]
    yield (
        f"  {rate['served_per_s']:.2f} served each second, {rate['cpu_s_per_served']:.3f} s of a "
        f"core for each, {rate['cpu_s']:.0f} s in all"
    )
    full = figures["full"]
    yield (
        f"  told that a line is full: {full['calls']:,} of {full['of_calls']:,} calls, "
        f"p95 {full['p95_s']:.2f} s {full['by_name']}"
    )
    if lone := figures["one_among_slow_ones"]:
        yield (
            f"  a question among 19 visitors' slow ones: p50 {lone['p50_s']:.2f} s, "
            f"p95 {lone['p95_s']:.2f} s, {lone['not_answered']} of {lone['calls']} not answered"
        )


def _memory(memory: dict[str, Any]) -> Iterator[str]:
    yield (
        f"  memory of the page: {memory['before']} MB before, {memory['middle']} at half-time, "
        f"{memory['end']} at the end, {memory['after']} after; of its workers "
        f"{memory['workers_before']} before, {memory['workers_highest']} at most, "
        f"{memory['workers_after']} after"
    )


def _left(left: dict[str, Any]) -> Iterator[str]:
    yield (
        f"  files: {left['files_at_the_end']} ({left['mb_at_the_end']} MB) at the end, "
        f"{left['files']} ({left['mb']} MB) after, {left['files_after_the_end']} once it has "
        f"ended; processes: {left['processes']} after, "
        f"{left['processes_after_the_end']} once it has ended"
    )


def _beside(hostile: dict[str, Any]) -> Iterator[str]:
    if not hostile:
        return
    yield (
        f"  {hostile['statements']} hostile statements: the longest took "
        f"{hostile['longest_s']:.1f} s, {hostile['without_a_sentence']} ended without a sentence; "
        f"of another visitor's calls beside them {hostile['failed_beside']} failed"
    )
    for name, of in hostile["times"].items():
        yield (
            f"    {name:12} alone {of['alone_s']:.2f} s, beside {of['beside_s']:.2f} s, "
            f"{of['factor']:.2f} times"
        )


def _leaving(leaving: dict[str, Any]) -> Iterator[str]:
    if not leaving:
        return
    held = ", ".join(
        f"{leaving[when]['memory_mb']:,} and {leaving[when]['files_mb']:,} MB {said}"
        for when, said in (("before", "before"), ("highest", "at most"), ("after", "after"))
    )
    yield (
        f"  {leaving['visitors']} visitors sent {leaving['uploads']} large files and left; memory "
        f"of the page and files: {held}; errors: {leaving['errors'] or 'none'}"
    )


def table(figures: dict[str, Any]) -> Iterator[str]:
    """One run as the Markdown table of docs/security.md."""
    calls, full, memory = figures["calls"], figures["full"], figures["memory_mb"]
    left, rate = figures["left"], figures["rate"]
    served = sum(of["calls"] for of in calls.values())
    yield f"| | {figures['clients']} clients, {figures['minutes']:g} minutes |"
    yield "|---|---|"
    total = f"{full['of_calls']:,}; {served:,}; {full['calls']:,}"
    yield _row("calls; served; told that a line is full", total)
    yield _row("other errors", f"{sum(figures['errors'].values()):,}")
    for name in ("databases", "schema", "run", "ask", "ask on the page", "upload"):
        if name in calls:
            yield _row(f"p50 and p95 of `{name}`", _both(calls[name]))
    yield _row("p50 and p95 of being told that a line is full", _both(full))
    if lone := figures["one_among_slow_ones"]:
        yield _row("a question among 19 visitors' slow ones, p50 and p95", _both(lone))
    yield _row("time of a core for each served", f"{1000 * rate['cpu_s_per_served']:.0f} ms")
    sizes = ", ".join(str(memory[when]) for when in ("before", "middle", "end", "after"))
    yield _row("memory of the page before, at half-time, at the end, after", f"{sizes} MB")
    files = f"{left['files_at_the_end']} ({left['mb_at_the_end']} MB), {left['files']}"
    yield _row("files of visitors at the end, after", files)
    yield _row("processes once the page has ended", f"{left['processes_after_the_end']}")


def _row(what: str, found: str) -> str:
    return f"| {what} | {found} |"


def _both(of: dict[str, float]) -> str:
    return f"{of['p50_s']:.2f} and {of['p95_s']:.2f} s"
