"""The Train tab in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.ui.asking import open_page
from tests.ui.looks import expect_readable
from tests.ui.tabs import open_tab


def test_read_the_recipes_take_a_command_and_look_into_a_run(page: Page) -> None:
    open_page(page)
    open_tab(page, "Train")
    expect(page.locator("#recipes tbody th")).to_contain_text(["pocket", "tiny"])
    command = page.locator("#command .cm-content")
    expect(command).to_contain_text("text2sql train --recipe tiny")
    page.get_by_label("Recipe", exact=True).click()
    page.get_by_role("option", name="pocket", exact=True).click()
    expect(command).to_contain_text("text2sql train --recipe pocket")

    expect(page.get_by_label("Training run")).to_have_value("lesson")
    expect(page.locator("#training figcaption").first).to_have_text("train loss 1.5")
    expect(page.locator("#training .t2s-sample li")).to_contain_text(
        ["SELECT count(*) FROM singer", "SELECT count(*) FROM singer", "SELECT singer"]
    )
    expect_readable(page)
