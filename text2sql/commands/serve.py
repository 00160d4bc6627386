"""Open the page: ask a database in English, read the SQL, see the rows.

It listens on this machine only, unless --host says otherwise. Ctrl-C stops it. On a Space of
Hugging Face, Spider's databases are fetched in the background.
"""

from __future__ import annotations

import math
import os
import sys
import threading
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.arguments import add_catalog, add_model, find_models, positive
from text2sql.errors import Text2SQLError

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
    from text2sql.download.background import SpiderFetch
    from text2sql.feedback import FeedbackStore

EXAMPLES = """
text2sql serve
text2sql serve --sqlite shop.db --port 8000
text2sql serve --spider-dir ~/spider --runs runs --model flan-t5-large
"""
_MODELS = ("pocket", "flan-t5-large")  # what a visitor can choose, beside --model
_MODEL_VARIABLE = "TEXT2SQL_MODEL"


def add_arguments(parser: ArgumentParser) -> None:
    add_catalog(parser)
    parser.add_argument(
        "--fetch-spider",
        action="store_true",
        help="download Spider's databases (206 MB) in the background if they are missing",
    )
    add_model(
        parser,
        several="; the first is the page's default, and visitors can choose those of further "
        f"--model as well; without the flag, {_MODEL_VARIABLE} names the default ",
    )
    _add_folders(parser)
    _add_limits(parser)
    _add_address(parser)


def _add_folders(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="folder of saved evaluations and training runs, for Inspect, Report and Train; "
        "visitors can choose the models that training runs left there (default: %(default)s)",
    )
    parser.add_argument(
        "--feedback",
        type=Path,
        default=os.environ.get("TEXT2SQL_FEEDBACK") or None,
        metavar="PATH",
        help="where to save visitors' feedback: a SQLite file such as said.db, or a folder such "
        "as said, with one file per entry, for disks that cannot lock files "
        "(default: TEXT2SQL_FEEDBACK, else feedback.db in the cache folder)",
    )


def _add_limits(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--evaluate",
        type=positive(int),
        nargs="?",
        const=100,
        default=0,
        metavar="QUESTIONS",
        help="let visitors evaluate the model in Inspect, on at most this many questions (100 "
        "without a number); their runs are saved in --runs (default: visitors cannot evaluate)",
    )
    parser.add_argument(
        "--forget-after",
        type=_minutes,
        default=30.0,
        metavar="MINUTES",
        help="delete visitors' uploads this many minutes after their last use (default: 30)",
    )


def _add_address(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        help="address to listen on; 0.0.0.0 lets other machines in (default: %(default)s)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("GRADIO_SERVER_PORT"),
        metavar="N",
        help="port to listen on (default: 7860, or the next that is free)",
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ArgumentTypeError(f"{text!r} is not a port; choose one from 1 to 65535")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes < math.inf:
        raise ArgumentTypeError(f"{text!r} is not a time in minutes; write a number such as 30")
    return minutes


def run(args: Namespace) -> int:
    """Return 0 after Ctrl-C."""
    from text2sql.ui.port import FIRST, free_port

    port = free_port(args.host, args.port)
    if args.port is None and port != FIRST:
        print(f"Port {FIRST} is busy, so this is port {port}; --port chooses another.")
    from text2sql.databases import Catalog
    from text2sql.ui.demo import build_demo
    from text2sql.ui.launch import launch
    from text2sql.uploads.store import UploadStore

    catalog = Catalog.open(args.spider_dir, args.sqlite)
    for problem in catalog.problems.values():
        print(f"text2sql: {problem}", file=sys.stderr)
    text2sql, *others = _served(args)
    spider = _fetch_spider(args, catalog)
    if _on_space():
        _prepare_to_borrow(text2sql)
    feedback = _feedback(args)
    store = UploadStore(idle_s=60.0 * args.forget_after)
    demo = build_demo(text2sql, catalog, args.runs, spider, others, feedback, store, args.evaluate)
    launch(demo, store, args.host, port)
    shown = "127.0.0.1" if args.host == "0.0.0.0" else args.host
    print(f"The page is at http://{shown}:{port} (Ctrl-C stops it).", flush=True)
    threading.Thread(target=_warm, args=(text2sql,), daemon=True).start()
    demo.block_thread()
    return 0


def _served(args: Namespace) -> list[Text2SQL]:
    """The models of the page: those of --model, the usual ones, and those of training runs."""
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.generators.trained import trained_models

    default = os.environ.get(_MODEL_VARIABLE, "pocket")
    first = [Text2SQL(model) for model in find_models(args, default)]
    names = [model.name for model in first]
    usual = [name for name in _MODELS if name not in names]
    given = {Path(name).absolute() for name in names}
    trained = [
        choice
        for choice in trained_models(args.runs, [*names, *usual])
        if Path(choice.model).absolute() not in given
    ]
    return [*first, *map(Text2SQL, usual), *map(Text2SQL, trained)]


def _fetch_spider(args: Namespace, catalog: Catalog) -> SpiderFetch | None:
    """Spider on its way into ``catalog``; None where it is here, or nobody asked for it."""
    if not (args.fetch_spider or _on_space()) or "Spider" in catalog.groups():
        return None
    from text2sql.download.background import SpiderFetch

    fetch = SpiderFetch(catalog)
    fetch.start()
    return fetch


def _feedback(args: Namespace) -> FeedbackStore:
    """Where feedback goes; a Space without a place that was named loses it when it restarts."""
    from text2sql.feedback import open_feedback

    feedback = open_feedback(args.feedback)
    feedback.lasts = args.feedback is not None or not _on_space()
    return feedback


def _prepare_to_borrow(text2sql: Text2SQL) -> None:
    """Let ZeroGPU find, when the page starts, what it lends to and the weights it is to keep."""
    from text2sql.generators import accelerator

    if accelerator.borrows():
        _warm(text2sql)


def _on_space() -> bool:
    """Whether this runs on a Space of Hugging Face."""
    return bool(os.environ.get("SPACE_ID"))


def _warm(text2sql: Text2SQL) -> None:
    """Load the model while the page already runs, so that the first question is fast."""
    try:
        _ = text2sql.generator
    except Text2SQLError as error:
        print(f"text2sql: {error}", file=sys.stderr, flush=True)
