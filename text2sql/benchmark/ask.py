"""Measure how long an answer takes, from the question to the rows.

Asks every question once, after one warm-up question per database, and prints percentiles of the
total time and of the model's part. Without --questions, the bundled samples are asked.
"""

from __future__ import annotations

import resource
import time
from argparse import ArgumentParser, Namespace
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_asked, add_json, find_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
    from text2sql.spider import Example

__all__ = ["add_arguments", "measure", "run"]


def add_arguments(parser: ArgumentParser) -> None:
    add_asked(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    import json

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.benchmark.score import load_questions
    from text2sql.databases import Catalog

    catalog = Catalog.open(args.spider_dir)
    examples = load_questions(args.questions, catalog)
    figures = measure(Text2SQL(find_model(args)), examples[: args.limit], catalog)
    if args.json:
        print(json.dumps(figures))
        return 0
    for name, figure in figures.items():
        print(f"{name:22} {figure}")
    return 0


def measure(text2sql: Text2SQL, examples: Sequence[Example], catalog: Catalog) -> dict[str, Any]:
    """Measure times in milliseconds, and the peak memory of this process in MiB."""
    from tqdm import tqdm

    started = time.perf_counter()
    databases = {e.db_id: catalog.get(e.db_id) for e in examples}
    first = {e.db_id: e for e in reversed(examples)}
    text2sql.ask(examples[0].question, databases[examples[0].db_id])
    loaded = time.perf_counter() - started
    for db_id, example in first.items():
        text2sql.ask(example.question, databases[db_id])
    whole, model = [], []
    for example in tqdm(examples, unit="question"):
        before = time.perf_counter()
        answer = text2sql.ask(example.question, databases[example.db_id])
        whole.append(time.perf_counter() - before)
        ran = answer.result.elapsed_s if answer.result else 0.0
        model.append(whole[-1] - ran)
    return {
        "questions": len(examples),
        "first_answer_ms": round(1000 * loaded),
        **_percentiles("answer", whole),
        **_percentiles("model", model),
        "memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _percentiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=20, method="inclusive")
    return {f"{name}_p50_ms": round(1000 * cuts[9], 1), f"{name}_p95_ms": round(1000 * cuts[18], 1)}
