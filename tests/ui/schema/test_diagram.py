"""The diagram as SVG: every table, every key, and nothing that is not escaped."""

from __future__ import annotations

from xml.etree import ElementTree

from text2sql.schema import Column, ForeignKey, Schema, Table
from text2sql.ui.schema.diagram import draw

NAMESPACE = "{http://www.w3.org/2000/svg}"
SHOP = Schema(
    (
        Table("customer", (Column("id", "number", primary_key=True), Column("name"))),
        Table("sale", (Column("customer_id", "number"), Column("total", "number"))),
    ),
    (ForeignKey(1, 0, 0, 0),),
)


def parsed(schema: Schema) -> ElementTree.Element:
    return ElementTree.fromstring(
        str(draw(schema)).replace("<svg ", f"<svg xmlns='{NAMESPACE[1:-1]}' ", 1)
    )


def texts(svg: ElementTree.Element, kind: str) -> list[str]:
    return ["".join(e.itertext()) for e in svg.iter(f"{NAMESPACE}text") if e.get("class") == kind]


def test_every_table_column_and_mark_is_drawn() -> None:
    svg = parsed(SHOP)
    assert texts(svg, "t2s-er-title") == ["customer", "sale"]
    assert texts(svg, "t2s-er-column") == ["id", "name", "customer_id", "total"]
    assert texts(svg, "t2s-er-mark") == ["PK", "FK"]


def test_every_foreign_key_is_a_line_between_its_tables() -> None:
    keys = [e for e in parsed(SHOP).iter(f"{NAMESPACE}path") if e.get("class") == "t2s-er-key"]
    assert [(key.get("data-from"), key.get("data-to")) for key in keys] == [("1", "0")]
    assert ["".join(key.itertext()) for key in keys] == ["sale.customer_id → customer.id"]


def test_the_label_tells_the_keys_to_those_who_do_not_see_the_lines() -> None:
    assert parsed(SHOP).get("aria-label") == (
        "Diagram of 2 tables. sale.customer_id refers to customer.id"
    )


def test_a_large_schema_shows_its_keys_and_counts_the_rest() -> None:
    wide = Table("wide", (Column("id", primary_key=True), *(Column(f"c{i}") for i in range(60))))
    svg = parsed(Schema((wide,)))
    assert texts(svg, "t2s-er-column") == ["id"]
    assert texts(svg, "t2s-er-more") == ["60 more columns"]


def test_names_are_escaped_and_long_ones_are_cut_with_the_whole_name_at_hand() -> None:
    name = "<img src=x onerror=alert(1)> and so on and on"
    svg = draw(Schema((Table(name, (Column("<script>"),)),)))
    assert "<img" not in svg
    assert "<script" not in svg
    title = next(iter(parsed(Schema((Table(name, (Column("x"),)),))).iter(f"{NAMESPACE}title")))
    assert title.text == name


def test_a_table_that_refers_to_itself_has_its_line_too() -> None:
    staff = Table("staff", (Column("id", primary_key=True), Column("boss")))
    keys = [
        e.get("data-to")
        for e in parsed(Schema((staff,), (ForeignKey(0, 1, 0, 0),))).iter(f"{NAMESPACE}path")
        if e.get("class") == "t2s-er-key"
    ]
    assert keys == ["0"]


def test_a_guessed_key_is_drawn_dashed_and_says_so() -> None:
    tables = (Table("a", (Column("id"),)), Table("b", (Column("a_id"),)))
    drawn = draw(Schema(tables, (ForeignKey(1, 0, 0, 0, guessed=True),)))
    assert 'class="t2s-er-key t2s-guessed"' in drawn
    assert "b.a_id → a.id (guessed)" in drawn
    assert "guessed" not in draw(Schema(tables, (ForeignKey(1, 0, 0, 0),)))
