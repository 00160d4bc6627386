"""Takes the pictures in ``docs/`` from the running application: ``make screenshots``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from .conftest import BROWSER_SWITCHES, ROOT, Screen, find_browser
from .first_visit import SCREENS, visit

_SCREEN = Screen(1280, 800, "light")
#: Each view's address, and what is there once it is complete.
_VIEWS = {
    "ask": ("/?db=airline&q=Which+pilots+are+based+in+Toulouse%3F", "#outcome strong"),
    "asks-back": ("/?db=farm_coop&q=How+many+of+our+member+farms+are+organic%3F", "#asks-back p"),
}
_QUESTIONS = 40  # of the samples, in the run that is inspected


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as runs:
        evaluate(Path(runs) / "pocket.db")
        with application(runs) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_browser(),
                args=[*BROWSER_SWITCHES, "--force-device-scale-factor=1"],
            )
            take(browser, url, folder)
            for screen in SCREENS:
                visit(browser, url, screen, folder)
            browser.close()


def take(browser: Browser, url: str, folder: Path) -> None:
    """The views that other pages than the first visit show."""
    for view, (address, complete) in _VIEWS.items():
        with opened(browser, url + address, complete, _SCREEN) as page:
            page.screenshot(path=folder / f"{view}-light.png")


def evaluate(run: Path) -> None:
    """A run to inspect: the bundled model on the samples."""
    questions = ROOT / "text2sql" / "assets" / "samples" / "questions.json"
    options = ["--questions", str(questions), "--limit", str(_QUESTIONS), "--out", str(run)]
    command = [sys.executable, "-m", "text2sql", "evaluate", *options]
    subprocess.run(command, cwd=ROOT, check=True)


@contextmanager
def application(runs: str) -> Iterator[str]:
    """``app.py`` as people start it, with its runs in ``runs``; the address it prints."""
    with subprocess.Popen(
        [sys.executable, "app.py", "--runs", runs], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as app:
        try:
            assert app.stdout is not None
            yield next(line for line in app.stdout if "http" in line).split()[4]
        finally:
            app.terminate()


@contextmanager
def opened(browser: Browser, address: str, complete: str, screen: Screen) -> Iterator[Page]:
    """A page on ``screen`` once the element ``complete`` is there."""
    size = {"width": screen.width, "height": screen.height}
    page = browser.new_page(viewport=size, color_scheme=screen.theme)
    page.goto(address)
    expect(page.locator(complete).first).to_be_visible(timeout=60_000)
    page.mouse.move(0, 0)
    yield page
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
