"""The sentences of the page, as HTML; everything that varies is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from text2sql.sandbox import QueryResult
from text2sql.ui.cells import show
from text2sql.wording import counted, duration, ordinal

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


def working(elapsed_s: float, place: int = 0) -> Markup:
    """What stands under the question while the model works, or answers others first."""
    return _busy(f"{ordinal(place + 1)} in line" if place else "Writing SQL", elapsed_s)


def loading(model: str, elapsed_s: float) -> Markup:
    """What stands there while a model's files are read, and fetched where they are not here."""
    return _busy(f"Loading {model}, which is large", elapsed_s)


def _busy(what: str, elapsed_s: float) -> Markup:
    """Announced to screen readers when ``what`` changes; page.js counts the seconds on."""
    return Markup(
        '<p class="t2s-working" role="status"><span class="t2s-spinner" aria-hidden="true"></span>'
        '{} <span class="t2s-elapsed" aria-hidden="true">{:.1f} s</span></p>'
    ).format(what, elapsed_s)


def progress(sentence: str, done: int, total: int) -> Markup:
    """A bar for work that is counted; the words are announced to screen readers only once."""
    return Markup(
        '<p class="t2s-working" role="status"><progress max="{}" value="{}" '
        'aria-label="Progress"></progress><span aria-hidden="true">{}</span></p>'
    ).format(total, done, sentence)


def note(sentence: str) -> Markup:
    """Something to know, in plain words."""
    return Markup('<p class="t2s-hint" role="status">{}</p>').format(sentence)


def alert(sentence: str) -> Markup:
    """An error in plain words."""
    return Markup('<p class="t2s-alert" role="alert">{}</p>').format(sentence)


def reading(sentence: str) -> Markup:
    """What the SQL above asks for, in English."""
    return Markup('<p class="t2s-reading">{}</p>').format(sentence) if sentence else Markup()


def answered(answer: Answer) -> Markup:
    """How an answer's query went, who wrote it, and how likely it is to be right."""
    author = f" · written by {answer.model} in {duration(answer.seconds)}"
    chance = f" · {answer.chance}" if answer.chance else ""
    return outcome(answer.result, author + chance)


def doubt(answer: Answer) -> Markup:
    """What to know before believing an answer; nothing where it is likely to be right."""
    return note(answer.doubt) if answer.doubt else Markup()


def outcome(result: QueryResult | None, ending: str = "") -> Markup:
    """How a query went; ``ending`` follows where it ran."""
    if result is None:
        return alert("Only the schema of this database is here, so the query was not run.")
    if result.error is not None:
        return alert(result.error)
    rows = counted(len(result.rows), "row") if result.rows else "No rows"
    cut = " (more were cut off)" if result.truncated else ""
    return Markup('<p class="t2s-outcome" role="status"><strong>{}</strong>{} in {}{}</p>').format(
        rows, cut, duration(result.elapsed_s), ending
    )


def single_value(result: QueryResult) -> Markup:
    """One row of one column is a number to read, not a table."""
    name, value = result.columns[0], result.rows[0][0]
    return Markup('<p class="t2s-single"><span>{}</span> <output>{}</output></p>').format(
        name, show(value)
    )


def verdict(judged: Verdict) -> Markup:
    """Whether the SQL in the editor is right by the gold query, and why."""
    right = judged.execution if judged.execution is not None else judged.exact_set
    word = {True: "Right", False: "Wrong", None: "Not judged"}[right]
    kind = {True: "t2s-right", False: "t2s-wrong", None: ""}[right]
    return Markup(
        '<p class="t2s-verdict" role="status"><strong class="{}">{}.</strong> {}</p>'
    ).format(kind, word, judged.reason)
