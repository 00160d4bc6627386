"""The sentences of the page, as HTML; everything that varies is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from text2sql.sandbox import QueryResult
from text2sql.ui.cells import show
from text2sql.ui.wording import counted, duration, ordinal

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.compare import Verdict

__all__ = [
    "CANCELLED",
    "OWN_SQL",
    "UNEXPECTED",
    "alert",
    "answered",
    "doubt",
    "loading",
    "note",
    "outcome",
    "progress",
    "reading",
    "single_value",
    "verdict",
    "working",
]

UNEXPECTED = (
    "Something went wrong that should not have; the log of the application says what. "
    "Try again, or ask in other words."
)
CANCELLED = "Cancelled. The question is still there."
OWN_SQL = "This is SQL already, so it was run as it is."


def working(elapsed_s: float, place: int = 0) -> str:
    """What stands under the question while the model works, or answers others first."""
    return _busy(f"{ordinal(place + 1)} in line" if place else "Writing SQL", elapsed_s)


def loading(model: str, elapsed_s: float) -> str:
    """What stands there while a model's files are read, and fetched where they are not here."""
    return _busy(f"Loading {model}, which is large", elapsed_s)


def _busy(what: str, elapsed_s: float) -> str:
    """Announced to screen readers when ``what`` changes; page.js counts the seconds on."""
    return (
        '<p class="t2s-working" role="status"><span class="t2s-spinner" aria-hidden="true"></span>'
        f'{escape(what)} <span class="t2s-elapsed" aria-hidden="true">{elapsed_s:.1f} s</span></p>'
    )


def progress(sentence: str, done: int, total: int) -> str:
    """A bar for work that is counted; the words are announced to screen readers only once."""
    return (
        f'<p class="t2s-working" role="status"><progress max="{total}" value="{done}" '
        f'aria-label="Progress"></progress><span aria-hidden="true">{escape(sentence)}</span></p>'
    )


def note(sentence: str) -> str:
    """Something to know, in plain words."""
    return f'<p class="t2s-hint" role="status">{escape(sentence)}</p>'


def alert(sentence: str) -> str:
    """An error in plain words."""
    return f'<p class="t2s-alert" role="alert">{escape(sentence)}</p>'


def reading(sentence: str) -> str:
    """What the SQL above asks for, in English."""
    return f'<p class="t2s-reading">{escape(sentence)}</p>' if sentence else ""


def answered(answer: Answer) -> str:
    """How an answer's query went, who wrote it, and how likely it is to be right."""
    author = f" · written by {escape(answer.model)} in {duration(answer.seconds)}"
    chance = f" · {answer.chance}" if answer.chance else ""
    return outcome(answer.result, author + chance)


def doubt(answer: Answer) -> str:
    """What to know before believing an answer; nothing where it is likely to be right."""
    return note(answer.doubt) if answer.doubt else ""


def outcome(result: QueryResult | None, ending: str = "") -> str:
    """How a query went; ``ending`` is HTML that follows where it ran."""
    if result is None:
        return alert("Only the schema of this database is here, so the query was not run.")
    if result.error is not None:
        return alert(result.error)
    rows = counted(len(result.rows), "row") if result.rows else "No rows"
    cut = " (more were cut off)" if result.truncated else ""
    return (
        f'<p class="t2s-outcome" role="status"><strong>{rows}</strong>{cut} '
        f"in {duration(result.elapsed_s)}{ending}</p>"
    )


def single_value(result: QueryResult) -> str:
    """One row of one column is a number to read, not a table."""
    name, value = result.columns[0], result.rows[0][0]
    return (
        f'<p class="t2s-single"><span>{escape(name)}</span> '
        f"<output>{escape(show(value))}</output></p>"
    )


def verdict(judged: Verdict) -> str:
    """Whether the SQL in the editor is right by the gold query, and why."""
    right = judged.execution if judged.execution is not None else judged.exact_set
    word = {True: "Right", False: "Wrong", None: "Not judged"}[right]
    kind = {True: "t2s-right", False: "t2s-wrong", None: ""}[right]
    return (
        f'<p class="t2s-verdict" role="status"><strong class="{kind}">{word}.</strong> '
        f"{escape(judged.reason)}</p>"
    )
