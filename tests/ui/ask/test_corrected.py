"""A correction answers the visitor's next question like it, and nobody else's."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.ui.asking import ask, edit_sql, expect_sql, open_page


def test_a_correction_answers_the_visitors_next_question_like_it(
    page: Page, browser: Browser, url: str
) -> None:
    open_page(page, "/?db=shop")
    ask(page, "Which sales are above 8?")
    expect_sql(page, 'SELECT * FROM "customer"')
    edit_sql(page, "SELECT total FROM sale WHERE total > 8")
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.locator("#thanks")).to_contain_text("helps with your next questions")
    page.get_by_role("tab", name="Model input").click()
    expect(page.locator("#model-examples")).to_contain_text("SELECT total FROM sale")
    ask(page, "Which sales are above 9?")
    expect_sql(page, "SELECT total FROM sale WHERE total > 9")
    expect(page.locator("#outcome")).to_contain_text(
        "from the SQL given for “Which sales are above 8?”"
    )
    page.get_by_role("button", name="Wrong", exact=True).click()
    other = browser.new_page(base_url=url)
    open_page(other, "/?db=shop")
    ask(other, "Which sales are above 9?")
    expect_sql(other, 'SELECT * FROM "customer"')
    other.close()
