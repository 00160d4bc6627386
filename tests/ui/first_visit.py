"""A first visit, step by step, with pictures for ``docs/first-visit.md``.

``python -m tests.ui.screenshots docs`` takes them.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from .conftest import Screen

__all__ = ["SCREENS", "visit"]

SCREENS = {
    f"{width}-{theme}": Screen(width, height, theme)
    for width, height in ((1440, 900), (1024, 768), (390, 844))
    for theme in ("light", "dark")
}
#: The pictures in the documentation; together they show each screen.
KEPT = {
    "1440-light": ("open", "answer", "report"),
    "1440-dark": ("inspect",),
    "1024-light": ("read",),
    "1024-dark": ("did-you-mean",),
    "390-light": ("answer",),
    "390-dark": ("follow-up",),
}
_COLORS = 256  # of a picture, as many as a small PNG has
_PATIENCE_MS = 120_000
_TALLEST = 1250  # pixels of a picture of a telephone's page, which is scrolled

_COUNTED = "Show each department with the number of doctors working there."
_NAMED = "Give me the first and last names of all doctors in Paediatrics."
#: Questions that the bundled model has asked back about; new weights may be sure of some of them.
_UNSURE = (
    ("farm_coop", "How many of our member farms are organic?"),
    ("school", "What day does the robotics club meet?"),
    ("airline", "Which cities can I fly to directly from Toulouse?"),
    ("bike_shop", "How many orders came in over the web in 2024?"),
)
_VISITS = """Clinic visits 2024

Visit;Patient;Fee;Seen on
1;Ann Lee;1.234,50 €;13/04/2024
2;Bob Ray;99,00 €;05/06/2024
3;Ann Lee;10,00 €;01/02/2024
4;Cem Ak;45,50 €;17/09/2024
Total;;1.389,00 €;
"""


def visit(browser: Browser, url: str, screen: str, folder: Path) -> None:
    """Take the pictures of one of ``SCREENS``."""
    shown = SCREENS[screen]
    page = browser.new_page(
        base_url=url,
        viewport={"width": shown.width, "height": shown.height},
        color_scheme=shown.theme,
    )
    page.set_default_timeout(_PATIENCE_MS)
    expect.set_options(timeout=_PATIENCE_MS)
    for step in KEPT[screen]:
        _STEPS[step](page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(400)  # charts are drawn a moment later
        _save(page, folder / f"visit-{step}-{screen}.png")
    page.close()


def _open(page: Page) -> None:
    page.goto("/?db=clinic")
    expect(page.locator("#summary")).to_contain_text("clinic")


def _answer(page: Page) -> None:
    page.goto(f"/?db=clinic&q={_COUNTED}")
    expect(page.locator("#chart .marks").first).to_be_visible()


def _follow_up(page: Page) -> None:
    page.goto(f"/?db=clinic&q={_NAMED}")
    expect(page.locator("#headline output")).to_be_visible()
    page.get_by_label("Question").fill("how many are there?")
    page.keyboard.press("Enter")
    expect(page.locator("#carried")).to_be_visible()


def _did_you_mean(page: Page) -> None:
    """Ask questions until the model is unsure of one."""
    for database, question in _UNSURE:
        page.goto(f"/?db={database}&q={question}")
        expect(page.locator("#answer")).to_be_visible()
        if page.locator("#asks-back p").is_visible():
            return
    raise AssertionError("The model is sure of all questions; name others that it asks back about.")


def _read(page: Page) -> None:
    """Upload a file, and see how it was read."""
    page.goto("/?tab=uploads")
    messy = {"name": "visits.csv", "mimeType": "text/csv", "buffer": _VISITS.encode("cp1252")}
    page.locator("#upload input[type=file]").set_input_files(messy)
    expect(page.locator("#uploaded .t2s-notes")).to_be_visible()


def _inspect(page: Page) -> None:
    page.goto("/?tab=inspect&verdict=wrong")
    expect(page.locator("#item .t2s-metrics")).to_be_visible()


def _report(page: Page) -> None:
    page.goto("/?tab=report")
    expect(page.locator("#plots .t2s-plot svg").first).to_be_visible()


_STEPS: dict[str, Callable[[Page], None]] = {
    "open": _open,
    "answer": _answer,
    "follow-up": _follow_up,
    "did-you-mean": _did_you_mean,
    "read": _read,
    "inspect": _inspect,
    "report": _report,
}


def _save(page: Page, path: Path) -> None:
    """Save what is seen, on a telephone a little more, in few colors."""
    size = page.viewport_size
    assert size is not None
    tall = page.evaluate("document.documentElement.scrollHeight")
    height = min(tall, _TALLEST) if size["width"] < 640 else size["height"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": height}
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))
    few = picture.convert("RGB").quantize(_COLORS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
