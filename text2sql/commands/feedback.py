"""Show visitors' feedback on the page's answers, or export it for training.

The export has the format of Spider's training file: each question with the SQL that was marked as
right or corrected by hand. The latest verdict on a question wins.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

EXAMPLES = """
text2sql feedback
text2sql feedback --export more.json
text2sql feedback --feedback /srv/feedback.db --export more.json
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--feedback",
        type=Path,
        default=os.environ.get("TEXT2SQL_FEEDBACK") or None,
        metavar="PATH",
        help="the file or folder that `serve --feedback` wrote to (default: TEXT2SQL_FEEDBACK, "
        "else feedback.db in the cache folder)",
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FILE.json",
        help="write the questions whose SQL is known, in the format of Spider's train.json",
    )


def run(args: Namespace) -> int:
    """Return 0, also if there is no feedback."""
    from text2sql.feedback import open_feedback
    from text2sql.wording import counted

    file = open_feedback(args.feedback)
    if args.export is not None:
        print(f"{counted(file.export(args.export), 'question')} written to {args.export}")
        return 0
    counts = file.counts()
    said = ", ".join(f"{counts[word]:,} {word}" for word in ("right", "wrong", "corrected"))
    print(f"{file.path}: {said}")
    return 0
