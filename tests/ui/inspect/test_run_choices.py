"""The list of saved runs on the page."""

from __future__ import annotations

from html import unescape
from pathlib import Path

from text2sql.evaluation.folder import RunFolder
from text2sql.ui.inspect.run_choices import empty_html, problems_html, run_choices


def test_a_run_goes_by_its_file_model_size_and_date(folder: RunFolder) -> None:
    choices = run_choices(folder.listing())
    date = folder.run("first.db").started[:10]
    assert {name: label for label, name in choices} == {
        "first.db": f"first.db · answers · 3 questions · {date}",
        "second.db": f"second.db · answers · 3 questions · {date}",
    }


def test_files_that_are_no_runs_are_named_with_the_reason(folder: RunFolder) -> None:
    html = unescape(problems_html(folder.listing()))
    assert "1 file in the folder was skipped" in html
    assert "<code>notes.txt</code>" in html


def test_nothing_is_said_where_every_file_is_a_run(tmp_path: Path) -> None:
    assert problems_html(RunFolder(tmp_path).listing()) == ""


def test_without_a_run_there_is_a_command_that_makes_one(tmp_path: Path) -> None:
    html = empty_html(RunFolder(tmp_path / "runs"))
    assert f"text2sql evaluate --questions FILE --out {tmp_path}/runs/NAME.db" in html
    assert "New evaluation" not in html
    assert "New evaluation" in empty_html(RunFolder(tmp_path), offered=True)
