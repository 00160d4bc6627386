"""Files whose every field is a script, opened in a real browser: nothing of them runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.attacks.script import DECLARED, NAME, SCRIPT
from tests.ui.conftest import ROOT
from tests.ui.tabs import open_tab


@pytest.fixture(scope="module")
def hostile_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.attacks.page", str(tmp_path_factory.mktemp("hostile"))]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        yield server.stdout.readline().strip()
        server.stdin.close()


@pytest.fixture
def page(browser: Browser, hostile_url: str) -> Iterator[Page]:
    """A page of its own; in the end no script may have run."""
    page = browser.new_page(base_url=hostile_url)
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    yield page
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x]").count() == 0
    page.close()


def test_runs_and_training_folders_run_nothing(page: Page) -> None:
    page.goto(f"/?tab=inspect&run={quote(NAME)}.db&item=1")
    expect(page.locator("#item h2")).to_contain_text("window.pwned=1")
    expect(page.locator("#run-problems")).to_contain_text("window.pwned=7")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#item h2")).to_contain_text("2. </script>")
    page.get_by_label("Run", exact=True).click()
    expect(page.get_by_role("option").first).to_contain_text("window.pwned")
    page.keyboard.press("Escape")
    page.goto(f"/?tab=report&run={quote(NAME)}.db&other=a{quote(NAME)}.db")
    expect(page.locator("#made")).to_contain_text("window.pwned")
    expect(page.locator("#versus h2")).to_contain_text("window.pwned=7")
    page.goto("/?tab=train")
    expect(page.locator("#training")).to_contain_text("window.pwned=1")
    page.locator("#training summary").first.click()


def test_databases_and_uploads_run_nothing(page: Page, tmp_path: Path) -> None:
    page.goto(f"/?db={quote(NAME)}&q=how+many")
    expect(page.locator("#summary")).to_contain_text("window.pwned=7")
    expect(page.locator("#headline")).to_contain_text("window.pwned=3")  # why the SQL failed
    for tab in ("Diagram", "Model input"):
        page.get_by_role("tab", name=tab).click()
    expect(page.locator("#model-input")).to_contain_text("window.pwned=1")
    page.goto(f"/?db={quote(DECLARED)}")
    expect(page.locator("#examples")).to_contain_text("window.pwned=1")
    expect(page.locator("#summary")).to_contain_text("schema only")
    open_tab(page, "Your data")
    csv = tmp_path / f"{NAME}.csv"
    csv.write_text(f"name,c{SCRIPT.replace(',', '')}\na,{SCRIPT.replace(',', '')}\nb,2\n")
    page.locator("#upload input[type=file]").set_input_files(csv)
    expect(page.locator("#uploaded")).to_contain_text("1 table")
    page.locator("#uploaded .t2s-peek summary").first.click()
    bad = tmp_path / f"{NAME}.exe"
    bad.write_bytes(b"MZ\x00")
    page.locator("#upload input[type=file]").set_input_files(bad)
    expect(page.locator("#upload-status")).to_contain_text("window")
