"""A page on files whose every field is a script: ``python -m tests.attacks.page FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.attacks.script import (
    NAME,
    write_database,
    write_declarations,
    write_run,
    write_training_run,
)
from tests.ui.server import TABLES, TableOfAnswers, make_catalog
from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.feedback import FeedbackFile


def main(folder: Path) -> None:
    """Serve until the parent closes standard input; the first line printed is the address."""
    from text2sql.ui.demo import build_demo
    from text2sql.ui.theme import launch_options

    (folder / "spider").mkdir()
    shop = make_catalog(folder / "spider")
    write_declarations(folder / "spider", [TABLES])
    write_database(folder / f"{NAME}.sqlite")
    catalog = Catalog.open(folder / "spider", [folder / f"{NAME}.sqlite"])
    runs = folder / "runs"
    runs.mkdir()
    write_run(runs / f"{NAME}.db", shop)
    write_run(runs / f"a{NAME}.db", shop)
    (runs / f"{NAME}.txt").write_text("no run")
    write_training_run(runs / NAME)
    feedback = FeedbackFile(folder / "feedback.db")
    demo = build_demo(Text2SQL(TableOfAnswers()), catalog, runs, feedback=feedback)
    _, url, _ = demo.launch(quiet=True, prevent_thread_lock=True, **launch_options())
    print(url.rstrip("/"), flush=True)
    sys.stdin.read()
    demo.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
