"""What a visitor does before the page has opened its address, on a slow connection."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .asking import ask, open_page
from .conftest import Screen
from .holding import held_events
from .tabs import open_tab
from .test_page import QUESTION

COUNT = "How many customers are there?"
COUNTED = "/?db=shop&q=How+many+customers+are+there%3F"


@pytest.mark.parametrize("way", ["Enter", "click"])
def test_a_question_asked_at_once_is_answered_over_the_database_of_the_link(
    page: Page, way: str
) -> None:
    with held_events(page):
        open_page(page, "/?db=shop")
        page.get_by_label("Question").fill(QUESTION)
        if way == "Enter":
            page.keyboard.press("Enter")
        else:
            page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])
    expect(page.get_by_label("Question")).to_have_value(QUESTION)
    expect(page).to_have_url(re.compile(r"\?db=shop&q=Which"))


def test_a_question_asked_at_once_takes_the_place_of_that_of_the_link(page: Page) -> None:
    with held_events(page):
        open_page(page, COUNTED)
        expect(page.get_by_label("Question")).to_have_value(COUNT)
        ask(page, QUESTION)
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])
    expect(page.get_by_label("Question")).to_have_value(QUESTION)
    expect(page.locator("#history")).to_be_hidden()  # the link's was not asked


def test_words_typed_while_a_link_opens_stay_in_the_field(page: Page) -> None:
    with held_events(page):
        open_page(page, "/?db=shop&q=slow+one")
        page.get_by_label("Question").fill("and another thing")
    expect(page.locator("#summary")).to_contain_text("shop")
    expect(page.locator("#status")).to_contain_text("Writing SQL")
    expect(page.locator("#outcome")).to_contain_text("rows in")
    expect(page.get_by_label("Question")).to_have_value("and another thing")


def test_an_example_of_the_first_database_is_not_asked_of_that_of_the_link(page: Page) -> None:
    with held_events(page):
        open_page(page, "/?db=shop")
        page.locator("#examples").get_by_role("button").first.click()
    expect(page.locator("#examples").get_by_role("button", name=QUESTION)).to_be_visible()
    expect(page.get_by_label("Question")).to_have_value("")
    ask(page, COUNT)
    expect(page.locator("#headline output")).to_have_text("3")
    expect(page.locator("#history")).to_be_hidden()


def test_a_question_asked_right_after_another_database_was_chosen_is_about_that(
    page: Page,
) -> None:
    open_page(page)
    expect(page.locator("#summary")).to_contain_text("airline")
    with held_events(page, newest_first=True):
        page.get_by_label("Database").click()
        page.get_by_role("option", name="Spider / shop").click()
        ask(page, QUESTION)
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])
    expect(page.locator("#summary")).to_contain_text("shop")


def test_the_last_of_two_databases_chosen_in_haste_is_shown(page: Page) -> None:
    open_page(page)
    expect(page.locator("#summary")).to_contain_text("airline")
    with held_events(page, newest_first=True):
        for name in ("Samples / clinic", "Spider / shop"):
            page.get_by_label("Database").click()
            page.get_by_role("option", name=name).click()
    expect(page.locator("#summary")).to_contain_text("shop")
    expect(page.get_by_label("Database")).to_have_value("Spider / shop · customer, sale")
    expect(page).to_have_url(re.compile(r"\?db=shop$"))


def test_back_pressed_twice_in_haste_leads_two_steps_back(page: Page) -> None:
    open_page(page, "/?db=shop&q=Who+bought+something%3F")
    expect(page.locator("#outcome")).to_contain_text("3 rows")
    for question, rows in ((COUNT, 0), (QUESTION, 2)):
        ask(page, question)
        expect(page.locator("#rows [role=gridcell]")).to_have_count(rows)
    with held_events(page, newest_first=True):
        page.go_back()
        page.go_back()
    expect(page.locator("#outcome")).to_contain_text("3 rows")
    expect(page.get_by_label("Question")).to_have_value("Who bought something?")
    page.go_forward()
    page.go_forward()
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])
    expect(page.get_by_label("Question")).to_have_value(QUESTION)


def test_a_tab_chosen_at_once_stays_open(page: Page) -> None:
    with held_events(page):
        page.goto("/")
        open_tab(page, "Inspect")
    expect(page.locator("#item h2")).to_be_visible()
    expect(page.get_by_role("tab", name="Inspect")).to_have_attribute("aria-selected", "true")
    page.wait_for_timeout(500)  # a late reply to the first event would show itself by then
    expect(page.get_by_role("tab", name="Inspect")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("screen", [Screen(390, 844), Screen(360, 640)], ids=["390", "360"])
def test_all_tabs_stand_in_one_line_from_the_first_moment(page: Page) -> None:
    page.add_init_script(
        """window.tabsSeen = new Set();
        new MutationObserver(() => {
            const tabs = [...document.querySelectorAll("[role=tablist]")[0]?.children ?? []];
            if (tabs.length) tabsSeen.add(tabs.map((tab) => tab.textContent.trim()).join());
        }).observe(document, { childList: true, subtree: true });"""
    )
    page.goto("/?tab=about")
    expect(page.locator("#about")).to_be_visible()
    tops = {tab.bounding_box()["y"] for tab in page.get_by_role("tab").filter(visible=True).all()}
    assert len(tops) == 1
    assert page.evaluate("[...tabsSeen]") == ["Ask,Inspect,Report,Your data,Train,About"]
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_tab_that_is_none_is_the_first_one(page: Page) -> None:
    open_page(page, "/?tab=nope")
    ask(page, COUNT)
    expect(page).to_have_url(re.compile(r"\?db=airline&q=How"))


def test_a_file_uploaded_at_once_outlives_a_reload(page: Page, tmp_path: Path) -> None:
    (tmp_path / "pets.csv").write_text("name,legs\nRex,4\nTweety,2\n")
    with held_events(page, newest_first=True) as held:
        page.goto("/?tab=uploads")
        expect(page.locator("#upload")).to_be_visible()
        before = len(held)
        page.locator("#upload input[type=file]").set_input_files(tmp_path / "pets.csv")
        while len(held) == before:
            page.wait_for_timeout(50)
        held.pop().continue_()
        page.wait_for_timeout(200)
    expect(page.get_by_label("pets", exact=True)).to_be_visible(timeout=90_000)
    page.reload()
    expect(page.get_by_label("pets", exact=True)).to_be_checked()
