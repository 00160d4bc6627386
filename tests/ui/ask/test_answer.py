"""An answer in a real browser: the sentence first, how sure it is, stale rows, slow SQL."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from ..asking import ask, edit_sql, open_page, open_sql
from ..conftest import Screen
from ..looks import show_on

TOWNS = "/?db=shop&q=Which+towns+do+customers+live+in%3F"
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
SCREENS = (Screen(1440, 900), Screen(1024, 768), Screen(390, 844))


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"]


def test_the_answer_comes_first_then_its_rows_its_sql_and_what_it_was_made_of(page: Page) -> None:
    open_page(page, TOWNS)
    expect(page.locator("#headline p")).to_have_text(
        "The town of each customer where the town is known: Kraków and York."
    )
    expect(page.locator("#rows [role=gridcell]").first).to_be_visible()
    order = ["#question", "#headline", "#rows", "#outcome", "#sql-fold", "#reading", "#feedback"]
    for screen in SCREENS:
        show_on(page, screen)
        tops = [top(page, selector) for selector in order]
        assert tops == sorted(tops)
        assert tops[1] < screen.height / 2, "the answer is in sight without scrolling"
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_the_tables_of_the_answer_are_marked_in_the_schema(page: Page) -> None:
    open_page(page, TOWNS)
    marked = page.locator("#tables [data-used] .t2s-name")
    expect(marked).to_have_text(["customer"])
    edit_sql(page, "SELECT total FROM sale JOIN customer ON customer_id = customer.id")
    page.keyboard.press("Control+Enter")
    expect(marked).to_have_text(["customer", "sale"])


def test_one_percentage_stands_beside_one_answer(page: Page) -> None:
    open_page(page, TOWNS)
    percentages = page.get_by_text(re.compile(r"\d+%")).filter(visible=True)
    expect(percentages).to_have_text(["83% agreement"])
    page.get_by_role("button", name="Other candidates").click()
    page.locator("#candidates label").last.click()
    expect(page.locator("#headline output")).to_have_text("3")
    expect(percentages).to_have_count(0)


def test_a_doubted_answer_has_a_colour_of_its_own_and_is_not_bold(page: Page) -> None:
    style = "e => [getComputedStyle(e).color, Number(getComputedStyle(e).fontWeight)]"
    open_page(page, TOWNS)
    colour = page.locator(".t2s-chance").evaluate(style)[0]
    assert page.locator("#headline output").evaluate(style)[1] >= 600
    ask(page, "foreign")
    expect(page.locator("#doubt .t2s-doubt")).to_be_visible()
    assert page.locator("#headline output").evaluate(style)[1] <= 500
    assert page.locator(".t2s-chance").evaluate(style)[0] != colour
    assert page.locator("#doubt .t2s-doubt").evaluate(style)[0] != colour


def test_rows_of_changed_sql_are_greyed_until_it_runs_or_is_undone(page: Page) -> None:
    open_page(page, TOWNS)
    note = page.get_by_text("You changed the SQL. The rows are those of the earlier SQL")
    faded = "e => Number(getComputedStyle(e).opacity) < 0.5"
    edit_sql(page, "SELECT name FROM customer")
    expect(note).to_be_visible()
    for part in ("#headline", "#rows", "#outcome", "#reading"):
        assert page.locator(part).evaluate(faded), part
    page.locator("#sql .cm-content").press("Control+z")
    expect(note).to_be_hidden()
    edit_sql(page, "SELECT name FROM customer")
    expect(note).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#rows [role=gridcell]").first).to_have_text("Zoë")
    expect(note).to_be_hidden()
    assert not page.locator("#rows").evaluate(faded)


def test_sql_that_fails_leaves_no_old_rows(page: Page) -> None:
    open_page(page, TOWNS)
    edit_sql(page, "SELECT nope FROM customer")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#headline").get_by_role("alert")).to_contain_text("no such column: nope")
    for part in ("#rows", "#chart", "#doubt", "#unrun"):
        expect(page.locator(part)).to_be_hidden()


def test_slow_sql_says_at_once_that_it_runs_and_can_be_cancelled(page: Page) -> None:
    open_page(page, TOWNS)
    edit_sql(page, ENDLESS)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#running")).to_contain_text("Running the SQL 0.")
    page.locator("#cancel-run").click()
    expect(page.locator("#running")).to_have_text("Cancelled. The SQL was not run to its end.")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    expect(page.locator("#unrun p")).to_be_visible()
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])


def test_slow_sql_in_the_question_field_can_be_cancelled_too(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, ENDLESS)
    expect(page.locator("#status")).to_contain_text("Running the SQL 0.")
    page.locator("#cancel").click()
    expect(page.locator("#status")).to_have_text("Cancelled. Your question is still in the field.")


def test_a_new_question_ends_slow_sql(page: Page) -> None:
    open_page(page, TOWNS)
    edit_sql(page, ENDLESS)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#running")).to_contain_text("Running the SQL 0.")
    ask(page, "How many customers are there?")
    expect(page.locator("#headline output")).to_have_text("3")
    expect(page.locator("#running")).to_be_hidden()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()


def test_the_sql_is_open_where_the_visitor_left_it_open(page: Page) -> None:
    open_page(page, TOWNS)
    editor = page.locator("#sql .cm-content")
    open_sql(page)
    page.wait_for_function("localStorage.getItem('t2s-sql-open') === '1'")
    open_page(page, "/?db=shop&q=How+many+customers+are+there%3F")
    expect(editor).to_be_visible()
    page.locator("#sql-fold > button").click()
    page.wait_for_function("localStorage.getItem('t2s-sql-open') === ''")
    open_page(page, TOWNS)
    expect(page.locator("#headline p")).to_contain_text("Kraków")
    expect(editor).to_be_hidden()


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("SELECT name, length(name) AS letters FROM customer", "Bars: letters by name, 3 values"),
        ("plot the sales", "Points: "),
    ],
)
def test_a_chart_is_open_beside_the_rows(page: Page, question: str, label: str) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, question)
    expect(page.get_by_label(re.compile(label)).locator("canvas, svg").first).to_be_visible()
    expect(page.locator("#rows [role=gridcell]").first).to_be_visible()


def test_a_chart_that_was_asked_for_and_cannot_be_drawn_is_said_to_be_missing(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, "plot everything")
    expect(page.locator("#chartless")).to_contain_text("You asked for a chart, but these rows")


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: str(screen.width))
def test_two_close_readings_are_asked_about_and_one_click_answers(
    page: Page, screen: Screen
) -> None:
    open_page(page, "/?db=shop&q=two")
    expect(page.locator("#asks-back")).to_have_text(
        "Did you mean the name of each customer, or the id of each customer?"
    )
    expect(page.locator("#reading-1 td")).to_have_text(["Zoë", "O'Hara", "Ann"])
    expect(page.locator("#reading-2 b")).to_have_text("id")
    expect(page.locator("#headline")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.locator("#choose-2").click()
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["1", "2", "3"])
    expect(page.locator("#did-you-mean")).to_be_hidden()
    expect(page.locator("#thanks")).to_have_text("Thank you. Your choice is saved as feedback.")
    expect(page.get_by_text("%").filter(visible=True)).to_have_count(0)


def test_a_key_chooses_a_reading_for_whoever_has_just_asked(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, "two")
    expect(page.locator("#choose-1")).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator("#headline p")).to_contain_text("The name of each customer")
    expect(page.locator("#thanks")).to_have_text("Thank you. Your choice is saved as feedback.")
    page.get_by_label("Start anew").check()
    ask(page, "two again")
    expect(page.locator("#choose-1")).to_be_visible()
    page.get_by_label("Question").press("2")
    expect(page.get_by_label("Question")).to_have_value("two again2")
    expect(page.locator("#choose-1")).to_be_visible()


def test_a_link_opens_with_the_reading_that_was_chosen(page: Page) -> None:
    open_page(page, "/?db=shop&q=two")
    page.locator("#choose-2").click()
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["1", "2", "3"])
    page.wait_for_url("**sql=*")
    page.reload()
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["1", "2", "3"])
    expect(page.locator("#did-you-mean")).to_be_hidden()


def test_neither_reading_shows_the_other_candidates(page: Page) -> None:
    open_page(page, "/?db=shop&q=two")
    page.locator("#choose-neither").click()
    expect(page.locator("#headline")).to_contain_text("25% agreement")
    expect(page.locator("#doubt .t2s-doubt")).to_be_visible()
    expect(page.locator("#candidates label")).to_have_count(4)
    expect(page.locator("#candidates label").first).to_be_visible()


def test_a_sure_answer_asks_nothing_back(page: Page) -> None:
    open_page(page, "/?db=shop&q=two")
    expect(page.locator("#asks-back p")).to_be_visible()
    ask(page, "Which towns do customers live in?")
    expect(page.locator("#headline p")).to_contain_text("Kraków and York")
    expect(page.locator("#did-you-mean")).to_be_hidden()
