"""No text can become HTML unescaped: the source of everything that writes HTML is read for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import Markup

from text2sql.ui.html import html

ROOT = Path(__file__).parents[2]
WRITERS = sorted(
    [
        *(ROOT / "text2sql" / "ui").rglob("*.py"),
        *(ROOT / "text2sql" / "evaluation" / "report").rglob("*.py"),
    ]
)
#: The scripts and styles of the project itself.
OWN_FILES = {"text2sql/ui/theme.py"}
_TAG = re.compile(r"<[/!]?[a-zA-Z]|\w=[\"']?$|^\s*[\"']?/?>")


def faults(source: str) -> Iterator[str]:
    """Where HTML is written outside ``Markup("...")``, or made of anything but a literal."""
    tree = ast.parse(source)
    inside = {id(part) for call in _markups(tree) for part in call.args}
    inside |= {id(text) for text in _docstrings(tree)}
    for call in _markups(tree):
        if not all(isinstance(part, ast.Constant) for part in call.args):
            yield f"line {call.lineno}: Markup of something that is no literal"
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and _TAG.search(text) and id(node) not in inside:
            yield f"line {node.lineno}: HTML outside Markup: {text[:40]!r}"


def _markups(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Markup":
            yield node


def _docstrings(tree: ast.AST) -> Iterator[ast.expr]:
    yield from (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))


@pytest.mark.parametrize("file", WRITERS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_html_is_written_as_markup_and_nothing_else(file: Path) -> None:
    found = list(faults(file.read_text("utf-8")))
    own = file.relative_to(ROOT).as_posix() in OWN_FILES
    assert [fault for fault in found if not (own and "no literal" in fault)] == []


@pytest.mark.parametrize(
    "source",
    [
        'f"<p>{text}</p>"',
        '"<p>" + text + "</p>"',
        '"<p>%s</p>" % text',
        '"<p>{}</p>".format(text)',
        '"".join(["<p>", text, "</p>"])',
        'f"<img alt={text}>"',
        "f'{name}=\"{value}\">'",
        "Markup(text)",
        'Markup(f"<p>{text}</p>")',
        'Markup("<p>" + text)',
        "markupsafe.Markup(text)",
    ],
)
def test_each_way_to_put_html_together_by_hand_is_found(source: str) -> None:
    assert list(faults(source)) != []


def test_html_is_shown_in_places_that_escape_what_is_no_markup() -> None:
    users = [
        file.relative_to(ROOT).as_posix() for file in WRITERS if "gr.HTML(" in file.read_text()
    ]
    assert users == ["text2sql/ui/html.py"]
    place = html(elem_id="place")
    assert place.postprocess("<script>") == "&lt;script&gt;"
    assert place.postprocess(Markup("<b>{}</b>").format("<i>")) == "<b>&lt;i&gt;</b>"
