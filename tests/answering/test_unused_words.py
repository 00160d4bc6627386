"""The words of a question that its answer does not use."""

from __future__ import annotations

import pytest

from text2sql.answering.unused_words import unused_words
from text2sql.databases import Catalog
from text2sql.linking.cell_index import cell_index
from text2sql.query.explanation import explanation

SCHOOL = Catalog.open().get("school")


@pytest.mark.parametrize(
    ("question", "sql", "words"),
    [
        ("Who teaches physics to class 10A?",
         'SELECT "Full Name" FROM Teachers WHERE TeacherNo IN (SELECT TeacherNo FROM Lessons)',
         ("physics", "class")),
        ("Who teaches physics?",
         """SELECT T1."Full Name" FROM Teachers AS T1 JOIN Lessons AS T2 ON T1.TeacherNo =
         T2.TeacherNo JOIN Subjects AS T3 ON T2.SubjectNo = T3.SubjectNo
         WHERE T3.Subject = 'Physics'""", ()),
        ("Which classes have somebody in the chess club but nobody in the choir?",
         "SELECT Class FROM Classes WHERE Class NOT IN (SELECT ClubNo FROM Clubs)",
         ("chess", "choir")),
        ("How wonderful is the longest class, altogether?", "SELECT count(*) FROM Classes", ()),
    ],
)  # fmt: skip
def test_words_are_named_that_the_database_has_and_the_query_has_not(
    question: str, sql: str, words: tuple[str, ...]
) -> None:
    schema = SCHOOL.schema
    reading = explanation(sql, schema)
    assert unused_words(question, sql, reading, schema, cell_index(SCHOOL)) == words
