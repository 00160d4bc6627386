"""Ask a model many questions and score its answers.

With --out, each answer is saved in that file at once, and the same command continues an interrupted
evaluation. The pocket model uses one core, so one process per core answers, eight questions about a
database at a time; the seconds of each question are then an equal share. `accelerate launch -m
text2sql evaluate ...` distributes the questions to several processes.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.arguments import add_json, add_model, add_spider_dir, find_model, positive
from text2sql.evaluation_arguments import add_gate, add_questions, add_reporting

if TYPE_CHECKING:
    from text2sql.generators.choice import ModelChoice

EXAMPLES = """
text2sql evaluate --questions dev.json --spider-dir ~/spider --out pocket.db
text2sql evaluate --questions dev.json --limit 100 --predictions out.txt --json
text2sql evaluate --questions dev.json --model my-model --metrics execution,test_suite
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_questions(parser)
    add_model(parser)
    parser.add_argument(
        "--beams",
        type=positive(int),
        default=4,
        metavar="N",
        help="number of candidates to search for (default: %(default)s)",
    )
    parser.add_argument(
        "--limit", type=positive(int), metavar="N", help="ask only the first N questions"
    )
    parser.add_argument(
        "--workers",
        type=positive(int),
        metavar="N",
        help="answer in N processes, each with the model loaded (default: for a pocket model, one "
        "per core if there are enough questions; else one)",
    )
    add_spider_dir(parser)
    parser.add_argument(
        "--predictions",
        type=Path,
        metavar="OUT",
        help="write the SQL to this file, one query per line",
    )
    add_reporting(parser)
    add_gate(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    """Return 0, or 1 if the scores are lower than the flags require."""
    from text2sql.databases import Catalog
    from text2sql.evaluation import evaluate, fitting_workers
    from text2sql.evaluation_arguments import chosen_half, chosen_metrics, show_report
    from text2sql.generators.base import Options
    from text2sql.spider import load_examples

    model, examples = find_model(args), chosen_half(args, load_examples(args.questions))
    report = evaluate(
        model,
        examples,
        Catalog.open(args.spider_dir),
        metrics=chosen_metrics(args, examples),
        options=Options(beams=args.beams),
        limit=args.limit,
        out=args.out,
        official=args.official,
        timeout_s=args.timeout,
        workers=args.workers or fitting_workers(model, len(examples[: args.limit])),
        progress=True,
    )
    if report is None:  # only the first of several processes has a report
        return 0
    if args.predictions is not None:
        from text2sql.evaluation import save_predictions

        save_predictions([item.prediction for item in report.items], args.predictions)
    if args.model.startswith("endpoint:"):
        _print_spending(model)
    return show_report(report, args, args.model)


def _print_spending(model: str | ModelChoice) -> None:
    """Print on standard error the tokens and time that a server's answers took."""
    from text2sql.generators.endpoint import EndpointGenerator
    from text2sql.generators.registry import load_generator

    generator = load_generator(model)
    if isinstance(generator, EndpointGenerator) and generator.usage.requests:
        print(f"{generator.name}: {generator.usage.sentence()}.", file=sys.stderr)
