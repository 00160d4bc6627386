"""Opening a tab of the page."""

from __future__ import annotations

from playwright.sync_api import Page

__all__ = ["open_tab"]


def open_tab(page: Page, name: str) -> None:
    """Choose the tab called ``name``."""
    page.get_by_role("tab", name=name).click()
