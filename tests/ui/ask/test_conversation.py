"""A conversation in a real browser: follow-ups, what they carry over, a new question, links."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from text2sql.answering.pipeline import Answer
from text2sql.ui.ask.conversation import Talk, said
from text2sql.ui.ask.steps import Step, earlier_steps, steps_text

from ..asking import ask, edit_sql, expect_sql, open_page
from ..conftest import Screen

NAMES = "What are the names of all customers?"
NAMED = "/?db=shop&q=What+are+the+names+of+all+customers%3F"
YORK = "SELECT name FROM customer WHERE town = 'York'"
SCREENS = [pytest.param(Screen(1280, 800), id="1280"), pytest.param(Screen(390, 844), id="390")]


def goes_on(page: Page, text: str) -> None:
    expect(page.locator("#goes-on")).to_have_text(text)


def chips(page: Page, *texts: str) -> None:
    expect(page.locator("#carried button")).to_have_text(list(texts))


@pytest.mark.parametrize("screen", SCREENS)
def test_a_follow_up_changes_the_query_and_says_what_it_carries_over(
    page: Page, screen: Screen
) -> None:
    open_page(page, NAMED)
    expect_sql(page, "SELECT name FROM customer")
    goes_on(page, "")
    ask(page, "only those in York")
    expect_sql(page, YORK)
    goes_on(page, f"Goes on from “{NAMES}”.")
    expect(page.locator("#outcome")).to_contain_text("goes on from the answer before")
    expect(page.locator("#carried")).to_be_hidden()
    ask(page, "how many are there?")
    expect_sql(page, "SELECT count(*) FROM customer WHERE town = 'York'")
    expect(page.locator("#headline output")).to_have_text("1")
    goes_on(page, "Goes on from “only those in York”.")
    chips(page, "where the town is “York” ×")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_part_that_was_carried_over_is_taken_off_by_keyboard(page: Page) -> None:
    open_page(page, NAMED)
    expect_sql(page, "SELECT name FROM customer")
    ask(page, "only those in York")
    expect_sql(page, YORK)
    ask(page, "how many are there?")
    chips(page, "where the town is “York” ×")
    page.locator("#carried button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#headline output")).to_have_text("3")
    expect_sql(page, "SELECT count(*) FROM customer")
    expect(page.locator("#carried")).to_be_hidden()


def test_the_switch_makes_the_next_question_a_new_one_and_only_that(page: Page) -> None:
    open_page(page, NAMED)
    expect_sql(page, "SELECT name FROM customer")
    switch = page.get_by_label("Start anew")
    switch.check()
    ask(page, "How many customers are there?")
    expect_sql(page, "SELECT count(*) FROM customer")
    goes_on(page, "")
    expect(switch).not_to_be_checked()
    ask(page, "only those in York")
    expect_sql(page, "SELECT count(*) FROM customer WHERE town = 'York'")


def test_a_question_goes_on_from_the_sql_that_the_visitor_put_in_place(page: Page) -> None:
    open_page(page, NAMED)
    edit_sql(page, "SELECT total FROM sale")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#headline output")).to_have_text("9.5, 20 and 7.25")
    ask(page, "how many are there?")
    expect_sql(page, "SELECT count(*) FROM sale")


def test_a_link_to_a_follow_up_answers_it_after_the_questions_before_it(page: Page) -> None:
    open_page(page, NAMED)
    expect_sql(page, "SELECT name FROM customer")
    ask(page, "only those in York")
    expect_sql(page, YORK)
    ask(page, "how many are there?")
    expect(page.locator("#headline output")).to_have_text("1")
    page.wait_for_url("**after=*")
    page.reload()
    expect(page.locator("#headline output")).to_have_text("1")
    chips(page, "where the town is “York” ×")
    ask(page, "Which towns do customers live in?")
    expect_sql(page, "SELECT town FROM customer WHERE town IS NOT NULL")
    expect(page).not_to_have_url("**after=*")


def test_only_a_question_that_sounds_like_a_follow_up_is_said_to_be_a_new_one() -> None:
    before = Talk("shop", (Step(NAMES),), "SELECT name FROM customer")

    def note(question: str, talk: Talk | None) -> str:
        answer = Answer(question, "shop", "m", "SELECT 1", (), None, 0.1)
        return said(Talk.of(answer, talk)).striptags()

    assert note("and the prices?", before) == "Answered as a new question."
    assert note("Which towns do customers live in?", before) == ""
    assert note("and the prices?", None) == ""


def test_a_link_carries_the_sql_that_a_follow_up_went_on_from(page: Page) -> None:
    open_page(page, NAMED)
    edit_sql(page, "SELECT total FROM sale")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#headline output")).to_have_text("9.5, 20 and 7.25")
    ask(page, "how many are there?")
    expect_sql(page, "SELECT count(*) FROM sale")
    page.wait_for_url("**after=*")
    page.reload()
    expect_sql(page, "SELECT count(*) FROM sale")
    goes_on(page, f"Goes on from “{NAMES}”.")


def test_a_link_leaves_out_the_part_that_was_taken_off(page: Page) -> None:
    open_page(page, NAMED)
    expect_sql(page, "SELECT name FROM customer")
    ask(page, "only those in York")
    expect_sql(page, YORK)
    ask(page, "how many are there?")
    page.locator("#carried button").click()
    expect(page.locator("#headline output")).to_have_text("3")
    page.wait_for_url("**sql=*")
    page.reload()
    expect_sql(page, "SELECT count(*) FROM customer")
    expect(page.locator("#headline output")).to_have_text("3")
    expect(page.locator("#carried")).to_be_hidden()


def test_a_follow_up_of_sql_goes_on_from_it_in_a_link_too(page: Page) -> None:
    open_page(page, "/?db=shop")
    ask(page, "SELECT name FROM customer")
    expect(page.locator("#outcome")).to_contain_text("3 rows")
    ask(page, "only those in York")
    expect_sql(page, YORK)
    page.wait_for_url("**after=*")
    page.reload()
    expect_sql(page, YORK)
    goes_on(page, "Goes on from “SELECT name FROM customer”.")


def test_the_parts_carried_over_follow_the_sql_of_the_editor(page: Page) -> None:
    open_page(page, NAMED)
    expect_sql(page, "SELECT name FROM customer")
    ask(page, "only those in York")
    expect_sql(page, YORK)
    ask(page, "how many are there?")
    chips(page, "where the town is “York” ×")
    edit_sql(page, "SELECT count(*) FROM customer WHERE town = 'Ulm'")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#headline output")).to_have_text("0")
    expect(page.locator("#carried")).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ('["a", "b"]', (Step("a"), Step("b"))),
        ('["a", ["b", "SELECT 1"]]', (Step("a"), Step("b", "SELECT 1"))),
        ('["1", "2", "3", "4", "5"]', (Step("2"), Step("3"), Step("4"), Step("5"))),
        ("", ()), ("[", ()), ("[1]", ()), ('{"a": 1}', ()), ('["  "]', ()), ("[[]]", ()),
        ('[["a", 1]]', ()), ('[["a", "b", "c"]]', ()), ('["a", null]', ()),
        ("[" * 15_999, ()), (f'["{"x" * 20_000}"]', ()),
    ],
)  # fmt: skip
def test_a_link_names_a_few_steps_or_none(text: str, steps: tuple[Step, ...]) -> None:
    assert earlier_steps(text) == steps
    assert earlier_steps(steps_text(steps)) == steps


def test_a_conversation_goes_on_where_the_last_answer_never_reached_the_page() -> None:
    talk = Talk("shop", (Step(NAMES),), "SELECT name FROM customer")
    assert talk.with_sql(None) is talk
