"""Dialogues are read from a list, from lines, and from compressed lines."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from text2sql.errors import DataError
from text2sql.evaluation.dialogues import Dialogue, Pair, load_dialogues, pairs_of, unrelated_pairs
from text2sql.spider import Example

ENTRIES = [
    {"db_id": "shop", "turns": [
        {"question": "all customers", "query": "SELECT name FROM customer"},
        {"question": "only York", "query": "SELECT name FROM customer WHERE town = 'York'"},
    ]},
    {"db_id": "clinic", "turns": [{"question": "doctors", "query": "SELECT * FROM doctor"}]},
]  # fmt: skip
READ = [
    Dialogue(0, "shop", (
        Example("all customers", "SELECT name FROM customer", "shop"),
        Example("only York", "SELECT name FROM customer WHERE town = 'York'", "shop"),
    )),
    Dialogue(1, "clinic", (Example("doctors", "SELECT * FROM doctor", "clinic"),)),
]  # fmt: skip


@pytest.mark.parametrize("name", ["list.json", "lines.jsonl", "lines.jsonl.xz"])
def test_dialogues_are_read_in_each_form(tmp_path: Path, name: str) -> None:
    text = json.dumps(ENTRIES) if "list" in name else "\n".join(map(json.dumps, ENTRIES))
    raw = text.encode()
    (tmp_path / name).write_bytes(lzma.compress(raw) if name.endswith("xz") else raw)
    assert load_dialogues(tmp_path / name) == READ


def test_each_turn_comes_after_the_one_before_it_or_after_another_dialogue_of_its_database() -> (
    None
):
    shop, clinic = READ
    every, york = shop.turns
    assert list(pairs_of([shop, clinic, shop])) == [
        Pair(every, york),
        Pair(york, every, starts=True),
        Pair(every, york),
    ]


def test_single_questions_come_after_other_questions_about_their_database() -> None:
    shop = [Example(f"question {n}", f"SELECT {n // 2}", "shop") for n in range(40)]
    pairs = list(unrelated_pairs([*shop, Example("alone", "SELECT 1", "clinic")], each=6))
    assert len(pairs) == 6
    assert all(pair.starts for pair in pairs)
    assert [pair.turn for pair in pairs[:-1]] == [pair.before for pair in pairs[1:]]
    assert len({pairs[0].before.query, *(pair.turn.query for pair in pairs)}) == 7
    assert [pair.turn for pair in pairs] != shop[1:7]


@pytest.mark.parametrize("content", ["[1]", '[{"db_id": "shop"}]', "{", '{"turns": []}'])
def test_another_file_is_refused_with_the_form_that_is_read(tmp_path: Path, content: str) -> None:
    path = tmp_path / "dialogues.json"
    path.write_text(content)
    with pytest.raises(DataError, match=r"holds no dialogues .* each turn has a question and a qu"):
        load_dialogues(path)
    with pytest.raises(DataError, match="holds no dialogues"):
        load_dialogues(tmp_path / "nowhere.json.xz")
