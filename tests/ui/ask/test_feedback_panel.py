"""Which verdict a button stands for, and when there are buttons."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2sql.databases import Catalog, Database
from text2sql.feedback import Feedback, open_feedback
from text2sql.schema import Schema
from text2sql.ui import messages
from text2sql.ui.ask.feedback_panel import FeedbackPanel, judged, offered
from text2sql.ui.ask.history import Asked
from text2sql.ui.ask.result_panel import ResultPanel

ASKED = Asked("How many?", "shop", "pocket", "SELECT count(*) FROM sale")


@pytest.mark.parametrize(
    ("button", "editor", "verdict", "correct"),
    [
        ("right", "SELECT count(*)\nFROM sale", "right", ""),
        ("wrong", "SELECT count(*)\nFROM sale", "wrong", ""),
        ("right", "SELECT 1\n  FROM sale;", "corrected", "SELECT 1 FROM sale"),
        ("right", "SELECT 'a  b'", "corrected", "SELECT 'a  b'"),
        ("wrong", "SELECT 1", "wrong", ""),
    ],
)
def test_another_query_in_the_editor_puts_the_answer_right(
    button: str, editor: str, verdict: str, correct: str
) -> None:
    assert judged(ASKED, button, editor) == Feedback(
        "How many?", "shop", "pocket", "SELECT count(*) FROM sale", verdict, correct
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "group", "shown"),
    [
        (ASKED, "Samples", True),
        (ASKED, "Your data", False),
        (Asked("SELECT 1", "shop"), "Samples", False),
        (None, "Samples", False),
    ],
)
def test_only_answers_about_databases_that_everybody_has_are_judged(
    asked: Asked | None, group: str, shown: bool
) -> None:
    database = Database("shop", Schema.from_text("sale(id)"), group=group)
    assert offered(asked, database) is shown


@pytest.mark.parametrize(
    ("lasts", "said"),
    [(True, "Saved as wrong. To save a correction, edit the SQL above and press Right."),
     (False, "Saved as wrong. To save a correction, edit the SQL above and press Right. It is "
      "lost when this Space restarts, because the Space has no storage for it.")],
)  # fmt: skip
def test_what_a_restart_loses_is_said_with_the_thanks(
    lasts: bool, said: str, tmp_path: Path
) -> None:
    place = open_feedback(tmp_path / "said")
    place.lasts = lasts
    panel = FeedbackPanel.__new__(FeedbackPanel)  # its buttons need a page around them
    panel.file = place
    panel.catalog = Catalog(())
    assert said + "<" in panel.say_wrong(ASKED, ASKED.sql)


def test_nothing_is_saved_of_an_answer_that_this_process_does_not_know(tmp_path: Path) -> None:
    panel = FeedbackPanel.__new__(FeedbackPanel)  # its buttons need a page around them
    panel.file = open_feedback(tmp_path / "said")
    assert messages.FORGOTTEN in panel.say_right(None, "SELECT 1")
    assert panel.file.entries() == []


def test_no_file_is_made_of_an_answer_that_this_process_does_not_know() -> None:
    panel = ResultPanel.__new__(ResultPanel)
    content, name, said = panel.make_file("csv", None)
    assert (content, name) == ("", "")
    assert messages.FORGOTTEN in said
