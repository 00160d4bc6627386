"""The entry point of ``python -m text2sql.benchmark``."""

from __future__ import annotations

import pkgutil
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module

from text2sql import benchmark
from text2sql.errors import Text2SQLError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark; print an error of this package as one line on standard error."""
    parser = ArgumentParser(
        prog="python -m text2sql.benchmark", description="Measure how fast and how accurate it is."
    )
    subparsers = parser.add_subparsers(dest="benchmark", metavar="NAME", required=True)
    for found in pkgutil.iter_modules(benchmark.__path__):
        if found.name == "__main__" or found.ispkg:
            continue
        module = import_module(f"{benchmark.__name__}.{found.name}")
        text = (module.__doc__ or "").strip()
        subparser = subparsers.add_parser(
            found.name,
            help=text.splitlines()[0],
            description=text,
            formatter_class=RawDescriptionHelpFormatter,
        )
        module.add_arguments(subparser)
        subparser.set_defaults(run=module.run)
    args = parser.parse_args(arguments)
    try:
        status: int = args.run(args)
    except Text2SQLError as error:
        print(f"text2sql: {error}", file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
