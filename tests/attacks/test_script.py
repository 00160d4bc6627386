"""A script in every field of every file that people exchange: what the page shows holds none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.attacks.script import (
    DECLARED,
    NAME,
    SCRIPT,
    write_database,
    write_declarations,
    write_run,
    write_training_run,
)
from tests.ui.server import make_catalog
from text2sql.databases import Catalog, Database
from text2sql.evaluation.comparison import compare_items
from text2sql.evaluation.folder import RunFolder
from text2sql.evaluation.report.html import report_html
from text2sql.sandbox import run_query
from text2sql.spider import Example
from text2sql.ui import about, messages
from text2sql.ui.ask.headline import headline
from text2sql.ui.inspect.location import Location
from text2sql.ui.inspect.run_choices import empty_html, problems_html
from text2sql.ui.inspect.view import view
from text2sql.ui.report.numbers import made_html, numbers_html, plots_html
from text2sql.ui.report.published import published_html
from text2sql.ui.report.versus import versus_html
from text2sql.ui.schema.diagram import draw
from text2sql.ui.schema.peek import peek
from text2sql.ui.schema.view import model_input_html, summary_html, tables_html
from text2sql.ui.training.recipes import Recipe
from text2sql.ui.training.run_folder import read_run
from text2sql.ui.training.view import no_runs_html, recipes_html, run_html
from text2sql.ui.uploads.view import imported_html
from text2sql.uploads.importing import Imported

RUN = f"{NAME}.db"


class Elements(HTMLParser):
    """What a browser would make of HTML: elements that run, and all text and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.running: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        running = [name for name, _ in attrs if name.startswith("on")]
        links = [v for name, v in attrs if name in ("href", "src") and "script:" in (v or "")]
        if tag in ("script", "img", "iframe", "object") or running or links:
            self.running.append(f"{tag} {attrs}")
        self.texts += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return make_catalog(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def runs(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("runs")
    write_run(folder / RUN, catalog)
    write_training_run(folder / NAME)
    (folder / f"{NAME}.txt").write_text(SCRIPT)
    return RunFolder(folder)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    file = tmp_path_factory.mktemp("database") / f"{NAME}.sqlite"
    write_database(file)
    return Database.from_sqlite(file)


def training(runs: RunFolder) -> str:
    run = read_run(runs.path, NAME)
    assert run is not None
    return run_html(run)


def versus(runs: RunFolder) -> str:
    items = runs.items(RUN)
    other = tuple(replace(i, scores={n: 1.0 - v for n, v in i.scores.items()}) for i in items)
    return versus_html(compare_items(items, other), RUN, SCRIPT)


#: Whatever the page makes of runs and training folders.
OF_RUNS: dict[str, Callable[[RunFolder, Catalog], str]] = {
    "an item that runs": lambda runs, catalog: view(runs, catalog, Location(RUN, 1)).item,
    "an item that does not": lambda runs, catalog: view(runs, catalog, Location(RUN, 2)).item,
    "the list of items": lambda runs, catalog: view(runs, catalog, Location(RUN, 1)).list,
    "files that are no runs": lambda runs, _: problems_html(runs.listing()),
    "an empty folder": lambda runs, _: empty_html(RunFolder(Path(SCRIPT))),
    "plots": lambda runs, _: plots_html(runs.report(RUN)),
    "numbers": lambda runs, _: numbers_html(runs.report(RUN)),
    "how a run was made": lambda runs, _: made_html(runs.run(RUN).manifest),
    "published figures": lambda runs, _: published_html(runs.run(RUN), runs.report(RUN)),
    "two runs": lambda runs, _: versus(runs),
    "a training run": lambda runs, _: training(runs),
}
#: Whatever it makes of a database.
OF_DATABASES: dict[str, Callable[[Database], str]] = {
    "its summary": lambda d: summary_html(d, peek(d)),
    "its tables": lambda d: tables_html(d.schema, peek(d)),
    "the input of the model": lambda d: model_input_html(d.schema),
    "its diagram": lambda d: draw(d.schema),
    "an upload": lambda d: imported_html(Imported(d, (SCRIPT,))),
}
#: And of texts.
OF_TEXTS: dict[str, Callable[[str], str]] = {
    "a note": messages.note,
    "an error": messages.alert,
    "a sentence": messages.reading,
    "a table": lambda text: messages.reading("", [text]),
    "a step": lambda text: messages.progress(text, 1, 2),
    "a model that is loaded": lambda text: messages.loading(text, 1.0),
    "no training run": lambda text: no_runs_html(Path(text)),
    "a recipe": lambda text: recipes_html([Recipe(text, text, text, {text: [text]})]),
}


@pytest.mark.parametrize("name", OF_DATABASES)
def test_declarations_show_scripts_as_text(name: str, tmp_path: Path) -> None:
    write_declarations(tmp_path, [])
    declared = Catalog.open(tmp_path).get(DECLARED)
    is_shown_and_does_not_run(OF_DATABASES[name](declared))


def is_shown_and_does_not_run(html: str) -> None:
    found = Elements(html)
    assert found.running == []
    assert any("window.pwned" in text for text in found.texts)


@pytest.mark.parametrize("name", OF_RUNS)
def test_a_run_shows_scripts_as_text(name: str, runs: RunFolder, catalog: Catalog) -> None:
    is_shown_and_does_not_run(OF_RUNS[name](runs, catalog))


@pytest.mark.parametrize("name", OF_DATABASES)
def test_a_database_shows_scripts_as_text(name: str, database: Database) -> None:
    is_shown_and_does_not_run(OF_DATABASES[name](database))


@pytest.mark.parametrize("name", OF_TEXTS)
def test_a_message_shows_scripts_as_text(name: str) -> None:
    is_shown_and_does_not_run(OF_TEXTS[name](SCRIPT))


def test_an_answer_in_words_shows_scripts_as_text(database: Database) -> None:
    table = database.schema.tables[-1].name.replace('"', '""')
    one = run_query(database, f'SELECT name FROM "{table}" LIMIT 1')
    is_shown_and_does_not_run(headline(one, SCRIPT))


def test_the_report_as_a_file_has_no_script_but_its_own(runs: RunFolder) -> None:
    html = report_html(runs.report(RUN), SCRIPT, runs.run(RUN).manifest)
    assert [tag.split()[0] for tag in Elements(html).running] == ["script"]


def test_an_example_question_cannot_leave_its_code_block(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Example(f"```\n\n{SCRIPT}\n```", "SELECT 1", "shop")
    monkeypatch.setattr(Catalog, "examples", lambda self, db_id: (question,))
    lines = about.text(catalog).splitlines()
    fences = [number for number, line in enumerate(lines) if line.lstrip().startswith("```")]
    (inside,) = (number for number, line in enumerate(lines) if "window.pwned" in line)
    assert len(fences) == 2
    assert fences[0] < inside < fences[1]
