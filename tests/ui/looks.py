"""Looks at one page on several screens, since opening it for each takes many seconds."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Screen

__all__ = ["CONTRAST", "LAPTOP_AND_PHONE", "expect_readable", "show_on"]

#: Each size and each theme once; test_accessibility.py judges the colours of both.
_SCREENS = {"laptop-light": Screen(1280, 800, "light"), "phone-dark": Screen(390, 844, "dark")}
#: For tests that do the same on each.
LAPTOP_AND_PHONE = [pytest.param(screen, id=name) for name, screen in _SCREENS.items()]
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
_FADE_MS = 500  # colours fade in


def show_on(page: Page, screen: Screen) -> None:
    """Give the page the size and the theme of ``screen``, as a visitor does who changes them."""
    page.set_viewport_size({"width": screen.width, "height": screen.height})
    page.emulate_media(color_scheme=screen.theme)
    expect(page.locator("body.dark")).to_have_count(int(screen.theme == "dark"))
    page.wait_for_timeout(_FADE_MS)


def expect_readable(page: Page) -> None:
    """Expect all text to stand out and nothing to be wider than a laptop or a phone."""
    for screen in _SCREENS.values():
        show_on(page, screen)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert page.evaluate(CONTRAST) == []
