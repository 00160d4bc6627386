"""Messages of the page as HTML, with everything that varies escaped."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from markupsafe import Markup

from text2sql.sandbox import QueryResult
from text2sql.wording import counted, duration, ordinal

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.compare import Verdict

__all__ = [
    "CANCELLED",
    "FORGOTTEN",
    "NOT_RUN",
    "OWN_SQL",
    "UNEXPECTED",
    "alert",
    "asking",
    "doubt",
    "loading",
    "not_brought",
    "not_here",
    "note",
    "outcome",
    "progress",
    "reading",
    "reading_files",
    "running",
    "verdict",
    "working",
    "written",
]

_QUOTED = 80  # characters of a question

UNEXPECTED = (
    "Something went wrong that should not have. Try again, or ask in other words. "
    "The details are in the log of the application."
)
FORGOTTEN = (
    "The server no longer has this answer, because it restarted or you were away for long. "
    "Press Ask again."
)
CANCELLED = "Cancelled. Your question is still in the field."
NOT_RUN = "Cancelled. The SQL was not run to its end."
OWN_SQL = "You entered SQL, so it was run unchanged."


def working(elapsed_s: float, place: int = 0) -> Markup:
    """Show below the question that the model is working, or the question's place in the queue."""
    return _busy(f"{ordinal(place + 1)} in the queue" if place else "Writing SQL", elapsed_s)


def asking(model: str, elapsed_s: float, place: int = 0) -> Markup:
    """Show which of several models is working, or its place in the queue."""
    place_said = f"{ordinal(place + 1)} in the queue of {model}"
    return _busy(place_said if place else f"{model} is answering", elapsed_s)


def loading(model: str, elapsed_s: float) -> Markup:
    """Show that a model is being loaded, and downloaded if its files are missing."""
    return _busy(f"Loading {model}. This can take a while", elapsed_s)


def reading_files(files: int, elapsed_s: float = 0.0, place: int = 0) -> Markup:
    """Show that uploaded files are being read, or their place in the queue."""
    what = f"Reading {counted(files, 'file')}"
    return _busy(f"{what}: {ordinal(place + 1)} in the queue" if place else what, elapsed_s)


def not_here(model: str, size: str, other: str) -> str:
    """Say that a model could not be downloaded, and what answers instead."""
    return (
        f"{model} is not on this machine and could not be downloaded now (it needs {size}). "
        f"{other} answers your questions; whoever runs this page can fetch {model}."
    )


def not_brought(db_id: str, minutes: int) -> str:
    """Say that an upload that an address names is not, or no longer, one of the visitor's."""
    return (
        f"{db_id!r} is an upload, and it is not here: only the person who brought it can ask it, "
        f"until {counted(max(1, minutes), 'minute')} after its last use or until its page is "
        "closed. Bring the file again under Your data."
    )


def _busy(what: str, elapsed_s: float) -> Markup:
    """A busy line: screen readers announce changes of ``what``; page.js updates the seconds."""
    return Markup(
        '<p class="t2s-working" role="status"><span class="t2s-spinner" aria-hidden="true"></span>'
        '{} <span class="t2s-elapsed" aria-hidden="true">{:.1f} s</span></p>'
    ).format(what, elapsed_s)


def progress(sentence: str, done: int, total: int) -> Markup:
    """A progress bar with a sentence that is hidden from screen readers, which would repeat it."""
    return Markup(
        '<p class="t2s-working" role="status"><progress max="{}" value="{}" '
        'aria-label="Progress"></progress><span aria-hidden="true">{}</span></p>'
    ).format(total, done, sentence)


def note(sentence: str) -> Markup:
    """A neutral message."""
    return Markup('<p class="t2s-hint" role="status">{}</p>').format(sentence)


def alert(sentence: str) -> Markup:
    """An error message."""
    return Markup('<p class="t2s-alert" role="alert">{}</p>').format(sentence)


def running(elapsed_s: float, place: int = 0) -> Markup:
    """Show that the visitor's SQL is running, or its place in the queue."""
    return _busy(f"{ordinal(place + 1)} in the queue" if place else "Running the SQL", elapsed_s)


def reading(sentence: str, tables: Sequence[str] = ()) -> Markup:
    """The English explanation of SQL, and the tables that it reads, which the schema marks."""
    said = Markup('<p class="t2s-reading">{}</p>').format(sentence) if sentence else Markup()
    if not tables:
        return said
    names = Markup(", ").join(Markup("<code>{}</code>").format(name) for name in tables)
    return said + Markup('<p class="t2s-hint t2s-used">From {}.</p>').format(names)


def written(answer: Answer) -> str:
    """Who wrote the query of an answer, as the ending of its outcome."""
    if answer.follows:
        return f" · goes on from the answer before, in {duration(answer.seconds)}"
    if answer.example:
        known = shorten(answer.example, _QUOTED, placeholder=" …")
        return f" · from the SQL given for “{known}”, in {duration(answer.seconds)}"
    return f" · written by {answer.model} in {duration(answer.seconds)}"


def doubt(answer: Answer) -> Markup:
    """The answer's warning, or nothing if it has none."""
    if not answer.doubt:
        return Markup()
    return Markup('<p class="t2s-doubt" role="status">{}</p>').format(answer.doubt)


def outcome(result: QueryResult | None, ending: str = "") -> Markup:
    """The outcome of a query; ``ending`` is appended if it ran."""
    if result is None:
        return alert("Only the schema of this database is available, so the query was not run.")
    if result.error is not None:
        return alert(result.error)
    rows = counted(len(result.rows), "row") if result.rows else "No rows"
    cut = " (more were cut off)" if result.truncated else ""
    return Markup('<p class="t2s-outcome" role="status"><strong>{}</strong>{} in {}{}</p>').format(
        rows, cut, duration(result.elapsed_s), ending
    )


def verdict(judged: Verdict) -> Markup:
    """Whether the SQL in the editor is right according to the gold query, and why."""
    right = judged.execution if judged.execution is not None else judged.exact_set
    word = {True: "Right", False: "Wrong", None: "Not compared"}[right]
    kind = {True: "t2s-right", False: "t2s-wrong", None: ""}[right]
    return Markup(
        '<p class="t2s-verdict" role="status"><strong class="{}">{}.</strong> {}</p>'
    ).format(kind, word, judged.reason)
