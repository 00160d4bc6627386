"""A running page, and a browser to open it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import gradio as gr
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from text2sql.databases import Catalog

from .server import make_catalog

_PATIENCE_MS = 60_000  # a busy machine may be slow; a page that is broken stays broken
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The databases that the page serves."""
    return make_catalog(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running page."""
    command = [sys.executable, "-m", "tests.ui.server", str(tmp_path_factory.mktemp("served"))]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        yield server.stdout.readline().strip()
        server.stdin.close()


def find_browser() -> str | None:
    """The Chromium to drive; ``TEXT2SQL_CHROMIUM`` names another one."""
    named = os.environ.get("TEXT2SQL_CHROMIUM", "")
    names = (named, "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


# Chromium loads two pages of its own for the address bar of each window, which costs over a second
# of a core. Of such switches the last one counts, so Playwright's are repeated here.
_WITHOUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "AvoidCorsURLLoaderRestartOnRedirect",
    "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable",
    "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding",
    "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip
BROWSER_SWITCHES = ("--no-sandbox", f"--disable-features={','.join(_WITHOUT)}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the test is skipped, or fails in CI.

    It ends with its module: Playwright's event loop would stop the asyncio tests of the others.
    """
    path = find_browser()
    if path is None:
        reason = "needs Chromium: install it, or name one in TEXT2SQL_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_SWITCHES)
        yield browser
        browser.close()


_STREAM_ENDED = "AbortError: signal is aborted without reason|Connection errored out"


@dataclass(frozen=True)
class Screen:
    """What a visitor sees the page on."""

    width: int = 1280
    height: int = 800
    theme: Literal["light", "dark"] = "light"


@pytest.fixture
def screen() -> Screen:
    """A laptop in the light; tests of other screens parametrise this."""
    return Screen()


@pytest.fixture(scope="module")
def contexts(browser: Browser, url: str) -> Iterator[Callable[[Screen], BrowserContext]]:
    """One browser profile for each screen, so that the page's scripts are fetched once."""
    found: dict[Screen, BrowserContext] = {}

    def context(screen: Screen) -> BrowserContext:
        if screen not in found:
            found[screen] = browser.new_context(
                base_url=url,
                viewport={"width": screen.width, "height": screen.height},
                color_scheme=screen.theme,
            )
        return found[screen]

    yield context
    for opened in found.values():
        opened.close()


@pytest.fixture
def tolerated() -> str:
    """A pattern of errors in the browser's log that are not ours; no test but one has any."""
    return "(?!)"


@pytest.fixture
def page(
    contexts: Callable[[Screen], BrowserContext], url: str, screen: Screen, tolerated: str
) -> Iterator[Page]:
    """A fresh page, which in the end must have asked no other host and logged no error.

    Where a test opens a second address or reloads, Gradio may log that its stream has ended.
    """
    page = contexts(screen).new_page()
    page.set_default_timeout(_PATIENCE_MS)
    expect.set_options(timeout=_PATIENCE_MS)
    problems: list[str] = []
    opened: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda r: None if r.url.startswith((url, "data:", "blob:")) else problems.append(r.url),
    )
    page.on("request", lambda r: opened.append(r.url) if r.is_navigation_request() else None)
    yield page
    page.close()
    known = f"{tolerated}|{_STREAM_ENDED}" if len(opened) > 1 else tolerated
    assert [problem for problem in problems if not re.search(known, problem)] == []


@pytest.fixture
def demo() -> gr.Blocks:
    """A page of one field and one state, for tests that need no browser."""

    async def build() -> gr.Blocks:  # in a loop, because else Gradio opens one and leaves it open
        with gr.Blocks(analytics_enabled=False) as demo:
            box = gr.Textbox(elem_id="box")
            kept = gr.State(None)
            box.change(lambda text: (text, text), box, [box, kept])
        assert isinstance(demo, gr.Blocks)
        return demo

    return asyncio.run(build())
