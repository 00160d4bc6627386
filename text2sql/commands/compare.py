"""Compare two runs: list what the second one fixed and broke.

Runs are made by `evaluate --out` and `score --out`. The p-value is that of McNemar's exact test:
the probability of a split at least this uneven if both systems are equally good.
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
    parser.add_argument("before", type=Path, metavar="RUN_A", help="the earlier run")
    parser.add_argument("after", type=Path, metavar="RUN_B", help="the later run")
    parser.add_argument(
        "--metric",
        default="execution",
        metavar="NAME",
        help="the metric whose fixed and broken items are listed (default: %(default)s)",
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
    """Return 0, also if the second run is worse."""
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
