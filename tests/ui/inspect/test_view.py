"""What the Inspect tab shows of a place in a run."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from tests.ui.server import HOSTILE_TABLE
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation.folder import RunFolder
from text2sql.evaluation.items import Item
from text2sql.spider import Example
from text2sql.ui.inspect.filters import Filters
from text2sql.ui.inspect.inspected import inspect_item
from text2sql.ui.inspect.item_list import PAGE, list_html
from text2sql.ui.inspect.item_view import item_html
from text2sql.ui.inspect.location import Location
from text2sql.ui.inspect.reasons import metric_reasons
from text2sql.ui.inspect.view import view

Items = tuple[Item, ...]


def text(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def test_the_item_that_the_place_names_is_shown(folder: RunFolder, shop: Catalog) -> None:
    found = view(folder, shop, Location("second.db", 2))
    assert (found.place, found.first, found.last) == (Location("second.db", 2), False, False)
    assert text(found.count) == "2 of 3 items"
    assert 'item=2" aria-current="true"' in found.list
    assert "2. What are the names of all customers?" in text(found.item)


@pytest.mark.parametrize(
    ("item", "by", "expected"), [(1, 1, 2), (2, 1, 3), (3, 1, 3), (3, -1, 2), (1, -1, 1), (0, 0, 1)]
)
def test_a_step_goes_through_the_items(
    folder: RunFolder, shop: Catalog, item: int, by: int, expected: int
) -> None:
    assert view(folder, shop, Location("second.db", item), by).place.item == expected


def test_filters_decide_where_a_step_leads(folder: RunFolder, shop: Catalog) -> None:
    wrong = Filters(verdict="wrong")
    found = view(folder, shop, Location("second.db", 1, wrong))
    assert (found.place.item, found.first, found.last) == (2, True, True)
    assert text(found.count) == "1 of 1 items that match, of 3 in all"


def test_where_no_item_fits_there_is_none(folder: RunFolder, shop: Catalog) -> None:
    found = view(folder, shop, Location("second.db", 1, Filters(text="zebra")))
    assert (found.place.item, found.item, found.first, found.last) == (0, "", True, True)
    assert text(found.list) == "No item matches these filters."


def test_a_run_that_is_not_there_is_an_error(folder: RunFolder, shop: Catalog) -> None:
    with pytest.raises(DataError, match=r"There is no run '\.\./shop'"):
        view(folder, shop, Location("../shop", 1))


def test_a_long_list_comes_in_parts_with_links_to_the_ones_beside(items: Items) -> None:
    many = items * 60
    html = list_html(many, range(240), Location("a.db", 150))
    assert html.count("<li>") == PAGE
    assert re.findall(r'item=(\d+)">(Previous|Next) (\d+)', html) == [
        ("1", "Previous", "100"),
        ("201", "Next", "40"),
    ]


def test_an_item_shows_both_queries_their_rows_and_every_metric(
    items: Items, shop: Catalog
) -> None:
    html = item_html(inspect_item(items[1], shop), 2)
    assert text(html) == (
        "2. What are the names of all customers? shop · easy · no join · answered in 250 ms "
        "Wrong. WHERE: unexpected id > 1. With this, 1 row is missing. "
        "Prediction SELECT name FROM customer WHERE id > 1 Gold query SELECT name FROM customer "
        "Differences Clause Prediction Gold WHERE id > 1 nothing "
        "Rows of the prediction 2 rows Rows of the prediction name O'Hara Ann "
        "Rows of the gold query 3 rows, 1 marked Rows of the gold query name − Zoë O'Hara Ann "
        "Metrics Metric Result Reason "
        "string match wrong The texts differ: the prediction has 'WHERE' after the end of the "
        "gold query. "
        "string match, fair wrong The texts differ: the prediction has 'WHERE' after the end of "
        "the gold query. "
        "ROUGE-1 73% The share of words that the two texts have in common, in any order. "
        "exact set match wrong In the partial scores of Spider's script, where, where(no OP) and "
        "keywords differ. "
        "execution match wrong 1 row is missing."
    )


def test_where_metrics_disagree_the_item_says_what_that_may_mean(
    items: Items, shop: Catalog
) -> None:
    html = text(item_html(inspect_item(items[3], shop), 4))
    assert "The metrics disagree: right by execution, wrong by exact set match." in html


def test_a_database_that_is_not_here_leaves_what_the_run_knows(items: Items, shop: Catalog) -> None:
    example = replace(items[1].example, db_id="gone")
    html = text(item_html(inspect_item(replace(items[1], example=example), shop), 1))
    assert "There is no database 'gone'" in html
    assert "With this, 1 row is missing" in html
    assert "Rows of the prediction" not in html


def test_a_prediction_that_would_write_is_refused_and_said(items: Items, shop: Catalog) -> None:
    inspected = inspect_item(replace(items[1], prediction="DELETE FROM customer"), shop)
    assert "Only reading is allowed here" in item_html(inspected, 1)
    assert len(inspect_item(items[1], shop).run.gold.rows) == 3  # type: ignore[union-attr]


def test_mark_up_from_anywhere_stays_text(items: Items, shop: Catalog) -> None:
    bad = "<script>window.pwned=1</script>"
    sql = f'SELECT * FROM "{HOSTILE_TABLE}"'
    item = replace(
        items[0],
        example=Example(f"{bad}?", sql, "hostile"),
        prediction=f"SELECT '{bad}', '{HOSTILE_TABLE}'",
        reason=bad,
        problem=bad,
    )
    html = item_html(inspect_item(item, shop), 1) + list_html([item], [0], Location(bad, 1))
    assert re.findall(r"<(?:script|img|b>bold)", html) == []


def test_each_metric_gives_its_reason(items: Items, shop: Catalog) -> None:
    reasons = {
        reason.name: reason.reason for reason in metric_reasons(inspect_item(items[0], shop))
    }
    assert reasons == {
        "string match": "The texts are equal apart from case and spaces.",
        "string match, fair": "The texts are equal apart from spaces, quotation style and case "
        "outside literals.",
        "ROUGE-1": "The share of words that the two texts have in common, in any order.",
        "exact set match": "All clauses match; values, DISTINCT and JOIN conditions do not count.",
        "execution match": "Returns the rows of the gold query.",
    }


def test_a_verdict_that_no_longer_holds_says_so(items: Items, shop: Catalog) -> None:
    item = replace(items[0], scores={"execution": 0.0})
    (reason,) = metric_reasons(inspect_item(item, shop))
    assert reason.reason.startswith("The result is different now")
