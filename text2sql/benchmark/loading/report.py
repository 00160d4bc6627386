"""The figures of a run as lines to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2sql.wording import counted

__all__ = ["lines"]


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """One run, as a table and some sentences."""
    who = "visitors" if figures["visitors"] else "clients"
    pages = counted(figures["processes"], "page")
    yield (
        f"{figures['clients']} {who} of {pages}, {figures['minutes']:g} minutes "
        f"({figures['machine']})"
    )
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
    errors = figures["errors"]
    yield f"  other errors: {sum(errors.values())}"
    for said, times in errors.items():
        yield f"    {times:5,} {said}"
    memory = figures["memory_mb"]
    yield (
        f"  memory of the page: {memory['before']} MB before, {memory['middle']} at half-time, "
        f"{memory['end']} at the end, {memory['after']} after; of its workers "
        f"{memory['workers_before']} before, {memory['workers_highest']} at most, "
        f"{memory['workers_after']} after"
    )
    left = figures["left"]
    yield (
        f"  files: {left['files_at_the_end']} ({left['mb_at_the_end']} MB) at the end, "
        f"{left['files']} ({left['mb']} MB) after, {left['files_after_the_end']} once it has "
        f"ended; processes: {left['processes']} after, "
        f"{left['processes_after_the_end']} once it has ended"
    )
