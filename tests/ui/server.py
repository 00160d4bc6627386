"""A page with small databases and a model that is a table of answers; tests run it beside them.

In a process of its own, as it is in use: ``python -m tests.ui.server FOLDER``.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog, Database
from text2sql.errors import NotDownloaded
from text2sql.evaluation import score
from text2sql.evaluation.robustness import ROW_ENDING, RobustnessRow, write_row
from text2sql.evaluation.statistics import Score
from text2sql.feedback import FeedbackFile, owner_feedback
from text2sql.generators.base import Candidate, Generator, Options, Signals
from text2sql.generators.confidence import Confidence, Logistic
from text2sql.spider import Example

SLOW_S = 4.0
KNOWN = "Which customers have a number above 2?"  # whose SQL the owner gave
SLOW_QUESTION = "slow one: how many sales were there?"
HOSTILE_TABLE = "<img src=x onerror=window.pwned=1>"
HOSTILE_CELL = "<script>window.pwned=2</script>"

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, town TEXT);
CREATE TABLE sale (
    id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer(id), total REAL);
INSERT INTO customer VALUES (1, 'Zoë', 'Kraków'), (2, 'O''Hara', NULL), (3, 'Ann', 'York');
INSERT INTO sale VALUES (1, 1, 9.5), (2, 1, 20.0), (3, 3, 7.25);
"""
TABLES = {
    "db_id": "shop",
    "table_names": ["customer", "sale", "sqlite sequence"],
    "table_names_original": ["customer", "sale", "sqlite_sequence"],  # listed, but not there
    "column_names": [
        [-1, "*"], [0, "id"], [0, "name"], [0, "town"],
        [1, "id"], [1, "customer id"], [1, "total"], [2, "name"], [2, "seq"],
    ],
    "column_names_original": [
        [-1, "*"], [0, "id"], [0, "name"], [0, "town"],
        [1, "id"], [1, "customer_id"], [1, "total"], [2, "name"], [2, "seq"],
    ],
    "column_types": ["text", *"number text text number number number text text".split()],
    "primary_keys": [1, 4],
    "foreign_keys": [[5, 1]],
}  # fmt: skip
GOLD = {
    "How many customers are there?": "SELECT count(*) FROM customer",
    "What are the names of all customers?": "SELECT name FROM customer",
    "Which towns do customers live in?": "SELECT town FROM customer WHERE town IS NOT NULL",
}


class TableOfAnswers:
    """A model that knows the gold queries; other questions get the rows of the first table.

    A question that starts with "slow" takes a few seconds; "crash" and "fail" do what they say,
    of "unsure" no two candidates agree, "two" can be read in two ways, and "foreign" is about
    something else.
    "Show the sales", of which "plot the sales" asks for a chart, gets two columns of numbers.
    """

    name = "answers"
    confidence = Confidence(right=Logistic(0.0, {}), answerable=Logistic(0.0, {"alike": 10.0}))

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        if question.startswith("slow"):
            time.sleep(SLOW_S)
        if question.startswith("crash"):
            raise ZeroDivisionError("on purpose")
        if question.startswith(("unsure", "two")):
            alike = (  # three rows each, without NULL, which counts against an answer
                "SELECT name FROM customer",
                "SELECT id FROM customer",
                "SELECT total FROM sale",
                "SELECT upper(name) FROM customer",
            )
            others = -1.0 if question.startswith("two") else -2.5
            scores = (-1.0, others, others, others)
            return [Candidate(*both) for both in zip(alike, scores, strict=True)]
        if question.startswith("foreign"):
            return [Candidate("SELECT town FROM customer", -0.1, Signals(0.1, 0.2, alike=-0.3))]
        if question.startswith("fail"):
            return [Candidate("SELECT nope FROM customer", -0.1)]
        if question == "Show the sales":
            return [Candidate("SELECT total, customer_id * 1.0 AS nth FROM sale", -0.1)]
        table = database.schema.tables[0].name
        rows = f'SELECT * FROM "{table}"'
        count = f'SELECT count(*) FROM "{table}"'
        return [Candidate(GOLD.get(question, rows), -0.1), Candidate(count, -2.3)]


class Counter:
    """A model that counts the rows of the first table, whatever the question."""

    name = "counter"

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        return [Candidate(f'SELECT count(*) FROM "{database.schema.tables[0].name}"', -0.1)]


class FarAway(Text2SQL):
    """A model that is not on this machine, which has no way to the hub."""

    name = "far-away"

    @property
    def generator(self) -> Generator:
        raise NotDownloaded("'far-away' is not on this machine; run `hf download`.", "3.1 GB")


def make_catalog(folder: Path) -> Catalog:
    """The bundled samples, a shop in Spider's layout, and a file full of mark-up."""
    (folder / "tables.json").write_text(json.dumps([TABLES]))
    golds = {**GOLD, SLOW_QUESTION: "SELECT count(*) FROM sale"}
    questions = [{"question": q, "query": sql, "db_id": "shop"} for q, sql in golds.items()]
    (folder / "dev.json").write_text(json.dumps(questions))
    (folder / "database" / "shop").mkdir(parents=True)
    with closing(sqlite3.connect(folder / "database" / "shop" / "shop.sqlite")) as connection:
        connection.executescript(SHOP)
    with closing(sqlite3.connect(folder / "hostile.sqlite")) as connection, connection:
        connection.execute(f'CREATE TABLE "{HOSTILE_TABLE}" ("<b>bold</b>" TEXT, "{{{{x}}}}" TEXT)')
        values = (HOSTILE_CELL, "${window.pwned=3} [link](javascript:window.pwned=4)")
        for _ in range(2):
            connection.execute(f'INSERT INTO "{HOSTILE_TABLE}" VALUES (?, ?)', values)
    return Catalog.open(folder, [folder / "hostile.sqlite"])


def make_runs(folder: Path, catalog: Catalog) -> Path:
    """Two runs on the shop's questions, the second with one more right, and a file that is none."""
    runs = folder / "runs"
    runs.mkdir()
    examples = [Example(question, gold, "shop") for question, gold in GOLD.items()]
    golds = list(GOLD.values())
    score(examples, ["SELECT 1", "", golds[2]], catalog, out=runs / "first.db", name="answers")
    predictions = [golds[0], f"{golds[1]} WHERE id > 1", golds[2]]
    score(examples, predictions, catalog, out=runs / "second.db", name="answers")
    make_robustness_rows(runs)
    (runs / "notes.txt").write_text("not a run, and not SQLite either")
    return runs


def make_robustness_rows(runs: Path) -> None:
    """The rows of two models over the same questions; one of them was not asked the last set."""
    sets = {"dev.json": Score(1034, 75.4, 72.8, 77.9), "abbreviated": Score(1034, 61.2, 58, 64)}
    rows = [
        RobustnessRow("pocket", "2026-11-27", sets | {"without keys": Score(1034, 70, 67, 73)}),
        RobustnessRow("<b>other</b>", "2026-11-26", sets),
    ]
    for number, row in enumerate(rows):
        write_row(row, runs / f"{number}{ROW_ENDING}")


def make_training_run(runs: Path) -> None:
    """A run of two epochs, as a trainer leaves it."""
    run = runs / "lesson"
    run.mkdir()
    (run / "metrics.csv").write_text("epoch,train_loss,exact_match\n1.0,3.0,0\n2.0,1.5,50.0\n")
    (run / "manifest.json").write_text(json.dumps({"recipe": "tiny"}))
    asked = {"question": "How many singers?", "gold": "SELECT count(*) FROM singer"}
    written = {1.0: "SELECT singer", 2.0: asked["gold"]}
    lines = [
        json.dumps({"epoch": epoch, "step": 10 * epoch, **asked, "predicted": sql})
        for epoch, sql in written.items()
    ]
    (run / "samples.jsonl").write_text("\n".join(lines))


def main(folder: Path) -> None:
    """Serve until the parent closes standard input; the first line printed is the address."""
    from text2sql.ui.demo import build_demo
    from text2sql.ui.launch import launch
    from text2sql.uploads.store import UploadStore

    catalog = make_catalog(folder)
    runs = make_runs(folder, catalog)
    make_training_run(runs)
    others = [Text2SQL("no-such-model"), FarAway(), Text2SQL(Counter())]
    feedback = FeedbackFile(folder / "feedback.db")
    feedback.add(owner_feedback(KNOWN, "shop", "SELECT name FROM customer WHERE id > 2"))
    store = UploadStore()
    model = Text2SQL(TableOfAnswers())
    demo = build_demo(
        model, catalog, runs, others=others, feedback=feedback, store=store, evaluating=20
    )
    print(launch(demo, store), flush=True)
    sys.stdin.read()
    demo.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
