"""The examples, run as people run them."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_every_example_is_run_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {
        "evaluate_model.py",
        "page.py",
        "train_model.py",
    }


def run(*arguments: str) -> list[str]:
    """The lines that Python prints, with the checkout to import from."""
    env = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=EXAMPLES.parent,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


ASK = """
import runpy
page = runpy.run_path("examples/page.py")
sql, rows, note = page["answer"]("How many doctors are there?", "clinic")
print(sql, rows.to_numpy().tolist(), note, page["demo"].title, sep="; ")
"""


def test_the_page_answers() -> None:
    (said,) = run("-c", ASK)
    sql, rows, note, title = said.split("; ")
    assert (sql, rows, title) == ("SELECT count(*) FROM doctor", "[[27]]", "Ask a database")
    assert note.endswith("likely right")


def test_the_evaluation_prints_its_metrics() -> None:
    exact_set, execution, *_ = run(str(EXAMPLES / "evaluate_model.py"))
    assert execution.startswith("execution: ")
    assert execution.endswith(" of 16")
    assert exact_set.startswith("exact_set: ")


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_training_ends_with_a_model_that_answers(tmp_path: Path) -> None:
    train = runpy.run_path(str(EXAMPLES / "train_model.py"))
    small = ["limit=24", "repeat=1", "epochs=1", "max_output=16"]
    train["run"](tmp_path / "run", *small)
    assert (tmp_path / "run" / "model" / "config.json").is_file()
