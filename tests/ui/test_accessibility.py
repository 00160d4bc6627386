"""The page by axe-core, the rules of WCAG 2.2 AA, on every tab, on a laptop and a phone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.ui.conftest import Screen
from tests.ui.looks import show_on

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_VIEWS = {
    "ask": ("/?db=shop&q=Which+towns+do+customers+live+in%3F", "#answer"),
    "chart": ("/?db=shop&q=SELECT+name,+length(name)+AS+letters+FROM+customer", "#chart canvas"),
    "nothing": ("/?db=nope", "[role=alert]"),
    "uploads": ("/?tab=uploads", "#upload"),
    "inspect": ("/?tab=inspect&run=second.db&item=2", "#item .t2s-metrics"),
    "report": ("/?tab=report&run=second.db&other=first.db", "#versus h2"),
    "train": ("/?tab=train", "#training svg"),
    "about": ("/?tab=about", "#about"),
}
_SCREENS = [Screen(1440, 900, "light"), Screen(1440, 900, "dark"), Screen(390, 844, "light")]


def findings(page: Page) -> list[str]:
    """What axe-core finds, one line an element."""
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = page.evaluate(
        f"axe.run(document, {json.dumps(options)}).then((result) => result.violations)"
    )
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("view", _VIEWS)
def test_axe_finds_nothing(page: Page, view: str) -> None:
    address, complete = _VIEWS[view]
    page.goto(address)
    expect(page.locator(complete).first).to_be_visible()
    for screen in _SCREENS:
        show_on(page, screen)
        assert findings(page) == [], screen
