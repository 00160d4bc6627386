"""Measure whether the model knows when it is right, and when a database cannot answer.

Asks every question three times: of its own database, to compare the stated probability with whether
the rows are right; of another of the databases, which cannot answer it; and of its own database
without one column that the gold query needs. Without --questions, the bundled samples are asked.
--plot draws the reliability curve.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_asked, add_json, find_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from text2sql.answering.pipeline import Answer
    from text2sql.benchmark.unanswerable.foreign_questions import JudgedAnswer
    from text2sql.evaluation.calibration import Calibration

__all__ = ["add_arguments", "foreign_question_figures", "missing_column_figures", "run"]

_NAMES = {
    "n": "answers",
    "accuracy": "right",
    "kept": "right without the least confident fifth",
    "mean": "mean probability",
    "ece": "expected calibration error",
    "brier": "Brier score",
    "auc": "AUC, right against wrong",
    "foreign_n": "questions of other databases",
    "foreign_auc": "AUC, own against other databases'",
    "foreign_recognized": "recognized as foreign",
    "own_mistaken": "own taken for foreign",
    "missing_column_n": "questions with a needed column removed",
    "missing_column_auc": "AUC, all columns against one removed",
    "missing_column_doubted": "of these, answered with a doubt",
    "own_doubted": "with all columns, with a doubt",
}


def add_arguments(parser: ArgumentParser) -> None:
    add_asked(parser)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="an SVG file for the curve")
    add_json(parser)


def run(args: Namespace) -> int:
    from tempfile import TemporaryDirectory

    from tqdm import tqdm

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.benchmark.score import load_questions
    from text2sql.benchmark.unanswerable.foreign_questions import ask_and_judge, pair_with_databases
    from text2sql.benchmark.unanswerable.missing_columns import remove_needed_columns
    from text2sql.databases import Catalog
    from text2sql.plots.charts import Point
    from text2sql.plots.curves import reliability, save_picture
    from text2sql.terminal import print_json

    catalog = Catalog.open(args.spider_dir)
    questions = load_questions(args.questions, catalog)[: args.limit]
    asked = pair_with_databases(questions, catalog)
    asker = Text2SQL(find_model(args))
    found = list(ask_and_judge(asker, tqdm(asked, unit="question")))
    with TemporaryDirectory() as folder:
        lacking = list(remove_needed_columns(questions, catalog, Path(folder)))
        missed = list(ask_and_judge(asker, tqdm(lacking, unit="question")))
    calibrated = _calibration(found)
    own = [j.answer for j in found if j.own]
    figures = (
        calibrated.to_dict()
        | foreign_question_figures(found)
        | missing_column_figures(own, [j.answer for j in missed])
    )
    if args.plot is not None:
        title = "How many answers of each probability are right"
        dots = [(b.probability, Point(**asdict(b.right))) for b in calibrated.bins]
        save_picture([reliability(dots)], args.plot, title)
    if args.json:
        print_json(figures)
        return 0
    for name, figure in figures.items():
        print(f"{_NAMES[name]:36} {figure}")
    return 0


def _calibration(found: Sequence[JudgedAnswer]) -> Calibration:
    """Calibrate the answers to own questions; an answer that did not run counts as 0."""
    from text2sql.evaluation.calibration import calibration

    answers = [j for j in found if j.right is not None]
    return calibration(
        [j.answer.confidence or 0.0 for j in answers], [bool(j.right) for j in answers]
    )


def foreign_question_figures(found: Sequence[JudgedAnswer]) -> dict[str, Any]:
    """How well own and foreign questions are distinguished; empty if the model cannot do that."""
    from text2sql.answering.doubt import UNSURE
    from text2sql.evaluation.calibration import auc

    said = [(j.answer.answerable, j.own) for j in found if j.answer.answerable is not None]
    own = [a for a, is_own in said if is_own]
    foreign = [a for a, is_own in said if not is_own]
    if not own or not foreign:
        return {}
    return {
        "foreign_n": len(foreign),
        "foreign_auc": round(auc([a for a, _ in said], [is_own for _, is_own in said]), 4),
        "foreign_recognized": round(sum(a < UNSURE for a in foreign) / len(foreign), 4),
        "own_mistaken": round(sum(a < UNSURE for a in own) / len(own), 4),
    }


def missing_column_figures(own: Sequence[Answer], lacking: Sequence[Answer]) -> dict[str, Any]:
    """How often the model doubts an answer if a needed column is missing; empty without any."""
    from text2sql.evaluation.calibration import auc

    if not own or not lacking:
        return {}
    both = [*own, *lacking]
    whole = [True] * len(own) + [False] * len(lacking)
    return {
        "missing_column_n": len(lacking),
        "missing_column_auc": round(auc([a.confidence or 0.0 for a in both], whole), 4),
        "missing_column_doubted": round(sum(bool(a.doubt) for a in lacking) / len(lacking), 4),
        "own_doubted": round(sum(bool(a.doubt) for a in own) / len(own), 4),
    }
