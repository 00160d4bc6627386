"""The evaluation of a model: it asks questions, scores the answers and saves both."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation.items import DEFAULT_METRICS, Item
from text2sql.evaluation.manifest import data_manifest, model_manifest
from text2sql.evaluation.processes import Processes, processes
from text2sql.evaluation.run import Prediction, Run
from text2sql.evaluation.scoring import Scorer
from text2sql.evaluation.totals import Report, make_report
from text2sql.evaluation.workers import answers, together
from text2sql.generators.base import Generator, Options
from text2sql.generators.choice import ModelChoice
from text2sql.metrics.execution import SCORING
from text2sql.spider import Example

__all__ = ["evaluate", "score", "score_answers"]

_T = TypeVar("_T")
_OPTIONS = Options()


def evaluate(
    model: str | ModelChoice | Generator,
    examples: Sequence[Example],
    catalog: Catalog,
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    options: Options = _OPTIONS,
    limit: int | None = None,
    out: Path | None = None,
    workers: int = 1,
    official: bool = False,
    timeout_s: float = SCORING.timeout_s,
    progress: bool = False,
) -> Report | None:
    """Ask ``model`` every question (or the first ``limit``) and score its answers.

    With ``out``, each answer is saved in that SQLite file at once, and questions that already have
    an answer there are not asked again. Under ``accelerate launch``, every process answers its
    share of the questions; the first one scores them all, and the others return None.

    With ``workers`` above one, that many processes answer, each with the model loaded. They import
    the caller's main module, so a script must guard its call with ``if __name__ == "__main__"``.
    The pocket model answers eight questions about one database at a time; the seconds of each are
    then an equal share. ``official`` rewrites queries as Spider's script does before comparing
    them; each query may take ``timeout_s``.

    Raises:
        ModelError: the model's files are missing or do not fit.
        DataError: ``out`` holds another run or cannot be written, or there are no questions.
    """
    _check_not_empty(examples)
    manifest = {**model_manifest(model, options), **data_manifest(examples, catalog)}
    asked = examples[:limit]
    with processes() as all_processes:
        if all_processes.count > 1 and out is None:
            raise DataError("Several processes need a file in common; name one with --out.")
        if all_processes.count > 1 and workers > 1:
            raise DataError("accelerate already started several processes; leave out --workers.")
        with all_processes.first_goes_ahead():
            run = Run.start(out, manifest)
        with run:
            started = time.perf_counter()
            asker = Text2SQL(model, options)
            _answer(run, asker, asked, catalog, all_processes, workers, progress)
            all_processes.wait()
            if all_processes.rank > 0:
                return None
            many = {"processes": all_processes.count, "workers": workers}
            run.update_manifest({**many, "together": together(asker)})
            answered = run.predictions()
            found = [answered[number] for number in range(len(asked))]
            scorer = _scorer(catalog, metrics, official, timeout_s)
            return score_answers(run, asked, found, scorer, (), started, progress)


def score(
    examples: Sequence[Example],
    predictions: Sequence[str],
    catalog: Catalog,
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    problems: Sequence[str] = (),
    out: Path | None = None,
    name: str = "predictions",
    official: bool = False,
    timeout_s: float = SCORING.timeout_s,
    progress: bool = False,
) -> Report:
    """Score one prediction per question, made by any system; ``name`` is the system's name.

    ``out`` saves the run. ``problems`` are sentences about the predictions for the report.
    ``official`` rewrites queries as Spider's script does; each query may take ``timeout_s``.

    Raises:
        DataError: ``out`` holds another run or cannot be written, or there are no questions.
    """
    _check_not_empty(examples)
    answers = [Prediction(sql) for sql in predictions]
    manifest = data_manifest(examples, catalog) if out is not None else {}
    digest = hashlib.sha256("\n".join(predictions).encode("utf-8", "surrogatepass")).hexdigest()
    with Run.start(out, {"model": name, "model_digest": digest, **manifest}) as run:
        if out is not None:
            for number, (example, answer) in enumerate(zip(examples, answers, strict=True)):
                run.add_prediction(number, example, answer)
        started = time.perf_counter()
        scorer = _scorer(catalog, metrics, official, timeout_s)
        return score_answers(run, examples, answers, scorer, problems, started, progress)


def _scorer(catalog: Catalog, metrics: Sequence[str], official: bool, timeout_s: float) -> Scorer:
    limits = replace(SCORING, timeout_s=timeout_s)
    return Scorer(catalog, tuple(metrics), limits, official)


def _check_not_empty(examples: Sequence[Example]) -> None:
    if not examples:
        raise DataError("There are no questions; name a file that holds some.")


def _answer(
    run: Run,
    asker: Text2SQL,
    examples: Sequence[Example],
    catalog: Catalog,
    share: Processes,
    workers: int,
    progress: bool,
) -> None:
    """Answer this process's share of the questions that have no answer yet."""
    done = run.predictions()
    mine = range(share.rank, len(examples), share.count)
    open_ = {number: examples[number] for number in mine if number not in done}
    found = answers(asker, open_, catalog, workers)
    for number, answer in _shown(found, len(open_), "answering", progress and share.rank == 0):
        run.add_prediction(number, examples[number], answer)


def score_answers(
    run: Run,
    examples: Sequence[Example],
    answers: Sequence[Prediction],
    scorer: Scorer,
    problems: Sequence[str],
    started: float,
    progress: bool,
) -> Report:
    """Score the answers in a run, and save the items and their totals in it."""

    def scored(number: int) -> Item:
        return scorer.item(examples[number], answers[number])

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # SQLite does most of the work
        numbers = range(len(examples))
        items = list(_shown(threads.map(scored, numbers), len(numbers), "scoring", progress))
    run.save_items(items)
    result = make_report(items, problems)
    before = run.manifest.get("wall_s", 0.0)
    run.update_manifest(
        {
            "metrics": list(scorer.metrics),
            "official": scorer.official,
            "timeout_s": scorer.limits.timeout_s,
            "wall_s": round(before + time.perf_counter() - started, 3),
            "latency": result.to_dict()["latency"],
            "problems": list(result.problems),
        }
    )
    return result


def _shown(items: Iterable[_T], total: int, what: str, progress: bool) -> Iterable[_T]:
    """Iterate with a progress bar on standard error, if it is a terminal."""
    quiet = None if progress else True
    return tqdm(items, total=total, desc=what, disable=quiet, smoothing=0.1)
