"""The Report tab in a real browser."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from tests.ui.looks import expect_readable


def test_read_a_report_hold_another_run_against_it_and_open_what_was_fixed(page: Page) -> None:
    page.goto("/?tab=report&run=second.db")
    expect(page.locator("#numbers")).to_contain_text("execution match66.7")
    expect(page.locator("#plots h3")).to_have_text(
        ["By hardness", "By feature of the gold query", "Clause by clause"]
    )
    expect(page.locator("#published tbody tr")).to_have_count(3)
    expect(page.locator("#published")).to_contain_text("22.44")

    page.get_by_label("Compare with").click()
    page.get_by_role("option", name=re.compile(r"^first\.db")).click()
    expect(page.locator("#versus")).to_contain_text("Fixed: 1 item")
    expect(page).to_have_url(re.compile(r"\?tab=report&run=second\.db&other=first\.db$"))
    expect_readable(page)

    page.get_by_role("link", name="1. How many customers are there?").click()
    expect(page.locator("#item h2")).to_have_text("1. How many customers are there?")
    expect(page).to_have_url(re.compile(r"\?tab=inspect&run=second\.db&item=1$"))


def test_the_report_is_downloaded_as_html_and_as_json(page: Page) -> None:
    page.goto("/?tab=report&run=second.db")
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML report").click()
    assert download.value.suggested_filename == "second.db.html"
    assert download.value.path().read_text(encoding="utf-8").startswith("<!doctype html>")
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    assert download.value.suggested_filename == "second.db.json"
    content = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert (content["n"], round(content["totals"]["execution"], 1)) == (3, 66.7)


def test_the_report_shows_the_robustness_of_several_models(page: Page) -> None:
    page.goto("/?tab=report&run=second.db")
    table = page.get_by_role("region", name="Robustness")
    expect(table.locator("tbody th")).to_have_text(["<b>other</b>", "pocket"])
    expect(table.locator("tbody tr").last).to_contain_text("70.0 (67.0 to 73.0)")
    expect_readable(page)
    expect(page.locator("#report-problems")).to_contain_text("1 file in the folder")
