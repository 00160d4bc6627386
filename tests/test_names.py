"""One word for one thing: no two classes of the product have one name, but for the listed ones."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

#: Names that two modules define, because they mean the same thing there.
SHARED = {
    "CellValue": "what a cell holds, in random databases and in those made for training",
    "Row": "the cells of a row; the sandbox's worker imports as little as it can",
    "Scope": "the names that a SELECT may use, in the query tree and in sqlglot's tree",
    "Source": "an entry of FROM, in Spider's fragment and in sqlglot's tree",
}


def named(tree: ast.Module) -> Iterator[str]:
    """The classes that a module defines, without their underscore, and its public type aliases."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name.lstrip("_")
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, value = node.target.id, node.value
        else:
            continue
        variable = isinstance(value, ast.Call) and "TypeVar" in ast.unparse(value.func)
        if name[0].isupper() and not name.isupper() and not variable:
            yield name


def test_a_class_or_type_has_a_name_of_its_own() -> None:
    places = defaultdict(list)
    for folder in ("text2sql", "train", "spaces", "examples"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for name in named(ast.parse(file.read_text(encoding="utf-8"))):
                places[name].append(file.relative_to(ROOT).as_posix())
    assert {name: files for name, files in places.items() if len(files) > 1} == {
        name: places[name] for name in SHARED
    }
