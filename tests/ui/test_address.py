"""The address of the page: Back and Forward, and links that bring everything along."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.asking import ask, edit_sql, expect_sql, open_page
from tests.ui.holding import held_events
from tests.ui.tabs import open_tab
from tests.ui.test_page import QUESTION
from text2sql.ui.ask.sql_panel import LONGEST_LINKED

COUNT = "How many customers are there?"


def note_beside(page: Page, field: str) -> str:
    """What stands beside the name of a list while its choice is read."""
    content = "(field) => getComputedStyle(document.querySelector(field), '::after').content"
    said = page.evaluate(content, field)
    return "" if said == "none" else str(json.loads(said))


def test_back_and_forward_go_through_questions_with_their_answers(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, COUNT)
    expect(page).to_have_url(re.compile("q=How"))
    ask(page, QUESTION)
    expect(page).to_have_url(re.compile("q=Which"))
    page.go_back()
    expect(page.get_by_label("Question")).to_have_value(COUNT)
    expect(page.locator("#answer")).to_contain_text("3")
    expect_sql(page, "SELECT count(*) FROM customer")
    page.go_back()
    expect(page.get_by_label("Question")).to_have_value("")
    expect(page.locator("#answer")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#answer")).to_be_visible()
    page.go_forward()
    expect(page.get_by_label("Question")).to_have_value(QUESTION)
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])


def test_back_returns_to_the_database_before(page: Page) -> None:
    open_page(page)
    page.get_by_label("Database").click()
    page.keyboard.type("Spider / shop")
    with held_events(page):
        page.keyboard.press("Enter")
        expect(page.locator("[data-opening]")).to_have_count(1)
        assert note_beside(page, "#database") == "Opening…"
    expect(page.locator("#summary")).to_contain_text("shop")
    expect(page.locator("[data-opening]")).to_have_count(0)
    assert note_beside(page, "#database") == ""
    expect(page).to_have_url(re.compile(r"\?db=shop$"))
    page.go_back()
    expect(page.locator("#summary")).to_contain_text("airline")
    expect(page.get_by_label("Database")).to_have_value(re.compile("^Samples / airline"))


def test_back_and_forward_go_through_tabs_and_items_and_leave_the_answer_alone(page: Page) -> None:
    open_page(page, "/?db=shop&q=How+many+customers+are+there%3F")
    expect(page.locator("#answer")).to_contain_text("3")
    open_tab(page, "Inspect")
    expect(page.locator("#item h2")).to_have_text(re.compile(r"^1\."))
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#item h2")).to_have_text(re.compile(r"^2\."))
    open_tab(page, "About")
    expect(page.locator("#about")).to_be_visible()
    page.go_back()
    expect(page.locator("#item h2")).to_have_text(re.compile(r"^2\."))
    page.go_back()
    expect(page.locator("#item h2")).to_have_text(re.compile(r"^1\."))
    page.go_back()
    expect(page.get_by_label("Question")).to_be_visible()
    expect(page.get_by_label("Question")).to_have_value(COUNT)
    expect(page.locator("#answer")).to_contain_text("3")
    page.go_forward()
    expect(page.locator("#item h2")).to_be_visible()
    page.go_forward()
    expect(page.locator("#item h2")).to_have_text(re.compile(r"^2\."))


def test_back_pressed_twice_in_haste_leads_to_the_item_before(page: Page) -> None:
    page.goto("/?tab=inspect")
    expect(page.locator("#item h2")).to_have_text(re.compile(r"^1\."))
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#item h2")).to_have_text(re.compile(r"^2\."))
    expect(page).to_have_url(re.compile("item=2"))
    open_tab(page, "About")
    expect(page.locator("#about")).to_be_visible()
    with held_events(page, newest_first=True) as held:
        page.go_back()
        expect(page.locator("[data-reading]")).to_have_count(1)
        page.go_back()
        while len(held) < 2:
            page.wait_for_timeout(50)
    page.wait_for_timeout(1000)  # both answers have come by then
    expect(page.locator("#item h2")).to_have_text(re.compile(r"^1\."))
    expect(page).not_to_have_url(re.compile("item=2"))


def test_back_returns_to_the_comparison_before(page: Page) -> None:
    page.goto("/?tab=report&run=second.db&other=first.db")
    expect(page.locator("#versus h2")).to_have_text("second.db compared with first.db")
    page.get_by_label("Compare with").click()
    with held_events(page):
        page.get_by_role("option", name="none").click()
        assert note_beside(page, "#report-run") == "Reading…"
    expect(page.locator("#versus h2")).to_have_count(0)
    expect(page.locator("[data-reading]")).to_have_count(0)
    assert note_beside(page, "#report-run") == ""
    expect(page).to_have_url(re.compile(r"run=second\.db$"))
    page.go_back()
    expect(page.locator("#versus h2")).to_have_text("second.db compared with first.db")


def test_words_typed_into_the_search_of_items_are_no_steps_back(page: Page) -> None:
    page.goto("/?tab=inspect&run=second.db&item=1")
    expect(page.locator("#item h2")).to_be_visible()
    steps = page.evaluate("history.length")
    page.get_by_label("Search", exact=True).press_sequentially("towns")
    expect(page).to_have_url(re.compile(r"item=3&text=towns$"))
    assert page.evaluate("history.length") == steps


def test_a_link_carries_the_edited_sql(page: Page) -> None:
    open_page(page, "/?db=shop&q=How+many+customers+are+there%3F")
    expect_sql(page, "SELECT count(*) FROM customer")
    edit_sql(page, "SELECT name FROM customer WHERE town = 'York'")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer")).to_contain_text("Ann")
    expect(page).to_have_url(re.compile(r"&sql=SELECT\+name"))
    friend = page.context.new_page()
    friend.goto(page.url)
    expect(friend.locator("#answer")).to_contain_text("Ann")
    expect(friend.get_by_label("Question")).to_have_value(COUNT)
    expect_sql(friend, "SELECT name FROM customer WHERE town = 'York'")
    friend.close()

    start = "SELECT name FROM customer WHERE town != '"
    longest = f"{start}{'x' * (LONGEST_LINKED - len(start) - 1)}'"
    edit_sql(page, longest)
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("&sql=.*xxx%27"))
    expect(page.locator("#unlinked")).to_be_hidden()
    edit_sql(page, f"{longest[:-1]}x'")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#unlinked")).to_contain_text(
        f"more than {LONGEST_LINKED:,} characters, too many for a link"
    )
    expect(page).to_have_url(re.compile(r"there%3F$"))
    ask(page, QUESTION)
    expect(page).to_have_url(re.compile("q=Which"))
    expect(page.locator("#unlinked")).to_be_hidden()


@pytest.fixture
def uploaded(page: Page, tmp_path: Path) -> Page:
    """A page that shows an answer about a file that was just brought."""
    (tmp_path / "pets.csv").write_text("name,legs\nRex,4\nTweety,2\n")
    page.goto("/?tab=uploads")
    page.locator("#upload input[type=file]").set_input_files(tmp_path / "pets.csv")
    page.get_by_role("button", name="Ask about it").click(timeout=90_000)
    expect(page.locator("#summary")).to_contain_text("pets 1 table")
    ask(page, "Which pets are there?")
    expect(page.locator("#rows")).to_contain_text("Tweety")
    expect(page).to_have_url(re.compile(r"\?db=pets&own=1&q=Which"))
    return page


def test_an_upload_is_still_there_when_the_page_is_reloaded(uploaded: Page) -> None:
    uploaded.reload()
    expect(uploaded.locator("#rows")).to_contain_text("Tweety")
    expect(uploaded.get_by_label("Database")).to_have_value("Your data / pets · pets")
    open_tab(uploaded, "Your data")
    expect(uploaded.get_by_label("pets", exact=True)).to_be_checked()


def test_a_link_to_an_upload_says_to_others_that_it_is_one(uploaded: Page) -> None:
    other = uploaded.context.new_page()
    other.goto(uploaded.url)
    expect(other.get_by_role("alert")).to_have_text(
        "'pets' is an upload, and it is not here: only the person who brought it can ask it, until "
        "30 minutes after its last use or until its page is closed. Bring the file again under "
        "Your data."
    )
    other.close()
