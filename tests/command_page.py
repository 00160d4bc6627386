"""Writes ``docs/commands.md``, every command with its flags: ``python -m tests.command_page``."""

from __future__ import annotations

import argparse
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from text2sql import benchmark
from text2sql.cli import build_parser
from train.__main__ import build_parser as build_train_parser

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
_HEAD = """# Every command and its flags

Written by `make docs` from what `--help` says.
"""


def page() -> str:
    """The page as it should be."""
    lines = [_HEAD]
    for name, parser in _commands().items():
        lines.append(f"\n## text2sql {name}\n\n{_text(parser)}\n")
        lines += _flags(build_train_parser() if name == "train" else parser)
    lines.append("\n# Benchmarks\n")
    for found in pkgutil.iter_modules(benchmark.__path__):
        if found.name == "__main__" or found.ispkg:
            continue
        module = import_module(f"{benchmark.__name__}.{found.name}")
        parser = argparse.ArgumentParser(description=(module.__doc__ or "").strip())
        module.add_arguments(parser)
        lines.append(f"\n## python -m text2sql.benchmark {found.name}\n\n{_text(parser)}\n")
        lines += _flags(parser)
    return "\n".join(lines) + "\n"


def _commands() -> dict[str, argparse.ArgumentParser]:
    actions = build_parser()._actions
    found = next(a for a in actions if isinstance(a, argparse._SubParsersAction))
    return dict(found.choices)


def _text(parser: argparse.ArgumentParser) -> str:
    text = parser.description or ""
    examples = (parser.epilog or "").strip().removeprefix("examples:").strip().splitlines()
    code = "\n".join(line.strip() for line in examples)
    return f"{text}\n\n```bash\n{code}\n```" if code else text


def _flags(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if action.dest == "help":
            continue
        named = ", ".join(action.option_strings) or action.dest
        value = ""
        if action.option_strings and action.nargs != 0:
            choices = "|".join(map(str, action.choices or ()))
            value = f" {choices or action.metavar or action.dest.upper()}"
        yield f"- `{named}{value}`: {(action.help or '') % vars(action)}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
