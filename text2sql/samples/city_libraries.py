"""A city's libraries: books and their copies, who borrowed them, and what fines came of it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from text2sql.samples.days import day, days_after
from text2sql.samples.people import people
from text2sql.samples.sample import Question, Row, Rows, Sample

DDL = """
CREATE TABLE branches (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    district TEXT NOT NULL,
    opened_on DATE NOT NULL
);
CREATE TABLE authors (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    born INTEGER
);
CREATE TABLE books (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    genre TEXT NOT NULL,
    language TEXT NOT NULL,
    published INTEGER NOT NULL,
    pages INTEGER NOT NULL
);
CREATE TABLE copies (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL REFERENCES books (id),
    branch_id INTEGER NOT NULL REFERENCES branches (id),
    condition TEXT NOT NULL
);
CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    birth_year INTEGER NOT NULL,
    district TEXT NOT NULL,
    joined_on DATE NOT NULL,
    email TEXT
);
CREATE TABLE loans (
    id INTEGER PRIMARY KEY,
    copy_id INTEGER NOT NULL REFERENCES copies (id),
    member_id INTEGER NOT NULL REFERENCES members (id),
    borrowed_on DATE NOT NULL,
    due_on DATE NOT NULL,
    returned_on DATE
);
CREATE TABLE fines (
    id INTEGER PRIMARY KEY,
    loan_id INTEGER NOT NULL REFERENCES loans (id),
    amount REAL NOT NULL,
    paid_on DATE
);
"""

_BRANCHES = (
    ("Riverside", "Riverside", "1964-05-19"), ("Central Library", "Centre", "1911-10-02"),
    ("St. Olave's", "Old Harbour", "1938-03-07"), ("Université", "Campus", "1972-09-14"),
    ("Northgate", "Northgate", "2009-01-12"), ("Hilltop", "Hilltop", "1987-06-23"),
)  # fmt: skip
_DISTRICTS = ("Centre", "Riverside", "Old Harbour", "Campus", "Northgate", "Hilltop")
_LANGUAGES = ("English", "French", "German", "Spanish", "Polish")
_GENRES = ("Novel", "Crime", "Poetry", "History", "Science", "Children", "Travel")
_COUNTRIES = ("Ireland", "France", "Germany", "Mexico", "Poland", "Canada", "Nigeria", "Sweden")
_OPENINGS = ("The", "A", "My", "Beyond the", "Notes on the", "The Last", "Under the")
_QUALITIES = ("Crooked", "Patient", "Forgotten", "Seventh", "Winter", "Night", "Foreign", "Little",
              "Burning", "Painter's", "Glass", "Northern", "Unfinished", "Baker's")  # fmt: skip
_THINGS = ("House", "River", "Alphabet", "Garden", "Train", "Witness", "Lighthouse", "Orchard",
           "Promise", "Island", "Harvest", "Staircase", "Cathedral", "Frontier",
           "Season")  # fmt: skip
_FOREIGN = (
    ("L'Hiver à Quimper", "French"), ("Le Chant des écluses", "French"), ("D'une rive à l'autre",
    "French"),
    ("Der stille Garten", "German"), ("Über den Dächern", "German"), ("Die Brücke im Nebel",
    "German"),
    ("El año de la sequía", "Spanish"), ("Señales de humo", "Spanish"), ("Zimowy pociąg", "Polish"),
    ("Dom nad jeziorem", "Polish"), ("La Maison d'argile", "French"), ("Nachtzug nach Norden",
    "German"),
)  # fmt: skip


def make_rows(rng: random.Random) -> Rows:
    """6 branches, 48 authors, 190 books in 520 copies, 300 members, 2,400 loans, their fines."""
    crowd = people(rng)
    authors = [(i, next(crowd).full_name, rng.choice(_COUNTRIES), _born(rng)) for i in range(1, 49)]
    members = [_member(rng, i, next(crowd).full_name) for i in range(1, 301)]
    copies = [
        (
            number,
            number if number <= 190 else min(rng.randint(1, 190), rng.randint(1, 190)),
            rng.choices(range(1, 7), (5, 9, 4, 4, 3, 3))[0],
            rng.choices(("new", "good", "worn", "damaged"), (15, 52, 28, 5))[0],
        )
        for number in range(1, 521)
    ]
    loans = _loans(rng)
    return {
        "branches": [(i, *row) for i, row in enumerate(_BRANCHES, 1)],
        "authors": authors,
        "books": _books(rng),
        "copies": copies,
        "members": members,
        "loans": loans,
        "fines": _fines(rng, loans),
    }


def _born(rng: random.Random) -> int | None:
    return rng.randint(1890, 1990) if rng.random() < 0.9 else None


def _books(rng: random.Random) -> list[Row]:
    titles = [f"{a} {b} {c}" for a in _OPENINGS for b in _QUALITIES for c in _THINGS]
    chosen = [(title, "English") for title in rng.sample(titles, 190 - len(_FOREIGN))]
    chosen += _FOREIGN
    rng.shuffle(chosen)
    rows = []
    for number, (title, language) in enumerate(chosen, 1):
        genre = rng.choices(_GENRES, (34, 18, 9, 12, 9, 12, 6))[0]
        pages = rng.randint(24, 180) if genre in ("Poetry", "Children") else rng.randint(140, 760)
        author = min(rng.randint(1, 46), rng.randint(1, 46))  # the last two wrote nothing we hold
        rows.append((number, title, author, genre, language, rng.randint(1948, 2024), pages))
    return rows


def _member(rng: random.Random, number: int, name: str) -> Row:
    born, joined = rng.randint(1938, 2015), day(rng, "2015-01-02", "2023-12-30")
    if born > 2008:
        joined = day(rng, "2021-01-02", "2023-12-30")
    district = rng.choices(_DISTRICTS, (10, 8, 6, 6, 9, 4))[0]
    email = f"reader{number}@mail.example" if rng.random() < 0.72 else None
    return number, name, born, district, joined, email


def _loans(rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    days = sorted(day(rng, "2023-01-03", "2024-12-30") for _ in range(2400))
    popularity = [rng.uniform(0.2, 2) ** 2 for _ in range(520)]
    for number, when in enumerate(days, 1):
        returned = days_after(when, rng.choice((3, 6, 9, 12, 14, 18, 20, 21, 21, 26, 33, 47)))
        lost = returned > "2024-12-31" or rng.random() < 0.01
        copy = rng.choices(range(1, 521), popularity)[0]
        member = min(rng.randint(1, 287), rng.randint(1, 330))
        rows.append((number, copy, member, when, days_after(when, 21), None if lost else returned))
    return rows


def _fines(rng: random.Random, loans: Sequence[Row]) -> list[Row]:
    rows: list[Row] = []
    for number, _, _, _, due, returned in loans:
        if returned is not None and returned > due and rng.random() < 0.85:
            amount = rng.choice((1.5, 2.25, 3, 4.5, 6))
            paid = days_after(returned, rng.randint(0, 40)) if rng.random() < 0.8 else None
            rows.append((len(rows) + 1, number, amount, paid))
    return rows


QUESTIONS = (
    Question(
        "How many titles do we have in Polish?",
        "SELECT count(*) FROM books WHERE language = 'Polish'",
    ),
    Question(
        "How many loans have not been brought back yet?",
        "SELECT count(*) FROM loans WHERE returned_on IS NULL",
    ),
    Question("How much have we charged in fines altogether?", "SELECT sum(amount) FROM fines"),
    Question(
        "How many loans came back after they were due?",
        "SELECT count(*) FROM loans WHERE returned_on > due_on",
    ),
    Question(
        "Which library branch is the oldest?",
        "SELECT name FROM branches ORDER BY opened_on LIMIT 1",
    ),
    Question(
        "Who wrote L'Hiver à Quimper?",
        "SELECT T2.name FROM books AS T1 JOIN authors AS T2 ON T1.author_id = T2.id "
        "WHERE T1.title = 'L''Hiver à Quimper'",
    ),
    Question(
        "How many copies does each branch hold?",
        "SELECT T2.name, count(*) FROM copies AS T1 JOIN branches AS T2 "
        "ON T1.branch_id = T2.id GROUP BY T2.id",
    ),
    Question(
        "Show title and number of pages of the five thickest books.",
        "SELECT title, pages FROM books ORDER BY pages DESC LIMIT 5",
    ),
    Question(
        "Which crime books have the word night in the title?",
        "SELECT title FROM books WHERE genre = 'Crime' AND title LIKE '%night%'",
    ),
    Question(
        "How many different members borrowed something between 1 June and 31 August 2024?",
        "SELECT count(DISTINCT member_id) FROM loans "
        "WHERE borrowed_on BETWEEN '2024-06-01' AND '2024-08-31'",
    ),
    Question(
        "Which members have never borrowed anything?",
        "SELECT name FROM members WHERE id NOT IN (SELECT member_id FROM loans)",
    ),
    Question(
        "Which science books are thicker than the average crime book?",
        "SELECT title FROM books WHERE genre = 'Science' "
        "AND pages > (SELECT avg(pages) FROM books WHERE genre = 'Crime')",
    ),
    Question(
        "In which genre do we have the fewest books?",
        "SELECT genre FROM books GROUP BY genre ORDER BY count(*) LIMIT 1",
    ),
    Question(
        "How many books in French does the Central Library have copies of?",
        "SELECT count(DISTINCT T1.id) FROM books AS T1 JOIN copies AS T2 ON T1.id = T2.book_id "
        "JOIN branches AS T3 ON T2.branch_id = T3.id "
        "WHERE T1.language = 'French' AND T3.name = 'Central Library'",
    ),
    Question(
        "Who are the authors of at least eight of our books?",
        "SELECT T2.name FROM books AS T1 JOIN authors AS T2 ON T1.author_id = T2.id "
        "GROUP BY T2.id HAVING count(*) >= 8",
    ),
    Question(
        "Which book has been borrowed most often, and how many times?",
        "SELECT T3.title, count(*) FROM loans AS T1 JOIN copies AS T2 ON T1.copy_id = T2.id "
        "JOIN books AS T3 ON T2.book_id = T3.id GROUP BY T3.id ORDER BY count(*) DESC LIMIT 1",
    ),
    Question(
        "Which members have borrowed from both Hilltop and Northgate?",
        "SELECT T1.name FROM members AS T1 JOIN loans AS T2 ON T1.id = T2.member_id "
        "JOIN copies AS T3 ON T2.copy_id = T3.id JOIN branches AS T4 ON T3.branch_id = T4.id "
        "WHERE T4.name = 'Hilltop' INTERSECT SELECT T1.name FROM members AS T1 JOIN loans AS T2 "
        "ON T1.id = T2.member_id JOIN copies AS T3 ON T2.copy_id = T3.id "
        "JOIN branches AS T4 ON T3.branch_id = T4.id WHERE T4.name = 'Northgate'",
    ),
    Question(
        "Which member owes us the most in unpaid fines?",
        "SELECT T3.name FROM fines AS T1 JOIN loans AS T2 ON T1.loan_id = T2.id "
        "JOIN members AS T3 ON T2.member_id = T3.id WHERE T1.paid_on IS NULL "
        "GROUP BY T3.id ORDER BY sum(T1.amount) DESC LIMIT 1",
    ),
)

SAMPLE = Sample("city_libraries", DDL, make_rows, QUESTIONS, {"authors.born": "birth year"})
