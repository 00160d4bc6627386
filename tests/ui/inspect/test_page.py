"""The Inspect tab in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Screen
from tests.ui.looks import CONTRAST, LAPTOP_AND_PHONE


def open_item(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#item h2")).to_be_visible()


def shown(page: Page) -> str:
    return page.locator("#item h2").inner_text().split(".")[0]


@pytest.mark.parametrize("screen", LAPTOP_AND_PHONE)
def test_pick_a_run_filter_its_items_and_go_through_them(page: Page, screen: Screen) -> None:
    page.goto("/")
    page.get_by_role("tab", name="Inspect").click()
    expect(page).to_have_url(re.compile("item="))  # the newest run is there
    page.get_by_label("Run", exact=True).click()
    page.get_by_role("option", name=re.compile(r"^second\.db · answers · 3 questions")).click()
    expect(page.locator("#item h2")).to_have_text("1. How many customers are there?")
    expect(page.locator("#item-count")).to_have_text("1 of 3 items")
    expect(page).to_have_url(re.compile(r"/\?tab=inspect&run=second\.db&item=1$"))

    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#item h2")).to_have_text("2. What are the names of all customers?")
    expect(page.locator("#item .t2s-verdict")).to_contain_text(
        "Wrong. WHERE: unexpected id > 1. With this, 1 row is missing."
    )
    expect(page.locator("#item mark")).to_have_text(["WHERE id > 1"])
    expect(page.locator("#item .t2s-differs")).to_have_text(["−Zoë"])
    expect(page).to_have_url(re.compile(r"item=2$"))
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0

    page.locator("#item h2").click()  # the focus is in no field
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#item h2")).to_have_text("1. How many customers are there?")
    page.get_by_label("Search", exact=True).fill("towns")
    expect(page.locator("#item h2")).to_have_text("3. Which towns do customers live in?")
    expect(page.locator("#item-count")).to_have_text("1 of 1 items that match, of 3 in all")
    page.get_by_label("Search", exact=True).press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"item=3&text=towns$"))
    expect(page.get_by_label("Search", exact=True)).to_have_value("towns")


def test_a_permalink_opens_the_same_item_with_its_filters(page: Page) -> None:
    open_item(page, "/?tab=inspect&run=second.db&item=2&verdict=wrong")
    expect(page.locator("#item h2")).to_have_text("2. What are the names of all customers?")
    expect(page.get_by_label("Verdict")).to_have_value("wrong (1)")
    expect(page.locator("#items li")).to_have_count(1)


def test_an_item_of_the_list_opens_with_the_keyboard_which_stays_there(page: Page) -> None:
    open_item(page, "/?tab=inspect&run=second.db&item=1")
    page.locator("#items a").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#item h2")).to_have_text("3. Which towns do customers live in?")
    expect(page.locator("#items a[aria-current]")).to_be_focused()


@pytest.mark.parametrize("name", ["nope.db", "../dev.json", "notes.txt"])
def test_a_name_that_is_no_run_of_the_folder_is_said_and_the_page_goes_on(
    page: Page, name: str
) -> None:
    page.goto(f"/?tab=inspect&run={name}")
    expect(page.locator("#inspect-status").get_by_role("alert")).to_contain_text(name)
    page.get_by_text("1 file in the folder was skipped").click()
    expect(page.locator("#run-problems code").first).to_have_text("notes.txt")
    page.get_by_label("Run", exact=True).click()
    page.get_by_role("option", name=re.compile(r"^first\.db")).click()
    expect(page.locator("#item h2")).to_be_visible()


def test_another_tab_has_an_address_of_its_own(page: Page) -> None:
    open_item(page, "/?tab=inspect&run=second.db&item=2")
    page.get_by_role("tab", name="About").click()
    expect(page).to_have_url(re.compile(r"/\?tab=about$"))
    page.get_by_role("tab", name="Inspect").click()
    expect(page).to_have_url(re.compile(r"run=second\.db&item=2$"))
    expect(page.locator("#item h2")).to_have_text("2. What are the names of all customers?")


def test_a_model_is_evaluated_here_and_its_run_is_opened(page: Page) -> None:
    open_item(page, "/?tab=inspect")
    page.get_by_role("button", name="New evaluation").click()
    page.get_by_label("Questions", exact=True).click()
    page.get_by_role("option", name="Spider").click()
    page.get_by_label("Number of questions, at most").fill("2")
    page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(page.locator("#evaluate-status")).to_contain_text(re.compile(r"Saved as answers-\d+"))
    expect(page.locator("#item-count")).to_have_text("1 of 2 items")
    expect(page).to_have_url(re.compile(r"run=answers-[\d-]+\.db&item=1$"))


def test_an_evaluation_can_be_cancelled_and_nothing_is_kept(page: Page) -> None:
    open_item(page, "/?tab=inspect&run=second.db")
    page.get_by_role("button", name="New evaluation").click()
    page.get_by_label("Questions", exact=True).click()
    page.get_by_role("option", name="Spider").click()
    page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(page.locator("#evaluate-status")).to_contain_text("3 of 4 questions answered")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#evaluate-status")).to_have_text("Cancelled. Nothing was saved.")
    expect(page.get_by_role("button", name="Evaluate", exact=True)).to_be_visible()
    expect(page.locator("#item-count")).to_have_text("1 of 3 items")
