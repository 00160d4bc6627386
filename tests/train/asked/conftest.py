"""A database in the form of the data set's files."""

from __future__ import annotations

from typing import Any

import pytest

from train.asked.dataset import AskedDatabase


def content() -> dict[str, Any]:
    """A choir of three singers and its rehearsals."""
    return {
        "db_id": "choir",
        "about": "A choir.",
        "ddl": [
            "CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, joined TEXT, left_on TEXT)",
            'CREATE TABLE "sung at" (singer INTEGER REFERENCES singer, held TEXT, fee REAL)',
        ],
        "fill": {
            "singer": {
                "rows": 3,
                "columns": {
                    "id": ["serial"],
                    "name": ["unique", ["Ada", "Bo", "Cy"]],
                    "joined": ["date", "2020-01-01", "2020-12-31"],
                    "left_on": ["null", 0.5, ["after", "joined", 1, 9]],
                },
            },
            "sung at": {
                "rows": 20,
                "columns": {
                    "singer": ["ref", "singer.id"],
                    "held": ["datetime", "2021-01-01", "2021-02-01"],
                    "fee": ["float", 1, 2],
                },
            },
        },
        "questions": [
            {"question": ["How many singers?", "singers, number"], "query": "SELECT 3"},
            {
                "question": "Who sings?",
                "query": "SELECT name FROM singer",
                "golds": ["SELECT name FROM singer WHERE id > 0"],
            },
        ],
        "unanswerable": ["Who plays the piano?"],
    }


@pytest.fixture
def choir() -> AskedDatabase:
    return AskedDatabase(content())
