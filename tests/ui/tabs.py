"""Opening a tab of the page, at whatever width."""

from __future__ import annotations

from playwright.sync_api import Page, expect

__all__ = ["open_tab"]


def open_tab(page: Page, name: str) -> None:
    """Choose the tab called ``name``; a narrow page keeps the last ones behind a button."""
    tab = page.get_by_role("tab", name=name)
    more = page.get_by_role("button", name="More tabs")
    expect(tab.or_(more).first).to_be_visible()
    if tab.is_visible():
        tab.click()
    else:
        more.click()
        page.locator(".overflow-dropdown").get_by_role("button", name=name).click()
