"""The boxes of a diagram: none on another, no line through one, the same picture every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from text2sql.ui.schema.diagram_layout import Size, arrange

SPACE = (440.0, 520.0)
SIZES = st.lists(st.tuples(st.floats(60, 220), st.floats(30, 300)), min_size=1, max_size=14)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Size], list[tuple[int, int]]]:
    sizes = draw(SIZES)
    box = st.integers(0, len(sizes) - 1)
    return sizes, draw(st.lists(st.tuples(box, box), max_size=20))


@given(graphs())
def test_no_two_boxes_overlap(graph: tuple[list[Size], list[tuple[int, int]]]) -> None:
    sizes, links = graph
    places = arrange(sizes, links, SPACE)
    boxes = [(p.x, p.y, p.x + w, p.y + h) for p, (w, h) in zip(places, sizes, strict=True)]
    overlapping = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if a[0] < b[2] - 0.01 and b[0] < a[2] - 0.01 and a[1] < b[3] - 0.01 and b[1] < a[3] - 0.01
    ]
    assert overlapping == []


@given(graphs())
def test_linked_boxes_stand_in_the_same_or_in_neighbouring_columns(
    graph: tuple[list[Size], list[tuple[int, int]]],
) -> None:
    sizes, links = graph
    places = arrange(sizes, links, SPACE)
    assert [(a, b) for a, b in links if abs(places[a].column - places[b].column) > 1] == []


@given(graphs())
def test_nothing_lies_left_of_or_above_the_origin(
    graph: tuple[list[Size], list[tuple[int, int]]],
) -> None:
    sizes, links = graph
    assert all(place.x >= -0.01 and place.y >= -0.01 for place in arrange(sizes, links, SPACE))


def test_a_chain_is_folded_where_the_space_is_narrow_and_stretched_where_it_is_wide() -> None:
    sizes, chain = [(150.0, 150.0)] * 5, [(0, 1), (1, 2), (2, 3), (3, 4)]
    narrow = {place.column for place in arrange(sizes, chain, (400.0, 600.0))}
    wide = {place.column for place in arrange(sizes, chain, (1200.0, 300.0))}
    assert (len(narrow), len(wide)) == (2, 5)


def test_tables_without_keys_make_a_grid() -> None:
    places = arrange([(100.0, 100.0)] * 9, [], (500.0, 500.0))
    assert {place.x for place in places} == {place.y for place in places} == {0.0, 144.0, 288.0}
