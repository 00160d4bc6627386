"""A database's tables as HTML."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.server import HOSTILE_TABLE
from text2sql.databases import Catalog, Database
from text2sql.linking.engine_tables import without_engine_tables
from text2sql.schema import Column, Schema, Table
from text2sql.ui.schema.peek import Peek, peek
from text2sql.ui.schema.view import model_input_html, summary_html, tables_html


def test_the_summary_counts_tables_columns_and_rows(catalog: Catalog) -> None:
    shop = catalog.get("shop")
    shop = replace(shop, schema=without_engine_tables(shop.schema))
    assert summary_html(shop, peek(shop)) == (
        '<p class="t2s-summary"><strong>shop</strong> '
        "<span>2 tables · 6 columns · 6 rows</span></p>"
    )


def test_the_summary_says_where_nothing_can_be_run() -> None:
    schema_only = Database("d", Schema.from_text("a(x)"))
    assert summary_html(schema_only, [Peek()]) == (
        '<p class="t2s-summary"><strong>d</strong> '
        "<span>1 table · 1 column · schema only, so queries cannot be run</span></p>"
    )


def test_a_card_shows_columns_types_and_keys(catalog: Catalog) -> None:
    html = tables_html(catalog.get("shop").schema, [Peek(3), Peek(1234)])
    assert '<li><span class="t2s-column">id</span><abbr title="Primary key">PK</abbr>' in html
    assert '<span class="t2s-ref" title="Foreign key">→ customer.id</span>' in html
    assert html.count('<span class="t2s-type">number</span>') == 4
    assert '<span class="t2s-size">1,234 rows</span>' in html


def test_cards_of_a_large_schema_are_closed_at_first() -> None:
    def schema(columns: int) -> Schema:
        return Schema((Table("t", tuple(Column(f"c{n}") for n in range(columns))),))

    assert '<details class="t2s-card" open>' in tables_html(schema(60), [Peek()])
    assert '<details class="t2s-card">' in tables_html(schema(61), [Peek()])


def test_a_table_without_rows_says_so(catalog: Catalog) -> None:
    assert '<p class="t2s-hint">No rows.</p>' in tables_html(
        Schema.from_text("t(a)"), [Peek(0, ("a",), ())]
    )


def test_names_and_cells_are_escaped(catalog: Catalog) -> None:
    hostile = catalog.get("hostile")
    looks = peek(hostile)
    html = summary_html(hostile, looks) + tables_html(hostile.schema, looks)
    html += model_input_html(hostile.schema)
    assert "&lt;img src=x onerror=window.pwned=1&gt;" in html
    assert "&lt;script&gt;window.pwned=2" in html
    for raw in (HOSTILE_TABLE, "<script", "<b>"):
        assert raw not in html


def test_the_model_input_is_the_serialized_schema(catalog: Catalog) -> None:
    shop = without_engine_tables(catalog.get("shop").schema)
    serialized = "customer(id, name, town) | sale(id, customer_id, total)</pre>"
    assert serialized in model_input_html(shop)
