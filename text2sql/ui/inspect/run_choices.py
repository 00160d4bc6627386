"""The list of saved runs on the page."""

from __future__ import annotations

from markupsafe import Markup

from text2sql.evaluation.folder import RunFolder, RunListing, SavedRun
from text2sql.wording import counted

__all__ = ["empty_html", "problems_html", "run_choices"]


def run_choices(listing: RunListing) -> list[tuple[str, str]]:
    """Return ``(label, name)`` for each run, newest first."""
    return [(_label(run), run.name) for run in listing.runs]


def _label(run: SavedRun) -> str:
    date = run.started[:10] or "no date"
    return f"{run.name} · {run.model} · {counted(run.questions, 'question')} · {date}"


def problems_html(listing: RunListing) -> Markup:
    """Return a closed list of the files that could not be read as runs, if there are any."""
    if not listing.problems:
        return Markup()
    lines = Markup("").join(
        Markup("<li><code>{}</code> {}</li>").format(name, text)
        for name, text in listing.problems.items()
    )
    count = counted(len(listing.problems), "file")
    was = "was" if len(listing.problems) == 1 else "were"
    return Markup(
        '<details class="t2s-problems"><summary>{} in the folder {} skipped'
        "</summary><ul>{}</ul></details>"
    ).format(count, was, lines)


def empty_html(folder: RunFolder, offered: bool = False) -> Markup:
    """Explain how to make a run; ``offered`` if the page can make one."""
    where = Markup("with <em>New evaluation</em> on the Inspect tab, or in a terminal")
    command = f"text2sql evaluate --questions FILE --out {folder.path}/NAME.db"
    return Markup(
        '<div class="t2s-empty"><p><strong>No runs yet.</strong> A run holds the answers of a '
        "model to many questions, scored against the gold queries. Make one {}:</p>"
        "<pre>{}</pre></div>"
    ).format(where if offered else "in a terminal", command)
