"""The header of the page and the text of its About tab."""

from __future__ import annotations

import ast

from text2sql.databases import Catalog
from text2sql.ui.about import text


def test_the_example_is_python_and_asks_a_database_that_is_there(catalog: Catalog) -> None:
    code = text(catalog).split("```python\n")[1].split("```")[0]
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    arguments = [[ast.literal_eval(a) for a in call.args] for call in calls[1:]]
    first = next(iter(catalog))
    question = catalog.examples(first.db_id)[0].question
    assert arguments == [
        [],
        [question, first.db_id],
        ["SELECT 1", first.db_id],
        ["SELECT 1", "SELECT 2", first.db_id],
    ]
