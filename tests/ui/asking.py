"""What tests of the Ask tab do again and again."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def open_page(page: Page, address: str = "/") -> None:
    page.goto(address)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Question").fill(question)
    page.keyboard.press("Enter")


def open_sql(page: Page) -> None:
    """Unfold the SQL of the answer, unless it is open, or will be because it was before."""
    editor = page.locator("#sql .cm-content")
    expect(page.locator("#sql-fold")).to_be_visible()
    remembered = page.evaluate("Boolean(localStorage.getItem('t2s-sql-open'))")
    if not remembered and not editor.is_visible():
        page.locator("#sql-fold > button").click()
    expect(editor).to_be_visible()


def edit_sql(page: Page, sql: str) -> None:
    open_sql(page)
    page.locator("#sql .cm-content").fill(sql)


def expect_sql(page: Page, sql: str) -> None:
    """Expect ``sql`` in the editor, on one line."""
    open_sql(page)
    expect(page.locator("#sql .cm-content")).to_have_text(sql, use_inner_text=True)
