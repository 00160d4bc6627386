"""Dates as ISO text, drawn by chance."""

from __future__ import annotations

import random
from datetime import date, timedelta

__all__ = ["day", "days_after"]


def day(rng: random.Random, first: str, last: str) -> str:
    """A day from ``first`` to ``last``, both included, as ``YYYY-MM-DD``."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return (start + timedelta(days=rng.randint(0, (end - start).days))).isoformat()


def days_after(start: str, days: int) -> str:
    """The day that comes ``days`` days after ``start``."""
    return (date.fromisoformat(start) + timedelta(days=days)).isoformat()
