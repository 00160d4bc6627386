from hypothesis import given
from hypothesis import strategies as st

from text2sql.metrics.random_rows import (
    STYLES,
    ColumnShape,
    Hints,
    Rows,
    Style,
    TableShape,
    draw_rows,
)


def _column(name: str, *own: str | int, required: bool = False) -> ColumnShape:
    kind = "text" if own and isinstance(own[0], str) else "number"
    return ColumnShape(name, kind, "", required, own)


SINGER = TableShape(
    "singer",
    (_column("id", 1, 2, 3, required=True), _column("name", "Ada", "Bo"), _column("age", 20, 30)),
    ((0,),),
)
SONG = TableShape(
    "song",
    (_column("id", 1, 2, required=True), _column("singer_id", 1), _column("title", "Hey")),
    ((0,),),
)
FAN = TableShape(
    "fan", (_column("singer_id", required=True), _column("song_id", required=True)), ((0, 1),)
)
TABLES = (SINGER, SONG, FAN)
PARENTS = {(1, 1): (0, 0), (2, 0): (0, 0), (2, 1): (1, 0)}

_STYLES = st.builds(
    Style,
    rows=st.integers(1, 30),
    pool=st.integers(1, 10),
    literals=st.floats(0, 1),
    nulls=st.floats(0, 1),
    skew=st.floats(0, 3),
    empty=st.floats(0, 1),
)
_HINTS = st.builds(
    Hints,
    literals=st.just({(0, 2): [99], (1, 2): ["Ho"]}),
    group_sizes=st.sampled_from([{}, {(0, 0): [3, 4, 2]}, {(0, 1): [5]}]),
)


def _draw(style: Style, hints: Hints | None = None, seed: str = "0") -> list[Rows]:
    return draw_rows(TABLES, PARENTS, style, hints or Hints(), seed)


@given(style=_STYLES, hints=_HINTS, seed=st.text(max_size=3))
def test_keys_are_in_order_whatever_is_drawn(style: Style, hints: Hints, seed: str) -> None:
    singers, songs, fans = _draw(style, hints, seed)
    ids = [row[0] for row in singers]
    assert len(ids) == len(set(ids))
    assert len({(row[0], row[1]) for row in fans}) == len(fans)
    assert {row[1] for row in songs} <= {*ids, None}
    assert {row[0] for row in fans} <= set(ids)
    assert {row[1] for row in fans} <= {row[0] for row in songs}
    assert None not in ids


@given(style=_STYLES, hints=_HINTS, seed=st.text(max_size=3))
def test_values_are_the_columns_own_or_given(style: Style, hints: Hints, seed: str) -> None:
    singers, songs, _ = _draw(style, hints, seed)
    assert {row[1] for row in singers} <= {"Ada", "Bo", None}
    assert {row[2] for row in singers} <= {20, 30, 99, None}
    assert {row[2] for row in songs} <= {"Hey", "Ho", None}


def test_the_same_seed_gives_the_same_rows_and_another_one_others() -> None:
    assert _draw(STYLES[0], seed="a") == _draw(STYLES[0], seed="a")
    assert _draw(STYLES[0], seed="a") != _draw(STYLES[0], seed="b")


def test_styles_do_what_they_say() -> None:
    assert _draw(Style(rows=10, pool=3, empty=1.0)) == [[], [], []]
    assert all(row[1] is None for row in _draw(Style(rows=10, pool=3, nulls=1.0))[0])
    assert {row[2] for row in _draw(Style(rows=40, pool=1, literals=0.0))[0]} in ({20}, {30})
    only_literals = _draw(Style(rows=10, pool=3, literals=1.0), Hints({(0, 2): [99]}))
    assert {row[2] for row in only_literals[0]} == {99}


def test_a_literal_for_a_key_reaches_the_column_it_refers_to() -> None:
    singers, songs, _ = _draw(Style(rows=20, pool=3, literals=1.0), Hints({(1, 1): [77]}))
    assert 77 in [row[0] for row in singers]
    assert 77 in [row[1] for row in songs]


def test_groups_come_in_the_sizes_asked_for() -> None:
    hints = Hints(group_sizes={(0, 0): [5, 6, 4]})
    sizes = set()
    for seed in range(10):
        songs = _draw(Style(rows=6, pool=3), hints, str(seed))[1]
        owners = [row[1] for row in songs]
        sizes |= {frozenset(map(owners.count, set(owners)))}
    assert any({4, 5, 6} <= found for found in sizes)


def test_literals_take_the_type_of_the_column() -> None:
    table = TableShape("t", (_column("n", 1, 2), _column("s", "1", "2")), ())
    hints = Hints({(0, 0): ["7", "x"], (0, 1): [7]})
    (rows,) = draw_rows([table], {}, Style(rows=60, pool=2, literals=1.0), hints, "0")
    assert {row[0] for row in rows} == {7, "x"}
    assert {row[1] for row in rows} == {"7"}


def test_columns_without_values_of_their_own_get_some() -> None:
    table = TableShape(
        "t", (_column("n", required=True), ColumnShape("s", "text", "", True, ())), ((0,),)
    )
    (rows,) = draw_rows([table], {}, Style(rows=10, pool=3), Hints(), "0")
    assert len({row[0] for row in rows}) == len(rows) > 0
    assert {row[1] for row in rows} == {"a 1", "b 1", "c 1"}


def test_tables_that_refer_to_each_other_end_somewhere() -> None:
    left = TableShape("l", (_column("id", 1, 2, required=True), _column("r", 1)), ((0,),))
    right = TableShape("r", (_column("id", 1, 2, required=True), _column("l", 1)), ((0,),))
    parents = {(0, 0): (1, 0), (1, 0): (0, 0), (0, 1): (1, 1), (1, 1): (0, 1)}
    for rows in draw_rows([left, right], parents, Style(rows=5, pool=2), Hints(), "0"):
        assert len(rows) <= 7
