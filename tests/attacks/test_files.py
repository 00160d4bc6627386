"""Files that people exchange, damaged or hostile: each is named with its reason, the rest is shown.

Runs first, then what a training run leaves in its folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation import Run, score
from text2sql.evaluation.comparison import compare_items
from text2sql.evaluation.folder import RunFolder
from text2sql.evaluation.report.html import report_html
from text2sql.spider import Example
from text2sql.ui.inspect.filters import Choices
from text2sql.ui.inspect.location import Location
from text2sql.ui.inspect.view import view
from text2sql.ui.report.numbers import numbers_html, plots_html
from text2sql.ui.training.run_folder import read_run, run_names
from text2sql.ui.training.view import run_html

_IN_TIME_S = 15.0  # the limit of a read and some, on a machine that is busy
_MANY = 10_000
_DEEP = "[" * 100_000 + "]" * 100_000
_LOOP = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("music")
    with closing(sqlite3.connect(folder / "music.sqlite")) as connection:
        connection.executescript(
            "CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);"
            "CREATE TABLE song (id INTEGER PRIMARY KEY, title TEXT, singer_id INTEGER);"
            "INSERT INTO singer VALUES (1, 'Ada', 30), (2, 'Bo', 20);"
            "INSERT INTO song VALUES (1, 'Hey', 1), (2, 'Ho', 1);"
        )
    return Catalog.open(None, [folder / "music.sqlite"])


@pytest.fixture(scope="module")
def good(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run as ``score`` writes it."""
    file = tmp_path_factory.mktemp("good") / "good.db"
    examples = [Example(f"Question {n}?", gold, "music") for n, gold in enumerate(GOLDS)]
    score(examples, GOLDS, catalog, out=file, name="oracle")
    return file


def changed(*statements: str) -> Callable[[Path], None]:
    """Damage by SQL."""

    def damage(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    return damage


def item(column: str, value: object) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(f'UPDATE items SET "{column}" = ? WHERE item = 1', (value,))

    return damage


def manifest(key: str, text: object) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO manifest VALUES (?, ?)", (key, text))

    return damage


def content(data: bytes) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        file.write_bytes(data)

    return damage


def patched(start: int, data: bytes) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        raw = bytearray(file.read_bytes())
        raw[start : start + len(data)] = data
        file.write_bytes(raw)

    return damage


def instead(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Something that is no file in its place."""

    def damage(file: Path) -> None:
        file.unlink()
        make(file)

    return damage


def as_view(sql: str) -> Callable[[Path], None]:
    return changed("ALTER TABLE items RENAME TO kept", f"CREATE VIEW items AS {sql}")


def generated(expression: str) -> Callable[[Path], None]:
    return changed(
        "ALTER TABLE items DROP COLUMN reason",
        f"ALTER TABLE items ADD COLUMN reason TEXT AS ({expression})",
    )


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def many_rows(file: Path, count: int = 100_200) -> None:
    changed(
        "CREATE TABLE numbers (n)",
        "INSERT INTO numbers WITH RECURSIVE c(x) AS "
        f"(SELECT 10 UNION ALL SELECT x + 1 FROM c WHERE x < {count}) SELECT x FROM c",
        "CREATE TABLE one AS SELECT * FROM items WHERE item = 0",
        "ALTER TABLE one DROP COLUMN item",
        "INSERT INTO items SELECT n, one.* FROM numbers, one",
        "DROP TABLE numbers",
        "DROP TABLE one",
    )(file)


RUNS: dict[str, Callable[[Path], None]] = {
    # no SQLite file, or a broken one
    "zero bytes": content(b""),
    "one byte": content(b"S"),
    "only the header": content(b"SQLite format 3\0"),
    "text": content(b"not a run\n" * 100),
    "HTML": content(b"<script>window.pwned=1</script>"),
    "random": content(bytes(range(256)) * 64),
    "invalid UTF-8": content(b"\xff\xfe\xfd" * 1000),
    "cut in the middle": cut,
    "page size of nonsense": patched(16, b"\x12\x34"),
    "schema format of nonsense": patched(44, b"\xff\xff\xff\xff"),
    "first page overwritten": patched(100, b"\xff" * 400),
    "pages overwritten": patched(4096, b"\xee" * 8000),
    "a pipe": instead(os.mkfifo),
    "a link to itself": instead(lambda file: file.symlink_to(file)),
    "a link to nothing": instead(lambda file: file.symlink_to("nowhere")),
    "a link to a device": instead(lambda file: file.symlink_to("/dev/zero")),
    # another schema
    "no tables": changed("DROP TABLE items", "DROP TABLE manifest", "DROP TABLE predictions"),
    "never scored": changed("DROP TABLE items"),
    "no manifest": changed("DROP TABLE manifest"),
    "an empty manifest": changed("DELETE FROM manifest"),
    "no items": changed("DELETE FROM items"),
    "tables of something else": changed("CREATE TABLE secrets (password TEXT)"),
    "items without a reason": changed("ALTER TABLE items DROP COLUMN reason"),
    "items without metrics": changed(
        *(
            f"ALTER TABLE items DROP COLUMN {name}"
            for name in ("string_match", "fair_string_match")
        ),
        *(f"ALTER TABLE items DROP COLUMN {name}" for name in ("rouge1", "exact_set", "execution")),
    ),
    "a manifest without keys": changed("DROP TABLE manifest", "CREATE TABLE manifest (a, b)"),
    "a trigger": changed(
        "CREATE TRIGGER t AFTER INSERT ON predictions BEGIN DELETE FROM items; END"
    ),
    "a view beside the tables": changed("CREATE VIEW v AS SELECT 1"),
    "an index over an expression": changed("CREATE INDEX i ON items (upper(reason))"),
    "a full-text table": changed("CREATE VIRTUAL TABLE f USING fts5(a)"),
    "items that are a view": as_view("SELECT * FROM kept"),
    "items that are an endless view": as_view(f"{_LOOP} x AS item FROM c"),
    "items that are a view of nothing": as_view("SELECT * FROM nowhere"),
    "a generated column that never ends": generated("hex(zeroblob(400000000)) || item"),
    "a generated column in a comment": changed(
        "ALTER TABLE items DROP COLUMN reason",
        'ALTER TABLE items ADD COLUMN reason TEXT /* " */ AS (hex(zeroblob(item))) /* " */',
    ),
    "a check that loads code": changed(
        "DROP TABLE predictions", "CREATE TABLE predictions (item INT CHECK (abs(item) > 0))"
    ),
    "items that load code": as_view("SELECT load_extension('/tmp/evil.so') AS item"),
    "items of random memory": as_view("SELECT hex(randomblob(800000000)) AS item"),
    "more rows than a run can have": many_rows,
    "more keys than a manifest can have": changed(
        "INSERT INTO manifest WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c "
        "WHERE x < 5000) SELECT 'k' || x, '1' FROM c"
    ),
    # a manifest that lies
    "a manifest of deep JSON": manifest("options", _DEEP),
    "a manifest of deep objects": manifest("options", '{"a":' * 90_000 + "1" + "}" * 90_000),
    "a manifest of half JSON": manifest("options", '{"a": '),
    "a manifest of no JSON": manifest("model", "oracle"),
    "a model that is a number": manifest("model", "5"),
    "a model that is null": manifest("model", "null"),
    "a model without a name": manifest("model", '""'),
    "a model that is a list": manifest("model", '["a"]'),
    "a model of a million letters": manifest("model", json.dumps("m" * 1_000_000)),
    "half a surrogate": manifest("model", '"\\ud800"'),
    "a start that is a number": manifest("started", "20261127"),
    "a start that is an object": manifest("started", '{"at": 1}'),
    "infinite seconds of the whole": manifest("wall_s", "1e999"),
    "seconds that are no number": manifest("wall_s", "NaN"),
    "negative seconds of the whole": manifest("wall_s", "-5"),
    "a negative number of questions": manifest("questions", "-1"),
    "versions that are a list": manifest("versions", "[1, 2]"),
    "a latency of words": manifest("latency", '{"p50_s": "fast"}'),
    "a manifest of bytes": manifest("model", b"\xff\xfe"),
    "a manifest of nothing": manifest("model", None),
    "a key that is a blob": manifest(b"\x00\x01", "1"),  # type: ignore[arg-type]
    # items that lie
    "infinite seconds": item("seconds", float("inf")),
    "negative seconds": item("seconds", -1.0),
    "seconds that are text": item("seconds", "soon"),
    "seconds beyond all ages": item("seconds", 1e300),
    "a question that is a blob": item("question", b"\xff\xfe"),
    "a question that is nothing": item("question", None),
    "a database that is nothing": item("db_id", None),
    "a database of a million letters": item("db_id", "d" * 1_000_000),
    "a prediction that is a blob": item("prediction", b"\x00" * 100),
    "a prediction of two million letters": item("prediction", "x" * 2_000_000),
    "a hardness that is none": item("hardness", "impossible"),
    "a kind of output that is none": item("output", "<script>"),
    "a disagreement that is none": item("disagreement", "all"),
    "a score of seven": item("execution", 7),
    "a score of text": item("execution", "yes"),
    "a negative share": item("rouge1", -0.5),
    "an infinite share": item("rouge1", float("inf")),
    "features of HTML": item("features", '["<img src=x onerror=window.pwned=1>"]'),
    "features of deep JSON": item("features", _DEEP),
    "features that are a number": item("features", "5"),
    "features that are null": item("features", None),
    "clauses that are a list": item("clauses", "[]"),
    "clauses that lack some": item("clauses", "{}"),
    "clauses with an unknown name": item(
        "clauses", '{"x": {"expected": true, "predicted": true, "match": true}}'
    ),
    "clauses of words": item("clauses", '{"select": "all"}'),
    "clauses of deep JSON": item("clauses", _DEEP),
    "a reason that is nothing": item("reason", None),
    "a problem that is a blob": item("problem", b"\xff"),
    "a parse that is maybe": item("parsed", 3),
}


def reason(look: Callable[[], object]) -> str:
    with pytest.raises(DataError) as caught:
        look()
    return str(caught.value)


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> RunFolder:
    runs = tmp_path / "runs"
    runs.mkdir()
    shutil.copy(good, runs / "good.db")
    return RunFolder(runs)


@pytest.mark.parametrize("name", RUNS)
def test_a_damaged_or_hostile_run_is_named_with_its_reason_and_the_others_are_shown(
    name: str, folder: RunFolder, catalog: Catalog
) -> None:
    bad = folder.path / "bad.db"
    shutil.copy(folder.path / "good.db", bad)
    RUNS[name](bad)
    before = bad.read_bytes() if bad.is_file() and not bad.is_symlink() else b""
    started = time.monotonic()
    listing = folder.listing()
    assert "good.db" in [run.name for run in listing.runs]
    assert set(listing.problems) <= {"bad.db"}
    reasons = [
        *listing.problems.values(),
        reason(lambda: view(folder, catalog, Location("bad.db"))),
        reason(lambda: folder.report("bad.db")),
        reason(lambda: Run.load(bad).items()),
    ]
    for said in reasons:
        assert "bad.db" in said
        assert len(said) < 1000
    assert time.monotonic() - started < _IN_TIME_S
    assert view(folder, catalog, Location("good.db")).place.item == 1
    assert sorted(path.name for path in folder.path.iterdir()) == ["bad.db", "good.db"]
    if before:
        assert bad.read_bytes() == before


def test_a_run_of_many_items_is_read_shown_and_compared_in_time(
    good: Path, folder: RunFolder, catalog: Catalog
) -> None:
    for name in ("large.db", "larger.db"):
        shutil.copy(good, folder.path / name)
        many_rows(folder.path / name, _MANY)
    changed("UPDATE items SET execution = item % 2, db_id = 'db' || item, problem = 'p' || item")(
        folder.path / "larger.db"
    )
    started = time.monotonic()
    report = folder.report("larger.db")
    pages = [numbers_html(report), plots_html(report), report_html(report, "large")]
    assert max(map(len, pages[:2])) < 1_000_000
    shown = view(folder, catalog, Location("larger.db", _MANY - 1))
    assert len(shown.list) < 100_000
    assert len(Choices.of(folder.items("larger.db")).database) == 500
    with pytest.raises(DataError, match="differ in question number"):
        compare_items(folder.items("large.db"), folder.items("larger.db"))
    changed("UPDATE items SET db_id = 'music'")(folder.path / "larger.db")
    compared = compare_items(folder.items("large.db"), folder.items("larger.db"))
    assert len(compared.to_dict()["items"]) > _MANY // 3
    assert time.monotonic() - started < 6 * _IN_TIME_S


# training folders

_SAMPLE = {"epoch": 1.0, "step": 10, "question": "Who?", "gold": "SELECT 1", "predicted": "SELECT"}


def line(**changes: object) -> str:
    return json.dumps({**_SAMPLE, **changes})


def put(name: str, data: bytes | str) -> Callable[[Path], None]:
    def damage(run: Path) -> None:
        (run / name).unlink(missing_ok=True)
        (run / name).write_bytes(data if isinstance(data, bytes) else data.encode())

    return damage


def place(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage(run: Path) -> None:
        (run / name).unlink(missing_ok=True)
        make(run / name)

    return damage


TRAININGS: dict[str, Callable[[Path], None]] = {
    "samples that are a pipe": place("samples.jsonl", os.mkfifo),
    "samples that are a folder": place("samples.jsonl", os.mkdir),
    "samples that are a link to themselves": place("samples.jsonl", lambda p: p.symlink_to(p)),
    "samples that are a device": place("samples.jsonl", lambda p: p.symlink_to("/dev/zero")),
    "samples of deep JSON": put("samples.jsonl", _DEEP),
    "samples of invalid UTF-8": put("samples.jsonl", b"\xff\xfe" * 100),
    "samples of 6 MB on one line": put("samples.jsonl", line(predicted="x" * 6_000_000)),
    "a sample of a long line": put("samples.jsonl", line(predicted="x" * 100_000)),
    "a sample at no time": put("samples.jsonl", line(epoch=float("nan"))),
    "a sample in eternity": put("samples.jsonl", line(epoch=float("inf"))),
    "a sample before the start": put("samples.jsonl", line(step=-1)),
    "a sample of another type": put("samples.jsonl", line(question=5)),
    "a sample that is a list": put("samples.jsonl", "[1, 2]"),
    "half a sample": put("samples.jsonl", line()[:30]),
    "a sample with half a surrogate": put("samples.jsonl", line(gold="\ud800")),
    "a manifest that is a pipe": place("manifest.json", os.mkfifo),
    "a manifest that is a folder": place("manifest.json", os.mkdir),
    "a manifest that is a socket or a device": place(
        "manifest.json", lambda p: p.symlink_to("/dev/zero")
    ),
    "a manifest of deep JSON": put("manifest.json", _DEEP),
    "a manifest that is a list": put("manifest.json", "[1]"),
    "a manifest of half JSON": put("manifest.json", '{"recipe": '),
    "a manifest with half a surrogate": put("manifest.json", '{"recipe": "\\ud800"}'),
    "a manifest of 6 MB": put("manifest.json", json.dumps({"a": "x" * 6_000_000})),
    "metrics that are a pipe": place("metrics.csv", os.mkfifo),
    "metrics that are a folder": place("metrics.csv", os.mkdir),
    "metrics of one long field": put("metrics.csv", "epoch,loss\n1," + "9" * 200_000),
    "metrics of 6 MB": put("metrics.csv", "epoch,loss\n" + "1,2\n" * 1_600_000),
    "metrics of many columns": put("metrics.csv", ",".join(f"c{n}" for n in range(10_000))),
    "metrics of many rows": put("metrics.csv", "epoch,loss\n" + "1,2\n" * 50_000),
}
#: What is shown as it is, because nothing in it is wrong for sure.
ODD_TRAININGS: dict[str, Callable[[Path], None]] = {
    "metrics beyond all numbers": put("metrics.csv", "epoch,train_loss\n1,1e308\n2,1e-320\n"),
    "metrics that are infinite": put("metrics.csv", "epoch,train_loss\ninf,inf\n1,-inf\nnan,1\n"),
    "negative metrics": put("metrics.csv", "epoch,train_loss,exact_match\n-1,-5,-9\n-2,-6,900\n"),
    "metrics of words": put("metrics.csv", "epoch,train_loss\none,two\n"),
    "metrics with NUL": put("metrics.csv", b"epoch,train_loss\n1,\x002\n"),
    "metrics of invalid UTF-8": put("metrics.csv", b"epoch,train_\xff\n1,2\n"),
    "columns of the same name": put("metrics.csv", "epoch,epoch,epoch\n1,2,3\n"),
    "a column without a name": put("metrics.csv", ",epoch,\n1,2,3\n"),
    "no metrics at all": put("metrics.csv", ""),
    "an open quote": put("metrics.csv", 'epoch,train_loss\n1,"2\n2,3\n'),
    "no samples": put("samples.jsonl", "\n\n"),
    "a deep but honest manifest": put("manifest.json", "{" + '"a": {' * 50 + "}" * 51),
}


@pytest.fixture
def trainings(tmp_path: Path) -> Path:
    for name in ("good", "bad"):
        run = tmp_path / name
        run.mkdir()
        (run / "metrics.csv").write_text("epoch,train_loss,exact_match\n1.0,3.0,0\n2.0,1.5,50.0\n")
        (run / "manifest.json").write_text(json.dumps({"recipe": "tiny"}))
        (run / "samples.jsonl").write_text(f"{line()}\n")
    return tmp_path


@pytest.mark.parametrize("name", [*TRAININGS, *ODD_TRAININGS])
def test_a_damaged_or_hostile_training_folder_is_shown_as_far_as_it_can_be_and_says_so(
    name: str, trainings: Path
) -> None:
    (TRAININGS | ODD_TRAININGS)[name](trainings / "bad")
    started = time.monotonic()
    assert sorted(run_names(trainings)) == ["bad", "good"]
    read = read_run(trainings, "bad")
    assert read is not None
    shown = run_html(read)
    shown.encode()
    assert len(shown) < 2_000_000
    assert bool(read.problems) == (name in TRAININGS)
    for problem in read.problems:
        assert problem.split()[0] in ("metrics.csv", "manifest.json", "samples.jsonl")
        assert len(problem) < 300
    other = read_run(trainings, "good")
    assert other is not None
    assert other.problems == ()
    assert time.monotonic() - started < _IN_TIME_S


@pytest.mark.parametrize("name", ["metrics.csv", "manifest.json"])
def test_a_folder_whose_files_are_all_hostile_is_no_run(name: str, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    os.mkfifo(tmp_path / "r" / name)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / os.fsdecode(b"\xff\xfe")).mkdir()
    (tmp_path / os.fsdecode(b"\xff\xfe") / "metrics.csv").write_text("epoch\n1\n")
    assert run_names(tmp_path) == []


def test_a_run_with_a_name_of_nonsense_is_named_as_well_as_can_be(folder: RunFolder) -> None:
    shutil.copy(folder.path / "good.db", folder.path / os.fsdecode(b"b\xffd.db"))
    listing = folder.listing()
    assert [run.name for run in listing.runs] == ["good.db"]
    assert listing.problems == {
        "b?d.db": "The name of 'b?d.db' is not valid text; rename the file."
    }


def test_a_run_that_somebody_writes_to_is_named_and_listed_later(folder: RunFolder) -> None:
    with closing(sqlite3.connect(folder.path / "good.db", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        (problem,) = folder.listing().problems.values()
        assert problem == "'good.db' is being written at the moment; try again later."
        writer.execute("COMMIT")
    os.utime(folder.path / "good.db")
    assert [run.name for run in folder.listing().runs] == ["good.db"]
