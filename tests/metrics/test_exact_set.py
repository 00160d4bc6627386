import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.metrics.conftest import Official
from text2sql.errors import QueryError
from text2sql.metrics import ExactSet, exact_set
from text2sql.metrics.exact_set import CLAUSES, ClauseMatch
from text2sql.schema import Schema

JOINED = "SELECT singer.name FROM singer JOIN song ON singer.id = song.singer_id"


def _failed(verdict: ExactSet) -> set[str]:
    return {clause for clause, score in verdict.partial.items() if not score.match}


@pytest.mark.parametrize(
    ("gold", "prediction"),
    [
        ("SELECT name, age FROM singer", "select AGE , Name from Singer"),
        (
            "SELECT name FROM singer WHERE age > 1 AND rank = 2",
            "SELECT name FROM singer WHERE rank = 3 AND age > 4",
        ),
        ("SELECT DISTINCT name FROM singer", "SELECT name FROM singer"),
        ("SELECT count(DISTINCT name) FROM singer", "SELECT count(name) FROM singer"),
        (JOINED, "SELECT T2.name FROM song AS T1 JOIN singer AS T2 ON T1.singer_id = T2.id"),
        (
            "SELECT name FROM singer ORDER BY age LIMIT 1",
            "SELECT name FROM singer ORDER BY age LIMIT 9",
        ),
    ],
)
def test_wording_order_values_and_distinct_do_not_count(
    schema: Schema, gold: str, prediction: str
) -> None:
    assert exact_set(gold, prediction, schema).match


@pytest.mark.parametrize(
    ("gold", "prediction", "clauses"),
    [
        ("SELECT name FROM singer", "SELECT age FROM singer", {"select", "select(no AGG)"}),
        ("SELECT max(age) FROM singer", "SELECT min(age) FROM singer", {"select"}),
        (
            "SELECT name FROM singer WHERE age > 1",
            "SELECT name FROM singer WHERE age >= 1",
            {"where"},
        ),
        (
            "SELECT name FROM singer WHERE age > 1",
            "SELECT name FROM singer",
            {"where", "where(no OP)", "keywords"},
        ),
        (
            "SELECT name FROM singer WHERE age > 1 AND rank = 1",
            "SELECT name FROM singer WHERE age > 1 OR rank = 1",
            {"and/or", "keywords"},
        ),
        (
            "SELECT country FROM singer GROUP BY country",
            "SELECT country FROM singer GROUP BY name",
            {"group(no Having)", "group"},
        ),
        (
            "SELECT country FROM singer GROUP BY country HAVING count(*) > 1",
            "SELECT country FROM singer GROUP BY country HAVING sum(age) > 1",
            {"group"},
        ),
        (
            "SELECT name FROM singer ORDER BY age",
            "SELECT name FROM singer ORDER BY age DESC",
            {"order", "keywords"},
        ),
        (
            "SELECT name FROM singer ORDER BY age",
            "SELECT name FROM singer ORDER BY age LIMIT 1",
            {"order", "keywords"},
        ),
        (
            "SELECT name FROM singer UNION SELECT title FROM song",
            "SELECT name FROM singer UNION SELECT id FROM song",
            {"IUEN"},
        ),
        (
            "SELECT name FROM singer UNION SELECT title FROM song",
            "SELECT name FROM singer EXCEPT SELECT title FROM song",
            {"IUEN", "keywords"},
        ),
        (
            "SELECT name FROM singer WHERE name LIKE 'a'",
            "SELECT name FROM singer WHERE name NOT LIKE 'a'",
            {"where", "keywords"},
        ),
    ],
)
def test_a_difference_fails_its_clause(
    schema: Schema, gold: str, prediction: str, clauses: set[str]
) -> None:
    verdict = exact_set(gold, prediction, schema)
    assert (verdict.match, _failed(verdict)) == (False, clauses)


def test_other_tables_fail_although_every_clause_agrees(schema: Schema) -> None:
    verdict = exact_set("SELECT count(*) FROM singer", "SELECT count(*) FROM song", schema)
    assert (verdict.match, _failed(verdict)) == (False, set())


def test_a_clause_says_which_side_has_it(schema: Schema) -> None:
    verdict = exact_set("SELECT name FROM singer WHERE age > 1", "SELECT name FROM singer", schema)
    assert verdict.partial["where"] == ClauseMatch(expected=True, predicted=False, match=False)
    assert tuple(verdict.partial) == CLAUSES


def test_an_unreadable_prediction_is_wrong_and_says_why(schema: Schema) -> None:
    verdict = exact_set("SELECT name FROM singer", "SELECT nme FROM singer", schema)
    assert (verdict.match, verdict.parsed, verdict.error) == (
        False,
        False,
        "There is no column 'nme' in the tables of this query.",
    )


def test_an_unreadable_gold_is_an_error(schema: Schema) -> None:
    with pytest.raises(QueryError):
        exact_set("SELECT nme FROM singer", "SELECT name FROM singer", schema)


QUIRKS = [
    (JOINED, "SELECT singer.name FROM singer JOIN song ON singer.rank = song.id"),
    (JOINED, "SELECT singer.name FROM singer JOIN song"),
    (
        "SELECT singer.id FROM singer JOIN song ON singer.id = song.singer_id",
        "SELECT song.singer_id FROM singer JOIN song ON singer.id = song.singer_id",
    ),
    (
        "SELECT count(*) FROM song WHERE song.id != song.cover_of",
        "SELECT count(*) FROM song WHERE song.cover_of != song.cover_of",
    ),
    ("SELECT name FROM singer WHERE age > rank", "SELECT name FROM singer WHERE age > id"),
    ("SELECT name FROM singer WHERE age > rank", "SELECT name FROM singer WHERE age > 1"),
    (
        "SELECT name FROM singer WHERE age > 1 AND rank = 1 OR id = 1",
        "SELECT name FROM singer WHERE age > 1 OR rank = 1 AND id = 1",
    ),
]


@pytest.mark.parametrize(("gold", "prediction"), QUIRKS)
def test_strict_turns_off_what_the_official_script_lets_pass(
    schema: Schema, gold: str, prediction: str
) -> None:
    verdicts = [
        exact_set(gold, prediction, schema, strict=strict).match for strict in (False, True)
    ]
    assert verdicts == [True, False]


@pytest.mark.parametrize(
    ("gold", "prediction"),
    [
        (JOINED, "SELECT T2.name FROM song AS T1 JOIN singer AS T2 ON T1.singer_id = T2.id"),
        (
            "SELECT name FROM singer WHERE age > 1 AND rank = 1 OR id = 1",
            "SELECT name FROM singer WHERE id = 1 OR rank = 2 AND age > 2",
        ),
        ("SELECT name FROM singer WHERE age = rank", "SELECT name FROM singer WHERE age = rank"),
    ],
)
def test_strict_still_ignores_order_and_values(schema: Schema, gold: str, prediction: str) -> None:
    assert exact_set(gold, prediction, schema, strict=True).match


@pytest.mark.parametrize(
    ("gold", "prediction", "same"),
    [
        ("SELECT id FROM singer WHERE age > 1", "SELECT id FROM singer WHERE age > 1.0", True),
        ("SELECT id FROM singer WHERE age > 1", "SELECT id FROM singer WHERE age > 2", False),
        ("SELECT id FROM singer WHERE name = 'a'", 'SELECT id FROM singer WHERE name = "a"', True),
        ("SELECT id FROM singer WHERE name = 'a'", "SELECT id FROM singer WHERE name = 'A'", False),
    ],
)
def test_values_count_on_request(schema: Schema, gold: str, prediction: str, same: bool) -> None:
    assert exact_set(gold, prediction, schema).match
    assert exact_set(gold, prediction, schema, values=True).match is same


def test_the_number_of_limit_counts_only_with_values_and_strict(schema: Schema) -> None:
    gold = "SELECT name FROM singer ORDER BY age LIMIT 1"
    prediction = gold.replace("1", "2")
    assert exact_set(gold, prediction, schema, values=True).match
    assert not exact_set(gold, prediction, schema, values=True, strict=True).match


@pytest.mark.parametrize("what", ["DISTINCT name", "count(DISTINCT name)"])
def test_distinct_counts_on_request(schema: Schema, what: str) -> None:
    gold = f"SELECT {what} FROM singer"
    prediction = gold.replace("DISTINCT ", "")
    assert exact_set(gold, prediction, schema).match
    assert not exact_set(gold, prediction, schema, distinct=True).match


_COLUMNS = st.sampled_from(["name", "country", "age", "rank", "id"])
_CONDITIONS = st.lists(
    st.tuples(
        _COLUMNS, st.sampled_from(["=", ">", "<", ">=", "<=", "!=", "LIKE"]), st.integers(0, 9)
    ),
    min_size=1,
    max_size=4,
)
_SELECTED = st.lists(
    st.tuples(st.sampled_from(["", "max", "min", "count", "sum", "avg"]), _COLUMNS),
    min_size=1,
    max_size=4,
)


def _sql(selected: list[tuple[str, str]], conditions: list[tuple[str, str, int]]) -> str:
    what = ", ".join(f"{a}({c})" if a else c for a, c in selected)
    return f"SELECT {what} FROM singer WHERE " + " AND ".join(
        f"{c} {o} {v}" for c, o, v in conditions
    )


@given(selected=_SELECTED, conditions=_CONDITIONS)
def test_a_query_matches_itself_under_every_rule(
    schema: Schema, selected: list[tuple[str, str]], conditions: list[tuple[str, str, int]]
) -> None:
    sql = _sql(selected, conditions)
    assert exact_set(sql, sql, schema, values=True, distinct=True, strict=True).match


@given(selected=_SELECTED, conditions=_CONDITIONS, data=st.data())
def test_the_order_of_select_and_where_does_not_count(
    schema: Schema,
    selected: list[tuple[str, str]],
    conditions: list[tuple[str, str, int]],
    data: st.DataObject,
) -> None:
    shuffled = _sql(data.draw(st.permutations(selected)), data.draw(st.permutations(conditions)))
    sql = _sql(selected, conditions)
    assert exact_set(sql, shuffled, schema, values=True, distinct=True, strict=True).match


@given(selected=_SELECTED, conditions=_CONDITIONS, others=_SELECTED, other_conditions=_CONDITIONS)
def test_anything_but_order_and_values_counts(
    schema: Schema,
    selected: list[tuple[str, str]],
    conditions: list[tuple[str, str, int]],
    others: list[tuple[str, str]],
    other_conditions: list[tuple[str, str, int]],
) -> None:
    verdict = exact_set(_sql(selected, conditions), _sql(others, other_conditions), schema)
    same_conditions = sorted(c[:2] for c in conditions) == sorted(c[:2] for c in other_conditions)
    assert verdict.match is (sorted(selected) == sorted(others) and same_conditions)


@given(selected=_SELECTED, conditions=_CONDITIONS, others=_SELECTED, other_conditions=_CONDITIONS)
def test_match_is_symmetric_and_strict_never_adds_one(
    schema: Schema,
    selected: list[tuple[str, str]],
    conditions: list[tuple[str, str, int]],
    others: list[tuple[str, str]],
    other_conditions: list[tuple[str, str, int]],
) -> None:
    one, two = _sql(selected, conditions), _sql(others, other_conditions)
    match = exact_set(one, two, schema).match
    assert exact_set(two, one, schema).match is match
    assert match or not exact_set(one, two, schema, strict=True).match


def test_it_agrees_with_the_official_script_on_every_row(official: Official) -> None:
    wrong = [
        row["pred"]
        for row in official.rows
        if exact_set(row["gold"], row["pred"], official.schemas[row["db_id"]]).match
        != row["exact_set"]
    ]
    assert wrong == []


def test_every_gold_matches_itself(official: Official) -> None:
    rules = {"values": True, "distinct": True, "strict": True}
    wrong = [
        row["gold"]
        for row in official.rows
        if not exact_set(row["gold"], row["gold"], official.schemas[row["db_id"]], **rules).match
    ]
    assert wrong == []


def test_a_strict_match_is_always_a_match(official: Official) -> None:
    wrong = [
        row["pred"]
        for row in official.rows
        if exact_set(row["gold"], row["pred"], official.schemas[row["db_id"]], strict=True).match
        and not row["exact_set"]
    ]
    assert wrong == []
