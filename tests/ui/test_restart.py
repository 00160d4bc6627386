"""What a visitor is told whose server has ended, as when a proxy sends her to another process."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.ui.server import SLOW_QUESTION

_SERVER = "**/gradio_api/app_id"


def _ask_and_wait(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Question").fill(SLOW_QUESTION)
    page.evaluate("window.before = true")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#status .t2s-working")).to_be_visible()


# Gradio logs each stream that ends with a page that is left
@pytest.mark.parametrize("tolerated", ["AbortError|Connection errored out"])
def test_whoever_waits_comes_to_the_next_process_with_the_same_question(page: Page) -> None:
    other = json.dumps({"app_id": 1})
    page.route(_SERVER, lambda route: route.fulfill(body=other, content_type="application/json"))
    _ask_and_wait(page)
    expect(page.get_by_text("The server was restarted. The page is loaded again.")).to_be_visible()
    page.unroute(_SERVER)
    page.wait_for_function("window.before === undefined")
    expect(page.get_by_label("Question")).to_have_value(SLOW_QUESTION)
    expect(page.locator("#outcome")).to_contain_text("14 rows")


@pytest.mark.parametrize("tolerated", ["Failed to load resource"])
def test_a_server_that_answers_again_goes_on_where_it_was(page: Page) -> None:
    page.route(_SERVER, lambda route: route.abort())
    _ask_and_wait(page)
    expect(page.get_by_text("The server does not answer. This page waits for it.")).to_be_visible()
    page.unroute(_SERVER)
    expect(page.locator("#outcome")).to_contain_text("14 rows")
    assert page.evaluate("window.before") is True
