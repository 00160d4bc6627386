"""The choice among changes of the query before, a model's queries, and parts of them."""

from __future__ import annotations

from text2sql.answering.conversation.edits import as_select
from text2sql.answering.conversation.mentions import Question
from text2sql.answering.conversation.options import TurnOptions
from text2sql.answering.conversation.outcomes import Outcome, with_outcomes
from text2sql.answering.conversation.search import NEW, Change
from text2sql.databases import Catalog
from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import cell_index
from text2sql.query.nodes import Select
from text2sql.query.reading import read
from text2sql.sandbox import QueryResult

DATABASE = Catalog.open().get("clinic")
CLINIC = DATABASE.schema
LYON = "SELECT last_name FROM patient WHERE city = 'Lyon'"
WOMEN = f"{LYON} AND sex = 'F'"


def select(sql: str) -> Select:
    return as_select(read(sql, CLINIC))


def options(alone: str, whole: str, *changes: str) -> TurnOptions:
    found = [Change(select(sql), ("add =",)) for sql in changes]
    found.append(Change(select(LYON), (NEW,)))
    readings = {"alone": [Candidate(alone, -1.0)], "whole": [Candidate(whole, -1.0)]}
    question = Question.read("only the women", cell_index(DATABASE))
    return TurnOptions(select(LYON), found, readings, question, CLINIC)


def test_an_option_knows_every_source_that_gives_it() -> None:
    found = options("SELECT count(*) FROM patient WHERE sex = 'F'", WOMEN, WOMEN).found
    sources = {"change", "whole", "graft alone", "graft whole"}
    assert found[WOMEN].shares == dict.fromkeys(sources, 1.0)
    assert not found[WOMEN].new
    assert found["SELECT count(*) FROM patient WHERE sex = 'F'"].new


def test_what_a_change_adds_and_the_model_has_too_agrees_and_the_rest_is_missed() -> None:
    found = options("SELECT phone FROM patient WHERE sex = 'F'", LYON, WOMEN).found
    features = found[WOMEN].features
    assert features["alone agrees where"] == 1.0
    assert features["alone also show"] == 1.0
    assert "whole agrees where" not in features or features["whole agrees where"] == 0.0
    assert features["gained where"] == 1.0


def test_a_value_that_the_words_name_is_missed_and_one_that_they_do_not_name_is_strange() -> None:
    found = options(f"{LYON} AND sex = 'M'", f"{LYON} AND insurer = 'Ada'", WOMEN).found
    fits = {
        sql: (o.features["value unused"], o.features["value unsaid"]) for sql, o in found.items()
    }
    assert fits[WOMEN] == (0.0, 0.0)
    assert fits[f"{LYON} AND sex = 'M'"] == (1.0, 1.0)
    assert fits[f"{LYON} AND insurer = 'Ada'"] == (1.0, 1.0)


def test_the_kinds_of_words_stand_beside_what_an_option_adds_and_takes_away() -> None:
    features = options(LYON, WOMEN, WOMEN).found[WOMEN].features
    assert features["said only: gained where"] == 1.0
    assert "said only: lost where" not in features


def test_a_query_that_the_tree_cannot_hold_may_be_the_new_question() -> None:
    recursive = "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT i FROM n"
    assert options(recursive, LYON, WOMEN).found[recursive].new


def test_rows_that_several_sources_return_speak_for_a_query_and_a_failure_against_it() -> None:
    found = options("SELECT phone FROM patient", WOMEN, WOMEN).found
    one, other = found[WOMEN], found["SELECT phone FROM patient"]
    rows = QueryResult(("last_name",), (("Roux",),), False, 0.0)
    same, failed = with_outcomes([one, other], [Outcome.of(rows), None], Outcome.of(rows))
    assert (same["rows change"], same["rows whole"], same["rows are the same"]) == (1.0, 1.0, 1.0)
    assert failed["fails"] == 1.0
