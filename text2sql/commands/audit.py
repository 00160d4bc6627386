"""Look for gold queries that are likely to be wrong, each with its evidence.

Golds that fail, return nothing or only NULL, compare numbers kept as text, use values that no cell
holds, depend on a tie or on NULL, join on no key, or leave out what the question says; with the
predictions of three systems or more, also golds against which most of them agree with one another.
The page of --html goes through them and exports corrections, which `score --corrections` applies.
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
        help="what several systems answered, a file each",
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page to go through the findings"
    )
    parser.add_argument(
        "--shown",
        type=positive(int),
        default=20,
        metavar="N",
        help="how many findings to print (default: %(default)s)",
    )
    add_json(parser)


def run(args: Namespace) -> int:
    """Always 0: a bad gold is a result."""
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
