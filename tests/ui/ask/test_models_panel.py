"""Several models answer one question side by side."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.ui.asking import ask, open_page


def test_models_answer_side_by_side_with_their_rows_and_the_gold_query(page: Page) -> None:
    open_page(page, "/?db=shop")
    ask(page, "What are the names of all customers?")
    page.locator("#models > button").click()
    for name in ("counter", "no-such-model", "far-away"):
        page.get_by_role("checkbox", name=name).check()
    page.locator("#compare-models").click()
    cards = page.locator("#model-answers section")
    expect(cards).to_have_count(5)
    heads = ["answers", "no-such-model", "far-away", "counter", "Gold query"]
    assert [card.locator("h3").inner_text() for card in cards.all()] == heads
    expect(cards.nth(0)).to_contain_text("Right.")
    expect(cards.nth(0)).to_contain_text("O'Hara")
    expect(cards.nth(1)).to_contain_text("There is no model 'no-such-model'")
    expect(cards.nth(2)).to_contain_text("far-away is not on this machine; it needs 3.1 GB.")
    expect(cards.nth(3)).to_contain_text("Wrong.")
    expect(cards.nth(4)).to_contain_text("SELECT name")
    expect(page.locator("#model-answers")).to_contain_text("No two models return the same rows.")


def test_models_with_the_same_rows_are_named_and_a_new_question_clears_them(page: Page) -> None:
    open_page(page, "/?db=shop")
    ask(page, "How many customers are there?")
    page.locator("#models > button").click()
    page.get_by_role("checkbox", name="counter").check()
    page.locator("#compare-models").click()
    said = "answers and counter return the same rows."
    expect(page.locator("#model-answers")).to_contain_text(said)
    ask(page, "Which towns do customers live in?")
    expect(page.locator("#model-answers")).not_to_contain_text(said)
