"""Fields of the page by pointer and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.ui.asking import expect_sql, open_page
from tests.ui.conftest import Screen


def test_a_name_typed_after_a_click_replaces_the_database_and_filters_the_list(page: Page) -> None:
    open_page(page)
    field = page.get_by_label("Database")
    expect(field).to_have_value(re.compile("^Samples / airline · "))
    field.click()
    page.keyboard.type("hostile")
    expect(field).to_have_value("hostile")
    expect(page.get_by_role("option")).to_have_text([re.compile("✓ Files / hostile · ")])
    page.keyboard.press("Enter")
    expect(page.locator("#summary")).to_contain_text("hostile 1 table")


def test_a_database_is_found_by_the_name_of_a_table(page: Page) -> None:
    open_page(page)
    page.get_by_label("Database").click()
    page.keyboard.type("customer, sale")
    page.keyboard.press("Enter")
    expect(page.locator("#summary")).to_have_text("shop 2 tables · 6 columns · 6 rows")


def test_tab_leaves_the_sql_editor_in_both_directions_and_changes_nothing(page: Page) -> None:
    open_page(page, "/?db=shop&q=How+many+customers+are+there%3F")
    editor = page.locator("#sql .cm-content")
    expect_sql(page, "SELECT count(*) FROM customer")
    editor.click()
    expect(editor).to_be_focused()
    page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(editor).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(editor).not_to_be_focused()
    expect(editor).to_have_text("SELECT count(*) FROM customer")


@pytest.mark.parametrize(
    ("address", "first", "lists"),
    [
        ("/?tab=inspect&run=second.db&item=1", "Run", 5),
        ("/?tab=report&run=second.db", "Run", 2),
        ("/?db=shop", "Database", 2),
    ],
)
def test_lists_stay_shut_for_who_goes_past_them_with_tab(
    page: Page, address: str, first: str, lists: int
) -> None:
    page.goto(address)
    field = page.get_by_label(first, exact=True)
    expect(page.locator("input[role=combobox]").filter(visible=True)).to_have_count(lists)
    field.focus()
    passed = 0
    for _ in range(12):
        passed += page.evaluate("document.activeElement.matches('input[role=combobox]')")
        page.keyboard.press("Tab")
        page.wait_for_timeout(50)  # a list that opens late is what this is about
        expect(page.get_by_role("listbox")).to_have_count(0)
        assert page.locator("input[role=combobox][aria-expanded=true]").count() == 0
    assert passed == lists


def test_a_list_opens_and_is_used_with_the_arrow_keys(page: Page) -> None:
    page.goto("/?tab=inspect&run=second.db&item=1")
    field = page.get_by_label("Verdict")
    expect(field).to_be_visible()
    page.get_by_label("Hardness").focus()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(field).to_have_value("wrong (1)")
    expect(page.locator("#item h2")).to_have_text("2. What are the names of all customers?")


@pytest.mark.parametrize("screen", [Screen(390, 844)])
def test_the_databases_are_read_in_the_width_of_a_telephone(page: Page, screen: Screen) -> None:
    open_page(page)
    page.get_by_label("Database").click()
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    box = option.bounding_box()
    assert box is not None
    assert 300 < box["width"] <= screen.width - box["x"]


def test_the_keyboard_stays_where_a_button_goes_away(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    page.get_by_label("Question").fill("slow one")
    asks, cancels = page.locator("#ask"), page.locator("#cancel")
    page.keyboard.press("Tab")
    expect(asks).to_be_focused()
    page.keyboard.press("Enter")
    expect(cancels).to_be_visible()
    page.keyboard.press("Tab")
    expect(cancels).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Cancelled.")
    expect(asks).to_be_focused()


def test_the_arrow_keys_go_through_the_tabs(page: Page) -> None:
    open_page(page)
    page.get_by_role("tab", name="Ask", exact=True).focus()
    for key, name in (("ArrowRight", "Inspect"), ("ArrowLeft", "Ask"), ("ArrowLeft", "About")):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#about")).to_be_visible()
