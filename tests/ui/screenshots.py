"""Takes the pictures in ``docs/`` from the running application: ``make screenshots``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from .conftest import ROOT, Screen, find_browser

_ADDRESS = "/?db=airline&q=Which+pilots+are+based+in+Toulouse%3F"
_SHOTS = {
    "ask-light": Screen(1280, 800, "light"),
    "ask-dark": Screen(1280, 800, "dark"),
    "ask-phone-light": Screen(390, 844, "light"),
    "ask-phone-dark": Screen(390, 844, "dark"),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with application() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--force-device-scale-factor=1"]
        )
        for name, screen in _SHOTS.items():
            with opened(browser, url + _ADDRESS, screen) as page:
                page.screenshot(path=folder / f"{name}.png")
        with opened(browser, url + _ADDRESS, _SHOTS["ask-light"]) as page:
            page.get_by_role("tab", name="Diagram").click()
            page.locator(".t2s-canvas").screenshot(path=folder / "diagram.png")
        browser.close()


@contextmanager
def application() -> Iterator[str]:
    """``app.py`` as people start it; the address it prints."""
    with subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as app:
        try:
            assert app.stdout is not None
            yield next(line for line in app.stdout if "http" in line).split()[4]
        finally:
            app.terminate()


@contextmanager
def opened(browser: Browser, address: str, screen: Screen) -> Iterator[Page]:
    """A page on ``screen`` whose question is answered."""
    size = {"width": screen.width, "height": screen.height}
    page = browser.new_page(viewport=size, color_scheme=screen.theme)
    page.goto(address)
    expect(page.locator("#outcome")).to_contain_text("written by", timeout=60_000)
    page.mouse.move(0, 0)
    yield page
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
