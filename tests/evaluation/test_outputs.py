import pytest

from text2sql.databases import Catalog
from text2sql.evaluation.outputs import is_repetitive, output_kind
from text2sql.sandbox import Failure, Limits, QueryResult, run_query

FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.mark.parametrize(
    ("sql", "kind"),
    [("SELECT 1", "ok"), ("SELECT nope", "invalid"), (" ", "empty"), (FOREVER, "timed_out")],
)
def test_an_output_is_of_one_kind(catalog: Catalog, sql: str, kind: str) -> None:
    limits = Limits(timeout_s=0.2)
    assert output_kind(sql, run_query(catalog.get("music"), sql, limits)) == kind


def test_what_was_not_run_is_taken_as_written() -> None:
    assert output_kind("SELECT nope", None) == "ok"
    assert output_kind("", QueryResult((), (), False, 0.0, Failure("empty", "No SQL."))) == "empty"


@pytest.mark.parametrize(
    ("sql", "repetitive"),
    [
        ("SELECT a FROM t GROUP BY x GROUP BY x", True),
        ("SELECT a FROM t WHERE a = 1 AND a = 1 AND a = 1", True),
        ("SELECT a FROM t WHERE a IN (SELECT a FROM t WHERE a IN (SELECT b FROM u))", False),
        ("SELECT max(a) , min(a) FROM t", False),
        ("SELECT a FROM t UNION SELECT a FROM u", False),
        ("SELECT a", False),
        ("", False),
    ],
)
def test_a_loop_is_three_words_or_more_that_come_again_at_once(sql: str, repetitive: bool) -> None:
    assert is_repetitive(sql) is repetitive


def test_a_very_long_output_is_no_burden() -> None:
    assert not is_repetitive(" ".join(str(n) for n in range(3000)))
