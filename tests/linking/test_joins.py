"""Joins derived from keys and names."""

from text2sql.linking.joins import connect, join_keys
from text2sql.query import ColumnId, Join
from text2sql.schema import Column, ForeignKey, Schema, Table


def _table(name: str, *columns: str, key: int = 0) -> Table:
    return Table(
        name,
        tuple(
            Column(c, natural=c.replace("_", " "), primary_key=i == key)
            for i, c in enumerate(columns)
        ),
        name,
    )


def test_a_declared_key_joins() -> None:
    schema = Schema((_table("a", "id"), _table("b", "id", "other")), (ForeignKey(1, 1, 0, 0),))
    assert join_keys(schema, 0, 1) == (((0, 1),),)
    assert join_keys(schema, 1, 0) == (((1, 0),),)


def test_keys_to_the_same_column_are_alternatives_in_column_order() -> None:
    schema = Schema(
        (_table("airport", "id"), _table("flight", "id", "source", "target")),
        (ForeignKey(1, 2, 0, 0), ForeignKey(1, 1, 0, 0)),
    )
    assert join_keys(schema, 0, 1) == (((0, 1),), ((0, 2),))


def test_keys_between_different_columns_are_one_composite_key() -> None:
    schema = Schema(
        (_table("room", "building", "number"), _table("section", "id", "building", "number")),
        (ForeignKey(1, 1, 0, 0), ForeignKey(1, 2, 0, 1)),
    )
    assert join_keys(schema, 0, 1) == (((0, 1), (1, 2)),)


def test_without_declared_keys_names_tell() -> None:
    schema = Schema((_table("stadium", "id"), _table("match", "id", "home_stadium_id", "stadium")))
    assert join_keys(schema, 0, 1) == (((0, 1),), ((0, 2),))
    same = Schema((_table("a", "club_id", "x"), _table("b", "id", "club_id", "x")))
    assert join_keys(same, 0, 1) == (((0, 1),),)


def test_a_column_called_id_in_both_tables_is_no_reason_to_join() -> None:
    schema = Schema((_table("a", "id"), _table("b", "id")))
    assert join_keys(schema, 0, 1) == ()
    assert connect(schema, [0, 1]) == ((0, 1), ())


def test_a_table_that_only_touches_a_later_one_waits_for_it() -> None:
    schema = Schema(
        (_table("a", "id"), _table("b", "id", "a"), _table("c", "id", "b")),
        (ForeignKey(1, 1, 0, 0), ForeignKey(2, 1, 1, 0)),
    )
    tables, joins = connect(schema, [0, 2, 1])
    assert tables == (0, 1, 2)
    assert joins == (
        Join(ColumnId(0, 0, 0), ColumnId(1, 1, 1), 1),
        Join(ColumnId(1, 0, 1), ColumnId(2, 1, 2), 2),
    )


def test_a_detour_is_taken_however_long() -> None:
    names = "abcde"
    tables = tuple(_table(n, "id", "before") for n in names)
    keys = tuple(ForeignKey(i, 1, i - 1, 0) for i in range(1, 5))
    assert connect(Schema(tables, keys), [0, 4])[0] == (0, 1, 2, 3, 4)
    assert connect(Schema(tables, keys), [0, 3])[0] == (0, 1, 2, 3)
