"""The command line: ``text2sql COMMAND``, with the commands in ``text2sql/commands``."""

from __future__ import annotations

import io
import os
import pkgutil
import sys
from argparse import ArgumentParser, HelpFormatter, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from text2sql import __version__, commands
from text2sql.atomic import is_disk_full
from text2sql.errors import Text2SQLError
from text2sql.extras import named_extra

__all__ = ["build_parser", "main"]

_EPILOG = """\
examples:
  text2sql serve                opens the page
  text2sql databases            lists the databases
  text2sql ask "How many doctors are there?" --db clinic
  text2sql COMMAND --help       explains a command

exit status: 0 success, 1 the SQL failed to run, 2 a mistake in the command or its files
"""


def _formatter(prog: str) -> HelpFormatter:
    return RawDescriptionHelpFormatter(prog, max_help_position=26)


def build_parser() -> ArgumentParser:
    """Build a parser with one subcommand for each module in ``text2sql.commands``."""
    parser = ArgumentParser(
        prog="text2sql",
        description="Ask a database in English: get SQL that ran, and its rows.",
        epilog=_EPILOG,
        formatter_class=_formatter,
    )
    parser.add_argument("--version", action="version", version=f"text2sql {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for found in pkgutil.iter_modules(commands.__path__):
        module = import_module(f"{commands.__name__}.{found.name}")
        text = (module.__doc__ or "").strip()
        examples = "\n  ".join(module.EXAMPLES.strip().splitlines())
        passes_flags_on = getattr(module, "PASSES_FLAGS_ON", False)
        subparser = subparsers.add_parser(
            found.name,
            help=text.splitlines()[0],
            description=text,
            epilog=f"examples:\n  {examples}",
            formatter_class=_formatter,
            add_help=not passes_flags_on,
            prefix_chars="\0" if passes_flags_on else "-",  # no flags: everything is an argument
        )
        module.add_arguments(subparser)
        subparser.set_defaults(run=module.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; print our own errors as one line on stderr."""
    # A terminal may lack characters of a database, and standard input may not be text.
    for stream, errors in (
        (sys.stdin, "replace"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
    args = build_parser().parse_args(arguments)
    try:
        with named_extra():
            status: int = args.run(args)
        sys.stdout.flush()
    except Text2SQLError as error:
        print(f"text2sql: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # such as `... | head`
        _drop_output()
        return 0
    except Exception as error:
        if not is_disk_full(error, Path.cwd()):
            raise
        print("text2sql: The disk is full; free some space and try again.", file=sys.stderr)
        _drop_output()
        return 2
    return status


def _drop_output() -> None:
    """Discard further output, so that flushing at exit does not fail as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
