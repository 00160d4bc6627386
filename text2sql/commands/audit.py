"""Find gold queries that are probably wrong, with evidence.

Reports gold queries that fail, return nothing or only NULL, compare numbers stored as text, use
values that no cell holds, depend on a tie or on NULL, join without a key, or ignore a part of the
question. With the predictions of three or more systems, also those whose rows differ from the rows
that most systems return. --html writes a page to review the findings; it exports corrections, which
`score --corrections` applies.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from text2sql.arguments import add_json, add_spider_dir, positive

EXAMPLES = """
text2sql audit dev.json --spider-dir ~/spider --html audit.html
text2sql audit dev.json --spider-dir ~/spider --predictions a.txt b.txt c.txt --json
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("questions", type=Path, help="questions with gold SQL")
    add_spider_dir(parser)
    parser.add_argument(
        "--predictions",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="the predictions of several systems, one file each",
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page to review the findings"
    )
    parser.add_argument(
        "--shown",
        type=positive(int),
        default=20,
        metavar="N",
        help="number of findings to print (default: %(default)s)",
    )
    add_json(parser)


def run(args: Namespace) -> int:
    """Return 0, also if gold queries are wrong."""
    from tqdm import tqdm

    from text2sql.databases import Catalog
    from text2sql.evaluation import load_predictions
    from text2sql.evaluation.audit import audit
    from text2sql.spider import load_examples

    examples = load_examples(args.questions)
    systems = {
        path.stem: load_predictions(path, len(examples)).queries for path in args.predictions
    }
    with tqdm(total=len(examples), desc="auditing", disable=None) as bar:

        def progress(done: int) -> None:
            bar.update(done - bar.n)

        found = audit(examples, Catalog.open(args.spider_dir), systems, progress)
    if args.html is not None:
        from text2sql.evaluation.audit.page import audit_html
        from text2sql.evaluation.report.html import write_page

        write_page(audit_html(found, args.questions.name), args.html)
    if args.json:
        from text2sql.terminal import print_json

        print_json(found.to_dict())
    else:
        from text2sql.evaluation.audit.text import audit_text

        print(audit_text(found, args.shown))
    return 0
