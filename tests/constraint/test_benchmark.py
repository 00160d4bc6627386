"""``python -m text2sql.benchmark constraint`` in small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tiny_t5 import learn_tokenizer
from text2sql.benchmark.__main__ import main


def test_outputs_of_random_weights_run_and_the_share_of_the_time_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("TEXT2SQL_SPIDER_DIR", raising=False)
    learn_tokenizer().save_pretrained(tmp_path)
    small = ["--geometry", "tiny", "--outputs", "3", "--timed", "1"]
    assert main(["constraint", "--tokenizer", str(tmp_path), "--json", *small]) == 0
    found = json.loads(capsys.readouterr().out)
    outputs, speed = found["outputs"], found["speed"]
    assert outputs == {"outputs": 3, "databases": 3, "parse": 3, "run": 3, "failed": []}
    assert (speed["geometry"], speed["device"], speed["questions"]) == ("tiny", "cpu", 1)
    assert speed["dtype"] in ("float32", "bfloat16")
    assert 0 < speed["constraint_seconds"] < speed["seconds"]
    assert speed["share"] == pytest.approx(speed["constraint_seconds"] / speed["seconds"], abs=1e-3)


def test_a_tokenizer_that_is_nowhere_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["constraint", "--tokenizer", "nowhere"]) == 2
    assert capsys.readouterr().err == (
        "text2sql: There is no tokenizer 'nowhere' here or on the hub; name the folder of one "
        "with --tokenizer.\n"
    )
