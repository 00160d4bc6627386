"""Three small databases, and 57 questions whose words are easily misread, asked over each.

A question and its gold queries are templates: ``{t}`` is the table of the database, ``{n}`` its
singular, and so on, as ``WORDS`` says. Of every table some row lacks what it is ordered by.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MEANINGS", "WORDS", "Meaning", "make_database"]

#: What a template calls: table and its singular, key, columns of names, births, numbers kept as
#: text and countries, in the schema (capitals) and in a question; then the second table, its
#: column of kinds with three of them, of days and of amounts.
WORDS = {
    "academy": {
        "T": "students", "t": "students", "n": "student", "K": "student_id", "N": "name",
        "B": "birth_date", "b": "birth date", "S": "height", "s": "height", "C": "country",
        "most": "tallest", "least": "shortest",
        "U": "lessons", "us": "lessons", "u": "lesson", "kind": "subject",
        "k1": "Piano", "k2": "Violin", "k3": "Cello", "k4": "Drums",
        "D": "taught_on", "A": "price", "unit": " cm",
    },
    "zoo": {
        "T": "animals", "t": "animals", "n": "animal", "K": "animal_id", "N": "name",
        "B": "birth_year", "b": "birth year", "S": "weight", "s": "weight", "C": "country",
        "most": "heaviest", "least": "lightest",
        "U": "feedings", "us": "feedings", "u": "feeding", "kind": "food",
        "k1": "Hay", "k2": "Fish", "k3": "Fruit", "k4": "Meat",
        "D": "fed_on", "A": "cost", "unit": " kg",
    },
    "fleet": {
        "T": "drivers", "t": "drivers", "n": "driver", "K": "driver_id", "N": "full_name",
        "B": "date_of_birth", "b": "date of birth", "S": "salary", "s": "salary", "C": "country",
        "most": "best paid", "least": "worst paid",
        "U": "tickets", "us": "tickets", "u": "ticket", "kind": "offence",
        "k1": "Speeding", "k2": "Parking", "k3": "Phone", "k4": "Lights",
        "D": "issued_on", "A": "fine", "unit": "",
    },
}  # fmt: skip

_PEOPLE = [
    ("Bruno", "1978-04-02", 110, "Brazil"),
    ("Alma", "1991-09-30", 95, "Chile"),
    ("Ines", "1964-12-11", 1010, "Peru"),
    ("Kofi", None, 120, "Kenya"),
    ("Yuki", "2003-02-17", 88, "Japan"),
    ("Davi", "1999-06-05", 104, "Brazil"),
    ("Rosa", "1985-01-23", 99, "Peru"),
    ("Tomas", "1971-08-19", 215, "Chile"),
    ("Lia", "2001-10-08", 130, "Brazil"),
    ("Oto", "1959-03-27", 1002, "Kenya"),
]
_DAYS = [
    "'2024-05-03'", "'2024-05-03'", "'2024-04-28'", "'2024-05-05'", "'2023-11-20'", "NULL",
    "date('now', 'start of month', '-1 month', '+3 days')",
    "date('now', 'start of month', '-1 month', '+20 days')",
    "date('now', 'start of month')", "'2024-05-01'", "'2022-07-07'", "'2024-06-14'",
]  # fmt: skip
_AMOUNTS = [40, 55, 35, 60, 25, None, 70, 45, 30, 90, 65, 50]
_KINDS = ["k1", "k2", "k3", "k4", "k1", "k2", "k1", "k4", "k3", "k1", "k2", "k4"]
_OWNERS = [1, 2, 2, 3, 5, 5, 5, 6, 8, 9, 9, 9]


def make_database(name: str, folder: Path) -> Path:
    """Write one of the three databases; its days are some in 2024, and some near today."""
    word, path = WORDS[name], folder / f"{name}.sqlite"
    year = word["B"] == "birth_year"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE {T} ({K} INTEGER PRIMARY KEY, {N} TEXT, {B} {births}, {S} TEXT, {C} TEXT)"
            .format(**word, births="INTEGER" if year else "DATE")
        )  # fmt: skip
        connection.execute(
            "CREATE TABLE {U} ({u}_id INTEGER PRIMARY KEY, {K} INTEGER REFERENCES {T} ({K}), "
            "{kind} TEXT, {D} DATE, {A} INTEGER)".format(**word)
        )
        for key, (called, birth, size, country) in enumerate(_PEOPLE, 1):
            born = int(birth[:4]) if year and birth else birth
            connection.execute(
                f"INSERT INTO {word['T']} VALUES (?, ?, ?, ?, ?)",
                (key, called, born, f"{size}{word['unit']}", country),
            )
        rows = zip(_OWNERS, _KINDS, _DAYS, _AMOUNTS, strict=True)
        for key, (owner, kind, day, amount) in enumerate(rows, 1):
            connection.execute(
                f"INSERT INTO {word['U']} VALUES (?, ?, ?, {day}, ?)",
                (key, owner, word[kind], amount),
            )
    return path


@dataclass(frozen=True)
class Meaning:
    """A question with the queries that give the right rows; ``ordered`` if their order counts."""

    kind: str
    question: str
    golds: tuple[str, ...]
    ordered: bool = False


def _oldest(question: str, gold: str, *more: str, ordered: bool = False) -> Meaning:
    return Meaning("oldest", question, (gold, *more), ordered)


_OLD = "FROM {T} WHERE {B} NOT NULL ORDER BY {B}"
_YOUNG = "FROM {T} ORDER BY {B} DESC"
_KNOWN = "FROM {T} WHERE {B} NOT NULL ORDER BY {B} DESC"
_LAST_MONTH = "strftime('%Y-%m', {D}) = strftime('%Y-%m', 'now', 'start of month', '-1 month')"
_NUMBER = "CAST({S} AS REAL)"

MEANINGS = [
    _oldest("Who is the oldest {n}?", f"SELECT {{N}} {_OLD} LIMIT 1"),
    _oldest("Who is the youngest {n}?", f"SELECT {{N}} {_YOUNG} LIMIT 1"),
    _oldest("Which {n} is the oldest?", f"SELECT {{N}} {_OLD} LIMIT 1"),
    _oldest("Which {n} is the youngest?", f"SELECT {{N}} {_YOUNG} LIMIT 1"),
    _oldest("What is the name of the oldest {n}?", f"SELECT {{N}} {_OLD} LIMIT 1"),
    _oldest("Show the name of the youngest {n}.", f"SELECT {{N}} {_YOUNG} LIMIT 1"),
    _oldest("Name the three oldest {t}.", f"SELECT {{N}} {_OLD} LIMIT 3"),
    _oldest("Who are the two youngest {t}?", f"SELECT {{N}} {_YOUNG} LIMIT 2"),
    _oldest("Who is the oldest {n} from Brazil?",
            "SELECT {N} FROM {T} WHERE {C} = 'Brazil' ORDER BY {B} LIMIT 1"),
    _oldest("Who is the youngest {n} from Chile?",
            "SELECT {N} FROM {T} WHERE {C} = 'Chile' ORDER BY {B} DESC LIMIT 1"),
    _oldest("Which country is the oldest {n} from?", f"SELECT {{C}} {_OLD} LIMIT 1"),
    _oldest("What is the country of the youngest {n}?", f"SELECT {{C}} {_YOUNG} LIMIT 1"),
    _oldest("What is the {b} of the oldest {n}?", "SELECT min({B}) FROM {T}"),
    _oldest("What is the {b} of the youngest {n}?", "SELECT max({B}) FROM {T}"),
    _oldest("List the names of the {t} from oldest to youngest.", f"SELECT {{N}} {_OLD}",
            "SELECT {N} FROM {T} ORDER BY {B} IS NULL, {B}", ordered=True),
    _oldest("List the names of the {t}, youngest first.", f"SELECT {{N}} {_YOUNG}",
            f"SELECT {{N}} {_KNOWN}", ordered=True),
    _oldest("Show the name and country of the oldest {n}.", f"SELECT {{N}}, {{C}} {_OLD} LIMIT 1"),

    Meaning("number as text", "Who is the {most} {n}?",
            (f"SELECT {{N}} FROM {{T}} ORDER BY {_NUMBER} DESC LIMIT 1",)),
    Meaning("number as text", "Which {n} has the lowest {s}?",
            (f"SELECT {{N}} FROM {{T}} ORDER BY {_NUMBER} LIMIT 1",)),
    Meaning("number as text", "Which {t} have a {s} above 1000?",
            (f"SELECT {{N}} FROM {{T}} WHERE {_NUMBER} > 1000",)),
    Meaning("number as text", "How many {t} have a {s} under 100?",
            (f"SELECT count(*) FROM {{T}} WHERE {_NUMBER} < 100",)),
    Meaning("number as text", "List the names of the {t} by {s}, highest first.",
            (f"SELECT {{N}} FROM {{T}} ORDER BY {_NUMBER} DESC",), True),
    Meaning("number as text", "What is the highest {s}?",
            (f"SELECT max({_NUMBER}) FROM {{T}}",
             f"SELECT {{S}} FROM {{T}} ORDER BY {_NUMBER} DESC LIMIT 1")),

    Meaning("three values", "How many {t} are from Brazil, Chile or Peru?",
            ("SELECT count(*) FROM {T} WHERE {C} IN ('Brazil', 'Chile', 'Peru')",)),
    Meaning("three values", "List the names of the {t} from Brazil, Chile and Kenya.",
            ("SELECT {N} FROM {T} WHERE {C} IN ('Brazil', 'Chile', 'Kenya')",)),
    Meaning("three values", "Which {t} are from Japan, Kenya or Peru?",
            ("SELECT {N} FROM {T} WHERE {C} IN ('Japan', 'Kenya', 'Peru')",)),
    Meaning("three values", "How many {us} have the {kind} {k2}, {k3} or {k4}?",
            ("SELECT count(*) FROM {U} WHERE {kind} IN ('{k2}', '{k3}', '{k4}')",)),

    Meaning("only", "Show the names of the {t}, only those from Brazil.",
            ("SELECT {N} FROM {T} WHERE {C} = 'Brazil'",)),
    Meaning("only", "List the names of only the {t} from Peru.",
            ("SELECT {N} FROM {T} WHERE {C} = 'Peru'",)),
    Meaning("only", "How many {us} are there, counting only those with the {kind} {k1}?",
            ("SELECT count(*) FROM {U} WHERE {kind} = '{k1}'",)),
    Meaning("only", "Provide a query only showing the {t} from Chile.",
            ("SELECT {N} FROM {T} WHERE {C} = 'Chile'",)),

    Meaning("extreme", "What is the {kind} of the {u} with the highest {A}?",
            ("SELECT {kind} FROM {U} ORDER BY {A} DESC LIMIT 1",)),
    Meaning("extreme", "Which {u} has the maximum {A}?",
            ("SELECT {u}_id FROM {U} ORDER BY {A} DESC LIMIT 1",
             "SELECT {kind} FROM {U} ORDER BY {A} DESC LIMIT 1")),
    Meaning("extreme", "How many {us} have a {A} above the average?",
            ("SELECT count(*) FROM {U} WHERE {A} > (SELECT avg({A}) FROM {U})",)),

    Meaning("one day", "How many {us} were on 2024-05-03?",
            ("SELECT count(*) FROM {U} WHERE {D} = '2024-05-03'",)),
    Meaning("one day", "What is the {kind} of the {us} of 5 May 2024?",
            ("SELECT {kind} FROM {U} WHERE {D} = '2024-05-05'",)),
    Meaning("one day", "How many {us} were between 1 May 2024 and 5 May 2024?",
            ("SELECT count(*) FROM {U} WHERE {D} BETWEEN '2024-05-01' AND '2024-05-05'",)),

    Meaning("either", "Show the names of the {t} from Brazil or Chile.",
            ("SELECT {N} FROM {T} WHERE {C} IN ('Brazil', 'Chile')",)),
    Meaning("either", "How many {us} have the {kind} {k1} or {k3}?",
            ("SELECT count(*) FROM {U} WHERE {kind} IN ('{k1}', '{k3}')",)),
    Meaning("either", "How many {t} are from Japan or Kenya?",
            ("SELECT count(*) FROM {T} WHERE {C} IN ('Japan', 'Kenya')",)),

    Meaning("sum", "What is the total {A} of all {us}?", ("SELECT sum({A}) FROM {U}",)),
    Meaning("sum", "How many {us} are there in total?", ("SELECT count(*) FROM {U}",)),
    Meaning("sum", "What is the total number of {t}?", ("SELECT count(*) FROM {T}",)),
    Meaning("sum", "What is the total {A} for each {kind}?",
            ("SELECT {kind}, sum({A}) FROM {U} GROUP BY {kind}",)),

    Meaning("all columns", "Show all {t}.", ("SELECT * FROM {T}",)),
    Meaning("all columns", "List all {us}.", ("SELECT * FROM {U}",)),
    Meaning("all columns", "Give me every {n}.", ("SELECT * FROM {T}",)),
    Meaning("all columns", "Show all {us} with the {kind} {k4}.",
            ("SELECT * FROM {U} WHERE {kind} = '{k4}'",)),

    Meaning("listed", "List the name, {b} and country of all {t}.",
            ("SELECT {N}, {B}, {C} FROM {T}",)),
    Meaning("listed", "Show the {kind} and {A} of each {u}.", ("SELECT {kind}, {A} FROM {U}",)),
    Meaning("listed", "What are the name, country and {s} of the {t} from Brazil?",
            ("SELECT {N}, {C}, {S} FROM {T} WHERE {C} = 'Brazil'",)),

    Meaning("relative time", "How many {us} were there last month?",
            (f"SELECT count(*) FROM {{U}} WHERE {_LAST_MONTH}",)),
    Meaning("relative time", "What is the total {A} of last month's {us}?",
            (f"SELECT sum({{A}}) FROM {{U}} WHERE {_LAST_MONTH}",)),
    Meaning("relative time", "How many {us} are there this month?",
            ("SELECT count(*) FROM {U} WHERE {D} >= date('now', 'start of month')",)),

    Meaning("no value first", "What is the {kind} of the {u} with the lowest {A}?",
            ("SELECT {kind} FROM {U} WHERE {A} NOT NULL ORDER BY {A} LIMIT 1",)),
    Meaning("no value first", "What is the {kind} of the earliest {u}?",
            ("SELECT {kind} FROM {U} WHERE {D} NOT NULL ORDER BY {D} LIMIT 1",)),
    Meaning("no value first", "List the {kind} and {A} of the three {us} with the lowest {A}.",
            ("SELECT {kind}, {A} FROM {U} WHERE {A} NOT NULL ORDER BY {A} LIMIT 3",)),
]  # fmt: skip
