"""Memoized functions with one bound in bytes, and every other cache of the package."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from text2sql.constraint.automaton import Automaton
from text2sql.constraint.cache import CACHE
from text2sql.memo import Memo, held_bytes
from text2sql.schema import Schema

_PACKAGE = Path(__file__).parents[1] / "text2sql"

#: Each cache that counts entries, and why that bounds its bytes, or why no stranger fills it.
_COUNTED = {
    "answering/conversation/following.py: lru_cache": "one entry, the bundled weights",
    "constraint/vocabulary.py: lru_cache": "one entry, a constant",
    "generators/pocket/pieces.py: lru_cache": "20,000 words of at most 30 characters: 20 MB",
    "generators/registry.py: OrderedDict": "4 GB of models, those used longest ago dropped first",
    "generators/registry.py: cache": "one entry, the families of models",
    "generators/registry.py: defaultdict": "models that the owner of the page names",
    "linking/words.py: lru_cache": "50,000 words of at most 30 characters: 10 MB",
    "memo.py: lru_cache": "emptied at the bound in bytes",
    "byte_cache.py: OrderedDict": "bounded in bytes",
    "metrics/test_suite.py: defaultdict": "locks of suites, which only commands make",
    "metrics/suite_builder.py: lru_cache": "commands only: two databases read",
    "metrics/test_suite.py: lru_cache": "commands only: 256 digests",
    "query/english_terms.py: cache": "the subqueries of one query, for as long as it is worded",
    "ui/ask/examples.py: cache": "one entry, the bundled samples",
    "ui/ask/waiting.py: WeakKeyDictionary": "tickets of questions that still run",
    "ui/library.py: OrderedDict": "1,000 choices of at most 200 keys, some hundred bytes each",
    "ui/visits.py: OrderedDict": "10,000 sessions, each with one token",
}
_CACHES = {"lru_cache", "cache", "OrderedDict", "WeakKeyDictionary", "WeakValueDictionary"}


def test_values_are_computed_once() -> None:
    computed: list[int] = []

    @Memo(10_000).keep
    def double(number: int) -> int:
        computed.append(number)
        return 2 * number

    assert ([double(n) for n in (1, 2, 1)], computed) == ([2, 4, 2], [1, 2])


def _count(kept: Any) -> int:
    return int(kept.cache_info().currsize)


def test_at_the_bound_everything_is_forgotten() -> None:
    memo = Memo(100_000)
    repeated = memo.keep(lambda number: str(number) * 1000)
    other = memo.keep(lambda text: text)
    other("kept for now")
    for number in range(1000, 1100):
        repeated(number)
        assert memo.size <= 100_000
    left = [_count(kept) for kept in (repeated, other)]
    assert (left[0] < 30, left[1]) == (True, 0)


def test_the_size_of_a_value_includes_what_it_holds_once() -> None:
    text = "x" * 1000
    alone = sys.getsizeof(text)
    assert held_bytes({"a": [text, (text,), {text}]}) - held_bytes({"a": ["", ("",), {""}]}) == (
        alone - sys.getsizeof("")
    )


def test_a_schema_with_long_names_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CACHE, "max_bytes", 3_000_000)
    names = ", ".join(f"{'column' * 10}{n}" for n in range(300))
    automaton = Automaton(Schema.from_text(f"first({names}) | second({names})"))
    for column in range(20):
        assert automaton.read(f"select {'column' * 10}{column}, {'column' * 10}1 from first where")
        assert CACHE.size <= 3_000_000
    CACHE.clear()


def _caches(file: Path) -> Iterator[str]:
    """The names of what keeps values in ``file``: calls, and decorators without a call."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        named = []
        if isinstance(node, ast.Call):
            named = [node.func]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            named = node.decorator_list
        for name in named:
            called = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
            if called in _CACHES or (called == "defaultdict" and _of_module(file, node)):
                yield f"{file.relative_to(_PACKAGE).as_posix()}: {called}"


def _of_module(file: Path, call: ast.AST) -> bool:
    """Whether the call stands outside of functions, so that its value lives on."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    outside = [node for node in body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return any(
        node.lineno <= getattr(call, "lineno", 0) <= (node.end_lineno or 0) for node in outside
    )


def test_every_cache_is_bounded_in_bytes_or_says_why_it_need_not_be() -> None:
    found = {name for file in _PACKAGE.rglob("*.py") for name in _caches(file)}
    assert found == set(_COUNTED)
