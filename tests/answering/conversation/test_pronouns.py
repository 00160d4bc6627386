"""Words that look like pronouns, and the pronouns that refer to the answer before a question."""

from __future__ import annotations

import pytest

from text2sql.answering.conversation.following import Previous
from text2sql.answering.conversation.pronouns import kinds_in
from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.linking.keys import with_keys
from text2sql.linking.words import split_words


def pronouns(question: str) -> list[str]:
    words = [word.lower() for word in split_words(question)]
    kinds = kinds_in(words)
    return [word for word, of in zip(words, kinds, strict=True) if "pronoun" in of]


@pytest.mark.parametrize(
    "question",
    [
        "How many customers are there?", "Is there a plan for cats?", "There are how many halls",
        "there's no target for which trucks", "Can there be two captains",
        "What time is it?", "Is it possible to pay by card?", "Is it true that Bo won?",
        "How long does it take to Lyon?", "It is possible to sell",
        "patients that pay", "everything that's available",
        "the names of those who paid", "Of those that paid",
        "takings this year", "plays this season", "at least one bed", "one or more beds",
        "more than one genre", "exactly one child", "one bedroom flats",
        "each doctor", "pay for each month",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_pronoun_is_none(question: str) -> None:
    assert pronouns(question) == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("how many of them are there?", ["them"]), ("how many live there?", ["there"]),
        ("how many are there?", ["there"]), ("count how many there are", ["there"]),
        ("who was there", ["there"]),
        ("was it late", ["it"]), ("what time was it", ["it"]),
        ("how many are there in each", ["there", "each"]),
        ("who runs it", ["it"]), ("how far is it", ["it"]), ("is it organic", ["it"]),
        ("budget of that", ["that"]), ("sort that", ["that"]), ("after that one", ["that", "one"]),
        ("who finished that one", ["that", "one"]), ("in that year", ["that"]),
        ("only those who paid", ["those"]), ("those that failed", ["those"]),
        ("those in Oslo", ["those"]), ("which one sold best", ["one"]),
        ("the cheapest one", ["one"]), ("organic ones", ["ones"]),
        ("the average of each", ["each"]), ("how much did each sell", ["each"]),
        ("these doctors", ["these"]), ("their phone numbers", ["their"]),
    ],
)  # fmt: skip
def test_a_pronoun_is_one(question: str, found: list[str]) -> None:
    assert pronouns(question) == found


@pytest.mark.parametrize(
    ("name", "before", "question"),
    [
        ("bike_shop", "SELECT FullName FROM Customer WHERE City = 'York'",
         "How many customers are there?"),
        ("clinic", "SELECT last_name FROM patient WHERE city = 'Lyon'",
         "How many patients are there?"),
        ("film_festival", "SELECT Title FROM Film WHERE Genre = 'Drama'",
         "How many films are there?"),
        ("music_label", "SELECT stageName FROM artist WHERE genre = 'Jazz'",
         "How many artists are there?"),
        ("airline", "SELECT full_name FROM pilots WHERE base_code = 'LHR'",
         "How many pilots are there?"),
    ],
)  # fmt: skip
def test_how_many_there_are_of_a_table_asks_about_all_its_rows(
    name: str, before: str, question: str
) -> None:
    database = with_keys(Catalog.open().get(name))
    answer = Text2SQL().ask(question, database, after=Previous(before))
    assert (answer.follows, "WHERE" in answer.sql) == (False, False)


@pytest.mark.parametrize(
    ("name", "before", "question"),
    [
        ("bike_shop", "SELECT FullName FROM Customer WHERE City = 'York'",
         "how many of them are there?"),
        ("clinic", "SELECT last_name FROM patient WHERE city = 'Lyon'", "how many live there?"),
        ("film_festival", "SELECT Title FROM Film WHERE Genre = 'Drama'", "how many are there?"),
        ("airline", "SELECT full_name FROM pilots WHERE base_code = 'LHR'",
         "how many of those are there?"),
    ],
)  # fmt: skip
def test_how_many_there_are_of_them_counts_the_rows_before(
    name: str, before: str, question: str
) -> None:
    database = with_keys(Catalog.open().get(name))
    answer = Text2SQL().ask(question, database, after=Previous(before))
    assert answer.sql == f"SELECT count(*) {before[before.index('FROM') :]}"
