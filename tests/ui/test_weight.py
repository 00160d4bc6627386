"""What a first visit costs in bytes over the wire."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

# Over the wire; 676 KB in 101 answers and 35 KB on 27 November 2026.
_MOST_BYTES = 900_000  # of everything that the first view asks for
_MOST_OF_THE_PAGE = 60_000


def test_a_first_visit_is_no_heavier_than_it_was(browser: Browser, url: str) -> None:
    context = browser.new_context(base_url=url)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    session.on(
        "Network.responseReceived",
        lambda event: names.setdefault(event["requestId"], event["response"]["url"]),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto("/")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    expect(page.locator("#summary")).to_contain_text("airline")
    weights = {names[request]: size for request, size in sizes.items() if request in names}
    assert weights[f"{url}/"] < _MOST_OF_THE_PAGE
    assert sum(weights.values()) < _MOST_BYTES
    context.close()
