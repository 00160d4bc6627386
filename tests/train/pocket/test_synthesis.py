"""Made-up questions and their queries."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from text2sql.databases import Database
from text2sql.errors import DataError
from text2sql.generators.pocket.ir import to_tokens
from text2sql.linking.cell_index import CellIndex
from text2sql.query.reading import read
from text2sql.sandbox import run_query
from train.pocket.corpus import Corpus, check_grammar
from train.pocket.synthesis import compose
from train.pocket.synthesis.children import without_needless_join
from train.pocket.synthesis.comparisons import comparison_phrase
from train.pocket.synthesis.compose import OF_LINKS, OF_THINGS
from train.pocket.synthesis.conditions import PhrasedCondition, Selection
from train.pocket.synthesis.groups import grouped
from train.pocket.synthesis.lists import random_order
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns, sentence
from train.pocket.synthesis.phrases import ask_for_names, count_condition
from train.pocket.synthesis.things import Attribute, Thing, bridges_of
from train.pocket.synthesis.things_in_database import things_of
from train.pocket.synthesis.three_tables import THREE_TABLES
from train.pocket.synthesis.vocabulary import superlatives, verb_of
from train.pocket.synthesis.wording import say, wordings

Subject = TypeVar("Subject")

_SCRIPT = """
CREATE TABLE city (
    id INTEGER PRIMARY KEY, name TEXT, country TEXT, size TEXT, population INTEGER,
    census_year INTEGER
);
CREATE TABLE driver (
    id INTEGER PRIMARY KEY, name TEXT, age INTEGER, licence TEXT, bonuses INTEGER,
    hire_date TEXT, birth_date TEXT, home_id INTEGER REFERENCES city (id)
);
CREATE TABLE car (
    id INTEGER PRIMARY KEY, name TEXT, color TEXT, country TEXT, price REAL, doors INTEGER,
    revenue INTEGER, model_year INTEGER, year_opened INTEGER, inspection_date TEXT, motto TEXT
);
CREATE TABLE trip (
    id INTEGER PRIMARY KEY, title TEXT, purpose TEXT, distance INTEGER,
    miles_paid INTEGER, income INTEGER, tolls INTEGER, start_date TEXT,
    driver_id INTEGER REFERENCES driver (id),
    car_id INTEGER REFERENCES car (id)
);
"""


_KINDS = {
    "country": ("Norway", "Chile", "Kenya"),
    "size": ("large", "small"),
    "licence": ("Standard", "Truck"),
    "color": ("red", "green", "blue"),
    "purpose": ("Freight", "Leisure", "School", "Summer Camp"),
}
_RANGES = {
    "population": (900, 90_000),
    "census_year": (1950, 2020),
    "age": (18, 70),
    "bonuses": (0, 9),
    "price": (5, 90),
    "doors": (2, 5),
    "revenue": (1000, 9000),
    "model_year": (1990, 2020),
    "year_opened": (1900, 1990),
    "distance": (5, 900),
    "miles_paid": (1, 50),
    "income": (1000, 5000),
    "tolls": (0, 7),
}


@pytest.fixture(scope="module")
def garage(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Four tables with columns of every sort, and three keys between them."""
    path, rng = tmp_path_factory.mktemp("garage") / "garage.sqlite", random.Random(0)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_SCRIPT)
        database = Database.from_sqlite(path)
        for table in database.schema.tables:
            columns = [column.name for column in table.columns]
            rows = [[_cell(column, row, rng) for column in columns] for row in range(20)]
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)
    return database


def _cell(column: str, row: int, rng: random.Random) -> object:
    if column == "id":
        return row
    if column.endswith("_id"):
        return rng.randrange(15)
    if column.endswith("_date"):
        return f"20{rng.randint(10, 23)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    if column in _KINDS:
        return rng.choice(_KINDS[column])
    if column in _RANGES:
        return rng.randint(*_RANGES[column])
    return "".join(rng.choices("bcdfgklmnprst", k=2) + rng.choices("aeiou", k=3)).title()


class RecordingRandom(random.Random):
    """A random generator that records every text it chose."""

    chosen: set[str]

    def choice(self, options: Sequence[Subject]) -> Subject:  # type: ignore[override]
        found = super().choice(options)
        if isinstance(found, str):
            self.chosen.add(found)
        return found


def _asked(
    subjects: Sequence[Subject], patterns: Patterns[Subject], rng: random.Random, rounds: int
) -> Iterator[tuple[str, MadeUpQuestion]]:
    for pattern, _ in patterns:
        for _ in range(rounds):
            asked = pattern(rng.choice(subjects), rng)
            if asked is not None:
                yield pattern.__name__, asked


def _every(database: Database, rng: random.Random, rounds: int) -> list[tuple[str, MadeUpQuestion]]:
    """Questions by every pattern, with the pattern's name."""
    things, links = things_of(database.schema, CellIndex.read(database))
    return [
        *_asked(things, OF_THINGS, rng, rounds),
        *_asked(links, OF_LINKS, rng, rounds),
        *_asked(bridges_of(links), THREE_TABLES, rng, rounds),
    ]


_PATTERNS = {p.__name__ for p, _ in OF_THINGS} | {p.__name__ for p, _ in (*OF_LINKS, *THREE_TABLES)}


@pytest.fixture(scope="module")
def every(garage: Database) -> list[tuple[str, MadeUpQuestion]]:
    return _every(garage, random.Random(1), 40)


def test_every_pattern_asks_something(every: list[tuple[str, MadeUpQuestion]]) -> None:
    assert {name for name, _ in every} == _PATTERNS


def test_every_query_is_in_the_language_of_the_model_and_runs(
    garage: Database, every: list[tuple[str, MadeUpQuestion]]
) -> None:
    for sql in {asked.sql for _, asked in every}:
        check_grammar(to_tokens(read(sql, garage.schema), garage.schema))
        assert run_query(garage, sql).error is None, sql


_LITERAL = re.compile(r"'([^']*)'|(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
_WORDS = {"1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "10": "ten"}


def _mentions(text: str, literal: str) -> bool:
    """Whether a text, a number, or the year of a date occurs in ``text`` in any of its forms."""
    plain = literal.strip("%").lower()
    if re.match(r"\d{4}(-\d\d|$)", plain):
        plain = plain[:4]
    return plain in text.lower().replace(",", "") or _WORDS.get(plain, "\0") in text.split()


def test_no_sentence_has_two_final_marks(every: list[tuple[str, MadeUpQuestion]]) -> None:
    said = [sentence(asked.text, random.Random(number)) for number, (_, asked) in enumerate(every)]
    assert [text for text in said if re.search(r"[.?!:,] ?[.?!]", text)] == []


def test_things_linked_to_several_others_count_once(
    every: list[tuple[str, MadeUpQuestion]], garage: Database
) -> None:
    counts = [a.sql for name, a in every if name == "of_some_far" and "count(" in a.sql]
    things = [re.sub(r"SELECT count\(.*?\) ", "SELECT DISTINCT T1.id ", sql) for sql in counts]
    assert len(set(counts)) > 3
    assert [run_query(garage, sql).rows[0][0] for sql in counts] == [
        len(run_query(garage, sql).rows) for sql in things
    ]


def test_groups_are_ordered_by_the_column_that_the_question_names(garage: Database) -> None:
    things, _ = things_of(garage.schema, CellIndex.read(garage))
    asked = _asked(things, ((grouped, 1),), random.Random(1), 800)
    texts = [a.text for _, a in asked]
    ordered = [re.split(r", (?:ordered|sorted) by | in order of the ", text) for text in texts]
    pairs = [parts for parts in ordered if len(parts) == 2]
    assert pairs
    assert [(b, noun) for b, noun in pairs if not re.search(rf"\b{noun}\b", b)] == []


def test_every_value_in_a_query_is_in_its_question(
    every: list[tuple[str, MadeUpQuestion]],
) -> None:
    for _, asked in every:
        for quoted, number in _LITERAL.findall(re.sub("LIMIT 1$", "", asked.sql)):
            assert _mentions(asked.text, quoted.replace(",", "") or number), asked


def test_every_column_that_is_checked_for_missing_values_is_in_the_question(
    garage: Database, every: list[tuple[str, MadeUpQuestion]]
) -> None:
    verbs = {"hire_date": ("hired", "taken on"), "start_date": ("begun",)}
    for _, asked in every:
        for column in re.findall(r"(\w+) IS (?:NOT )?NULL", asked.sql):
            said = (column.replace("_", " "), *verbs.get(column, ()))
            assert any(form in asked.text for form in said), asked


def test_every_wording_is_used_and_every_slot_is_filled(garage: Database) -> None:
    rng = RecordingRandom(2)
    rng.chosen = set()
    texts = [asked.text for _, asked in _every(garage, rng, 2500)]
    texts += [sentence(text, rng) for text in texts[::20]]
    assert [text for text in texts if "{" in text or "}" in text] == []
    assert {w for said in wordings().values() for w in said} - rng.chosen == set()


def test_a_wording_that_does_not_exist_names_its_key() -> None:
    with pytest.raises(DataError, match=r"has no wordings 'count\.al'; add them, or correct"):
        say(random.Random(0), "count.al", what="cars")


def test_an_unfilled_slot_is_an_error_with_every_seed() -> None:
    for seed in range(5):
        with pytest.raises(DataError, match=r"of 'far\.named' .* the slot 'far', which nothing"):
            say(random.Random(seed), "far.named", value="Oslo")


def test_the_same_seed_makes_up_the_same_questions(garage: Database) -> None:
    index = CellIndex.read(garage)
    first, again, other = (
        list(compose(garage.schema, index, 30, random.Random(seed))) for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_no_question_is_made_up_twice(garage: Database) -> None:
    made = list(compose(garage.schema, CellIndex.read(garage), 50, random.Random(5)))
    assert len({question.strip(".?!").lower() for question, _ in made}) == len(made) == 50


def test_questions_over_the_training_databases_are_in_the_language_of_the_model(
    corpus: Corpus,
) -> None:
    database, index = corpus.databases["singer"], corpus.indexes["singer"]
    for question, sql in compose(database.schema, index, 40, random.Random(6)):
        check_grammar(to_tokens(read(sql, database.schema), database.schema))
        assert question[0].isupper()


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE a (b TEXT, c INTEGER);",
        "CREATE TABLE car (id INTEGER PRIMARY KEY, name TEXT); "
        "CREATE TABLE trip (id INTEGER PRIMARY KEY, car_id INTEGER REFERENCES car (id));",
        "CREATE TABLE a (b TEXT); INSERT INTO a VALUES ('{what}'), ('100%'), (NULL);",
        'CREATE TABLE "odd name" ("the {x}" TEXT, "total" INTEGER, d TEXT); '
        "INSERT INTO \"odd name\" VALUES ('{a', 3, '2020-00-00'), ('b}', 4, '2021-01-02');",
    ],
    ids=["empty", "keys_without_rows", "one_column", "odd_names"],
)
def test_a_database_with_few_columns_or_odd_names_gives_only_queries_that_run(
    script: str, tmp_path: Path
) -> None:
    path = tmp_path / "poor.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(script)
    database = Database.from_sqlite(path)
    index = CellIndex.read(database)
    for _, sql in compose(database.schema, index, 60, random.Random(7)):
        assert run_query(database, sql).error is None, sql


def test_a_schema_without_cells_gives_questions(garage: Database) -> None:
    made = list(compose(garage.schema, CellIndex(), 5, random.Random(8)))
    assert len(made) == 5


def _thing(**columns: tuple[Attribute, ...]) -> Thing:
    empty: dict[str, tuple[Attribute, ...]] = dict.fromkeys(
        ("names", "kinds", "texts", "measures", "years", "dates"), ()
    )
    return Thing("driver", "driver", "drivers", "id", **(empty | columns))


def test_a_condition_that_is_not_in_the_text_is_left_out_of_the_query() -> None:
    red = PhrasedCondition(Attribute("color", "color"), "= 'red'", before="red")
    old = PhrasedCondition(Attribute("age", "age"), "> 30", after="whose age is over 30")
    some = Selection(_thing(), (red, old))
    assert str(some) == "red drivers whose age is over 30"
    assert some.sql_in("how many red drivers are there", "T1") == ["T1.color = 'red'"]


def test_clauses_follow_phrases_after_the_noun() -> None:
    known = PhrasedCondition(Attribute("age", "age"), "IS NULL", after="who have no age")
    here = PhrasedCondition(Attribute("city", "city"), "= 'Oslo'", after="in Oslo")
    some = Selection(_thing(), (known, here))
    assert (str(some), some.one) == (
        "drivers in Oslo who have no age",
        "driver in Oslo who has no age",
    )
    assert some.sql_in(f"any {some.one}") == ["age IS NULL", "city = 'Oslo'"]


def test_ages_are_not_added_up_and_amounts_are(every: list[tuple[str, MadeUpQuestion]]) -> None:
    summed = {c for _, asked in every for c in re.findall(r"sum\((?:T\d\.)?(\w+)\)", asked.sql)}
    assert "age" not in summed
    assert {"population", "revenue", "doors", "distance"} <= summed


def test_a_thing_is_called_by_its_name_rather_than_by_a_code_or_an_address(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE shop (id INTEGER PRIMARY KEY, shop_code TEXT, email_address TEXT, "
            "shop_name TEXT); INSERT INTO shop VALUES (1, 'A', 'a@b.example', 'Corner');"
            "CREATE TABLE buyer (id INTEGER PRIMARY KEY, buyer_last_name TEXT, "
            "buyer_first_name TEXT); INSERT INTO buyer VALUES (1, 'Moe', 'Ann');"
            "CREATE TABLE visit (id INTEGER PRIMARY KEY, visit_code TEXT, remarks TEXT);"
            "INSERT INTO visit VALUES (1, 'A', 'none');"
        )
    database = Database.from_sqlite(path)
    things, _ = things_of(database.schema, CellIndex.read(database))
    assert {thing.table: [name.column for name in thing.names] for thing in things} == {
        "shop": ["shop_name"],
        "buyer": ["buyer_first_name", "buyer_last_name"],
        "visit": [],
    }


def test_several_keys_between_the_same_two_tables_are_not_joined(tmp_path: Path) -> None:
    path = tmp_path / "flights.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE airport (id INTEGER PRIMARY KEY); CREATE TABLE flight ("
            "source INTEGER REFERENCES airport (id), target INTEGER REFERENCES airport (id));"
        )
    assert things_of(Database.from_sqlite(path).schema, CellIndex())[1] == []


@pytest.mark.parametrize(
    ("name", "is_time", "most", "least"),
    [
        ("ticket price", False, "most expensive", "cheapest"),
        ("area km 2", False, "largest", "smallest"),
        ("km", False, "longest", "shortest"),
        ("date of birth", True, "youngest", "oldest"),
        ("year", True, "newest", "oldest"),
    ],
)
def test_the_adjectives_of_a_column_come_from_its_name(
    name: str, is_time: bool, most: str, least: str
) -> None:
    pair = superlatives(name, is_time)
    assert pair is not None
    assert (pair.most[0], pair.least[0]) == (most, least)


def test_a_column_without_known_adjectives_has_none() -> None:
    assert superlatives("doors") is None


def test_the_verb_of_a_date_depends_on_whether_its_subject_is_a_person() -> None:
    rng = random.Random(0)
    assert verb_of("join date", rng, person=True) == "who joined"
    assert verb_of("join date", rng, person=False) == "that joined"
    assert verb_of("shipped at", rng, person=False) == "shipped"
    assert verb_of("motto", rng, person=False) is None


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("which cars are red", "?"),
        ("for each color, how many cars are there", "?"),
        ("Rent: what is its award?", "?"),
    ],
)
def test_a_question_ends_with_a_question_mark_or_a_full_stop(text: str, ends: str) -> None:
    assert {sentence(text, random.Random(seed))[-1] for seed in range(9)} <= {ends, "."}


def test_a_question_with_its_verb_before_its_subject_follows_a_colon() -> None:
    told = {sentence("how many cars do we have", random.Random(seed)) for seed in range(300)}
    assert told == {
        "How many cars do we have?",
        "Please tell me: how many cars do we have?",
        "Quick question: how many cars do we have?",
        "How many cars do we have, please?",
        "Hi, how many cars do we have?",
    }


_AGE = Attribute("age", "age", numbers=(20, 30))


@pytest.mark.parametrize(
    ("operator", "said"),
    [
        (">", {"who are older than 30", "whose age exceeds 30", "with an age above 30"}),
        ("<", {"who are younger than 30", "below age 30", "with an age under 30"}),
        (">=", {"who are not younger than 30", "whose age is not below 30"}),
        ("<=", {"who are not older than 30", "whose age is not higher than 30"}),
    ],
)
def test_a_comparison_uses_the_words_of_its_direction(operator: str, said: set[str]) -> None:
    rng, thing = random.Random(0), _thing(measures=(_AGE,))
    assert said <= {comparison_phrase(thing, _AGE, operator, 30, rng) for _ in range(3000)}


def test_no_wording_belongs_to_comparisons_of_two_directions() -> None:
    for key in ("compared", "amount", "than", "reaching", "counted", "year", "period"):
        said = [w for sign in ("<", ">", "<=", ">=") for w in wordings().get(f"{key}.{sign}", ())]
        assert len(said) == len(set(said)), key


def test_the_oldest_is_the_highest_age_and_the_earliest_birth() -> None:
    birth = Attribute("birth_date", "birth date", texts=("1990-01-01",))
    by_age, by_birth = _thing(measures=(_AGE,)), _thing(dates=(birth,))
    for seed in range(200):
        for thing, descends in ((by_age, True), (by_birth, False)):
            order = random_order(thing, random.Random(seed))
            assert order is not None
            if "oldest first" in order[0] or "from oldest" in order[0]:
                assert order[1].endswith(" DESC") == descends, order


def test_the_noun_after_more_than_one_is_singular() -> None:
    for number in (count_condition(random.Random(seed)) for seed in range(300)):
        assert number.is_one == (number.condition in ("> 1", "= 1"))


@pytest.mark.parametrize(
    ("sql", "short"),
    [
        (
            "SELECT count(*) FROM a AS T1 JOIN b AS T2 ON T1.b = T2.name WHERE T2.name = 'x'",
            "SELECT count(*) FROM a AS T1 WHERE T1.b = 'x'",
        ),
        (
            "SELECT T2.name_2 FROM a AS T1 JOIN b AS T2 ON T1.b = T2.name WHERE T2.name = 'x'",
            "SELECT T2.name_2 FROM a AS T1 JOIN b AS T2 ON T1.b = T2.name WHERE T2.name = 'x'",
        ),
    ],
    ids=["only_the_key_column", "another_column"],
)
def test_a_join_that_only_the_key_column_needs_is_dropped(sql: str, short: str) -> None:
    assert without_needless_join(sql, "T2") == short


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ("cars that have a roof", "which cars have a roof"),
        ("cars in Paris", "which are the cars in Paris"),
    ],
)
def test_which_turns_a_noun_phrase_into_a_question(what: str, asked: str) -> None:
    told = {ask_for_names(_thing(), random.Random(seed), what) for seed in range(200)}
    assert [text for text in told if text.startswith("which ")] == [asked]


def test_questions_about_an_empty_table_use_its_columns(garage: Database) -> None:
    made = {sql for _, sql in compose(garage.schema, CellIndex(), 400, random.Random(9))}
    for shape in (r"(sum|avg)\(\w+\) FROM", r"name FROM \w+ ORDER BY \w+( DESC)?", r"\w+id FROM"):
        assert any(re.match(f"SELECT {shape}", sql) for sql in made), shape
