"""``text2sql serve``, which opens the page."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from text2sql.cli import build_parser, main
from text2sql.commands.serve import _feedback, _fetch_spider, _served
from text2sql.databases import Catalog
from text2sql.download.background import SpiderFetch

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "text2sql" / "assets" / "samples"


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def spider_folder(tmp_path: Path) -> Path:
    """Spider's layout around the bundled samples, under another name."""
    entries = json.loads((SAMPLES / "tables.json").read_text(encoding="utf-8"))
    entry = next(e for e in entries if e["db_id"] == "clinic") | {"db_id": "hospital"}
    (tmp_path / "tables.json").write_text(json.dumps([entry]), encoding="utf-8")
    return tmp_path


def test_help_answers_at_once_and_names_every_flag() -> None:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "app.py", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert time.perf_counter() - started < 5  # 0.1 s on an idle machine
    flags = (
        "--spider-dir",
        "--fetch-spider",
        "--sqlite",
        "--model",
        "--feedback",
        "--host",
        "--port",
    )
    assert [flag for flag in flags if flag not in done.stdout] == []
    assert "gradio" not in done.stderr
    assert "torch" not in done.stderr


def test_a_port_that_was_asked_for_and_is_taken_is_named(
    busy_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--port", str(busy_port)]) == 2
    assert capsys.readouterr().err == (
        f"text2sql: Port {busy_port} is in use on 127.0.0.1; choose another with --port.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--spider-dir", "nowhere"], "'nowhere' (--spider-dir) is not a Spider folder"),
        (["--sqlite", "nothing.db"], "There is no database file at 'nothing.db'"),
        (["--host", "no such host"], "Cannot listen on 'no such host'"),
    ],
)
def test_a_mistake_in_the_command_is_one_line_and_status_2(
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", *arguments]) == 2
    message = capsys.readouterr().err
    assert sentence in message
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "space", "spider_is_here", "fetched"),
    [
        ([], "", False, False),
        (["--fetch-spider"], "", False, True),
        ([], "me/sql", False, True),
        (["--fetch-spider"], "me/sql", True, False),
    ],
)
def test_spider_is_fetched_where_it_is_asked_for_or_on_a_space(
    flags: list[str],
    space: str,
    spider_is_here: bool,
    fetched: bool,
    monkeypatch: pytest.MonkeyPatch,
    spider_folder: Path,
) -> None:
    started: list[SpiderFetch] = []
    monkeypatch.setattr(SpiderFetch, "start", lambda fetch: started.append(fetch))
    monkeypatch.setenv("SPACE_ID", space)
    args = build_parser().parse_args(["serve", *flags])
    catalog = Catalog.open()
    if spider_is_here:
        catalog.add_spider(spider_folder)
    found = _fetch_spider(args, catalog)
    assert (found is not None, started) == (fetched, [found] if fetched else [])


@pytest.mark.parametrize(
    ("flags", "variable", "models"),
    [
        ([], None, ["pocket", "flan-t5-large", "mine"]),
        ([], "flan-t5-large", ["flan-t5-large", "pocket", "mine"]),
        (["--model", "pocket"], "flan-t5-large", ["pocket", "flan-t5-large", "mine"]),
        (["--model", "endpoint:m", "--model", "pocket", "--endpoint", "http://127.0.0.1:1"], None,
         ["endpoint:m", "pocket", "flan-t5-large", "mine"]),
        (["--model", "runs/mine"], None, ["runs/mine", "pocket", "flan-t5-large"]),
    ],
)  # fmt: skip
def test_visitors_choose_among_named_models_the_usual_ones_and_those_of_runs(
    flags: list[str],
    variable: str | None,
    models: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("runs/mine").mkdir(parents=True)
    Path("runs/mine/config.json").write_text('{"model_type": "pocket"}', encoding="utf-8")
    monkeypatch.delenv("TEXT2SQL_MODEL", raising=False)
    if variable is not None:
        monkeypatch.setenv("TEXT2SQL_MODEL", variable)
    args = build_parser().parse_args(["serve", *flags])
    assert [model.name for model in _served(args)] == models


@pytest.mark.parametrize(
    ("variables", "lasts"),
    [({}, True), ({"SPACE_ID": "me/sql"}, False),
     ({"SPACE_ID": "me/sql", "TEXT2SQL_FEEDBACK": "/data/feedback"}, True)],
)  # fmt: skip
def test_feedback_lasts_but_on_a_space_without_a_volume(
    variables: dict[str, str], lasts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SPACE_ID", "TEXT2SQL_FEEDBACK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert _feedback(build_parser().parse_args(["serve"])).lasts is lasts
