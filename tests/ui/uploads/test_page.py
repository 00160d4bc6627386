"""The Your data tab in a real browser."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.asking import open_page
from tests.ui.looks import CONTRAST, LAPTOP_AND_PHONE
from tests.ui.tabs import open_tab

CUSTOMERS = "Customer ID,Name\n1,Zoë\n2,<img src=x onerror=window.pwned=1>\n"
ORDERS = "id,customer_id,total\n1,1,9.5\n2,1,20\n3,2,7.25\n"
_IMPORT_MS = 90_000  # another Python starts for it


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return [tmp_path / "customers.csv", tmp_path / "orders.csv"]


def upload(page: Page, *files: Path) -> None:
    page.locator("#upload input[type=file]").set_input_files(files)


@pytest.mark.parametrize("screen", LAPTOP_AND_PHONE)
def test_bring_files_see_their_tables_ask_about_them_and_remove_them(
    page: Page, files: list[Path]
) -> None:
    open_page(page)
    open_tab(page, "Your data")
    upload(page, *files)
    summary = page.locator("#uploaded .t2s-summary")
    expect(summary).to_have_text("my_data 2 tables · 5 columns · 5 rows", timeout=_IMPORT_MS)
    expect(page.locator("#uploaded .t2s-name")).to_have_text(["customers", "orders"])
    expect(page.locator("#uploaded .t2s-ref")).to_have_text("→ customers.Customer_ID?")
    expect(page.locator("#uploaded .t2s-notes li")).to_have_text(
        [
            "customers: column 'Customer ID' was renamed to Customer_ID.",
            "Guessed key: orders.customer_id refers to customers.Customer_ID.",
        ]
    )
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate(CONTRAST) == []

    page.get_by_role("button", name="Ask about it").click()
    expect(page.get_by_label("Database")).to_have_value("Your data / my_data · customers, orders")
    page.locator("#examples").get_by_role("button", name="How many orders are there?").click()
    expect(page.locator("#outcome")).to_contain_text("2 rows")
    expect(page.locator("#rows")).to_contain_text("<img src=x onerror=window.pwned=1>")
    assert page.evaluate("window.pwned") is None

    open_tab(page, "Your data")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#uploaded")).to_contain_text("No databases yet.")
    open_tab(page, "Ask")
    expect(page.get_by_label("Database")).to_have_value(re.compile("^Samples / airline · "))


def test_a_file_that_cannot_be_used_is_said_so_and_the_next_one_goes_in(
    page: Page, tmp_path: Path
) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2,3\n")
    with closing(sqlite3.connect(tmp_path / "good.db")) as connection, connection:
        connection.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY)")
    open_page(page)
    open_tab(page, "Your data")
    upload(page, tmp_path / "odd.csv")
    alert = page.locator("#upload-status [role=alert]")
    expect(alert).to_contain_text("Row 2 of 'odd.csv' has more cells", timeout=_IMPORT_MS)
    upload(page, tmp_path / "good.db")
    expect(page.get_by_label("good", exact=True)).to_be_checked(timeout=_IMPORT_MS)
    expect(alert).to_have_count(0)


def test_another_visitor_sees_and_reaches_nothing_of_it(page: Page, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "secret.db")) as connection, connection:
        connection.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY)")
    open_page(page)
    open_tab(page, "Your data")
    upload(page, tmp_path / "secret.db")
    expect(page.get_by_label("secret", exact=True)).to_be_checked(timeout=_IMPORT_MS)
    other = page.context.new_page()
    open_page(other, "/?db=secret&q=How+many+visits+are+there%3F")
    expect(other.get_by_role("alert")).to_contain_text("There is no database 'secret'")
    other.close()
