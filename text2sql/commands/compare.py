"""Compare two runs: what the second fixed and broke against the first.

Runs are made by `evaluate --out` and `score --out`. The p-value is that of McNemar's exact test:
how likely so uneven a split is where the two systems are equally good.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from text2sql.arguments import add_json, positive

EXAMPLES = """
text2sql compare before.db after.db
text2sql compare before.db after.db --metric exact_set --show 20
text2sql compare before.db after.db --json
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("before", type=Path, metavar="RUN_A", help="the run to start from")
    parser.add_argument("after", type=Path, metavar="RUN_B", help="the run to compare with it")
    parser.add_argument(
        "--metric",
        default="execution",
        metavar="NAME",
        help="whose fixed and broken items to list (default: %(default)s)",
    )
    parser.add_argument(
        "--show",
        type=positive(int),
        default=5,
        metavar="N",
        help="list at most this many of each (default: %(default)s)",
    )
    add_json(parser)


def run(args: Namespace) -> int:
    """Always 0: a worse run is a result."""
    from text2sql.evaluation import Run, check_metrics
    from text2sql.evaluation.comparison import compare_runs

    (metric,) = check_metrics(args.metric)[:1]
    with Run.load(args.before) as before, Run.load(args.after) as after:
        comparison = compare_runs(before, after)
        names = [run.manifest.get("model", "?") for run in (before, after)]
    if args.json:
        from text2sql.terminal import print_json

        print_json({"before": names[0], "after": names[1], **comparison.to_dict()})
    else:
        from text2sql.evaluation.report.text import comparison_text

        print(comparison_text(comparison, names[0], names[1], metric, args.show))
    return 0
