"""Train a model from a recipe.

All flags are those of `python -m train`, whose help `text2sql train --help` shows.
"""

from __future__ import annotations

from argparse import REMAINDER, ArgumentParser, Namespace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from text2sql.errors import Text2SQLError

EXAMPLES = """
text2sql train --recipe tiny
text2sql train --recipe pocket --spider-dir ~/spider --out runs/pocket
text2sql train --recipe flan-t5-large-lora --spider-dir ~/spider --set epochs=3
"""
#: All flags, including --help, are passed on to the program that this starts.
PASSES_FLAGS_ON = True


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=REMAINDER, help="flags of python -m train")


def run(args: Namespace) -> int:
    """Run ``python -m train`` and return its status; this package must not import ``train``."""
    found = find_spec("train")
    beside = Path(__file__).resolve().parents[2] / "train" / "__init__.py"
    if found is None or found.origin is None or Path(found.origin).resolve() != beside:
        where = str(found.origin) if found else "nothing"
        raise Text2SQLError(
            f"Python finds {where!r} where the package train of text2sql should be; "
            "run this in another folder."
        )
    status: int = import_module("train.__main__").main(args.arguments)
    return status
