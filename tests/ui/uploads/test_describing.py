"""Changing how uploaded files are read, and saying what they hold, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.asking import ask, open_page
from tests.ui.holding import held_events
from tests.ui.looks import CONTRAST, LAPTOP_AND_PHONE
from tests.ui.tabs import open_tab
from text2sql.ui.uploads.drafts import Drafts

VISITS = """Clinic visits 2024

id;patient;fee;day
1;Ann;1.234,50 €;03/04/2024
2;Bob;99,00 €;05/06/2024
3;Ann;10,00 €;01/02/2024
Total;;1.343,50 €;
"""
_IMPORT_MS = 90_000  # another Python starts for it


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    (tmp_path / "visit.csv").write_bytes(VISITS.encode("cp1252"))
    return tmp_path / "visit.csv"


def upload(page: Page, *files: Path) -> None:
    page.locator("#upload input[type=file]").set_input_files(files)


def choose(page: Page, field: str, name: str) -> None:
    page.locator(f"#{field} input").click()
    page.get_by_role("option", name=name, exact=True).click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#described-status")).to_have_text("Saved.", timeout=_IMPORT_MS)


@pytest.mark.parametrize("screen", LAPTOP_AND_PHONE)
def test_a_column_is_read_otherwise_named_and_described_and_that_is_kept_in_a_file(
    page: Page, visits: Path
) -> None:
    open_page(page)
    open_tab(page, "Your data")
    upload(page, visits)
    notes = page.locator("#uploaded .t2s-notes li")
    expect(notes).to_have_text(
        [
            "visit: it was read as Windows-1252, which its letters suggest.",
            "visit: line 1 above the table was left out: 'Clinic visits 2024'.",
            "visit: line 7 with totals or remarks was left out: 'Total | 1.343,50 €'.",
            "visit.fee: '1.234,50 €' was read as 1234.5 (€).",
            "visit.day: '03/04/2024' was read as 2024-04-03, day first, since the file has decimal "
            "commas; choose “date, month first” if it is the other way round.",
        ],
        timeout=_IMPORT_MS,
    )
    page.get_by_role("button", name="Change a column").click()
    choose(page, "described-place", "visit.day")
    choose(page, "described-type", "date, month first")
    page.get_by_label("Name", exact=True).fill("Seen on")
    save(page)
    expect(page.locator("#uploaded .t2s-column")).to_have_text(["id", "patient", "fee", "Seen_on"])
    expect(notes.last).to_have_text(
        "visit.Seen_on: it was read as a date, month first, as you chose."
    )

    choose(page, "described-place", "visit.fee")
    expect(page.get_by_label("Name", exact=True)).to_have_value("fee")
    page.get_by_label("Description").fill("<b>paid</b> by the patient")
    page.get_by_label("Also called").fill("price; takings = sum of fee")
    save(page)
    expect(page.locator("#uploaded .t2s-said")).to_have_text(
        "<b>paid</b> by the patient; price; takings = sum of fee"
    )
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate(CONTRAST) == []

    with page.expect_download() as download:
        page.get_by_role("button", name="Download descriptions").click()
    assert download.value.suggested_filename == "visit.json"
    assert json.loads(download.value.path().read_text(encoding="utf-8")) == {
        "tables": {
            "visit": {
                "columns": {
                    "day": {"name": "Seen on", "type": "date, month first"},
                    "fee": {
                        "description": "<b>paid</b> by the patient",
                        "synonyms": ["price", "takings = sum of fee"],
                    },
                }
            }
        },
        "keys": [],
    }


def test_descriptions_are_brought_along_and_questions_may_use_their_words(
    page: Page, visits: Path
) -> None:
    said = {"tables": {"visit": {"columns": {"fee": {"synonyms": ["takings = sum of fee"]}}}}}
    (visits.parent / "said.json").write_text(json.dumps(said))
    open_page(page)
    open_tab(page, "Your data")
    upload(page, visits, visits.parent / "said.json")
    expect(page.locator("#uploaded .t2s-said")).to_have_text(
        "takings = sum of fee", timeout=_IMPORT_MS
    )
    page.get_by_role("button", name="Ask about it").click()
    expect(page.locator("#tables .t2s-said")).to_have_text("takings = sum of fee")
    ask(page, "takings <b> by patient")
    expect(page.locator("#goes-on")).to_have_text("Read as “sum of fee <b> by patient”.")


def test_files_that_come_while_others_are_read_are_read_after_them(
    page: Page, visits: Path
) -> None:
    (visits.parent / "town.csv").write_text("town,people\nUlm,126949\nBonn,331885\n")
    open_page(page)
    open_tab(page, "Your data")
    upload(page, visits)
    expect(page.locator("#upload-status")).to_contain_text("Reading 1 file")
    upload(page, visits.parent / "town.csv")
    expect(page.get_by_label("visit", exact=True)).to_be_visible(timeout=_IMPORT_MS)
    expect(page.get_by_label("town", exact=True)).to_be_visible(timeout=_IMPORT_MS)
    expect(page.locator("#upload-status .t2s-working")).to_have_count(0)

    page.get_by_role("button", name="Change a column").click()
    page.get_by_label("Description").fill("typed and not saved")
    (visits.parent / "river.csv").write_text("river,km\nDonau,2850\n")
    upload(page, visits.parent / "river.csv")
    expect(page.locator("#upload-status")).to_contain_text(
        "river is here, too.", timeout=_IMPORT_MS
    )
    expect(page.get_by_label("Description")).to_have_value("typed and not saved")
    expect(page.get_by_label("river", exact=True)).not_to_be_checked()


@pytest.fixture
def form(page: Page, visits: Path) -> Page:
    """A page with an upload and its open form."""
    open_page(page)
    open_tab(page, "Your data")
    upload(page, visits)
    expect(page.get_by_label("visit", exact=True)).to_be_checked(timeout=_IMPORT_MS)
    page.get_by_role("button", name="Change a column").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("id")
    return page


def test_a_form_takes_nothing_while_it_is_filled(form: Page) -> None:
    description = form.get_by_label("Description")
    with held_events(form):
        choose(form, "described-place", "visit.fee")
        expect(form.locator("[data-filling]")).to_have_count(1)
        description.press_sequentially("of the column before?")
        form.get_by_role("button", name="Save", exact=True).click()
        expect(description).to_have_value("")
    expect(form.get_by_label("Name", exact=True)).to_have_value("fee")
    expect(form.locator("[data-filling]")).to_have_count(0)
    description.press_sequentially("in euros")
    expect(description).to_have_value("in euros")
    expect(form.locator("#described-status")).to_be_hidden()


def test_what_was_typed_about_a_column_comes_back_with_it_until_it_is_saved(form: Page) -> None:
    description, status = form.get_by_label("Description"), form.locator("#described-status")
    description.fill("number of the visit")
    choose(form, "described-place", "visit.fee")
    expect(form.get_by_label("Name", exact=True)).to_have_value("fee")
    expect(description).to_have_value("")
    expect(status).to_have_text("Not saved yet: visit.id.")
    description.fill("in euros")
    choose(form, "described-place", "visit.id")
    expect(description).to_have_value("number of the visit")
    expect(status).to_have_text("Not saved yet: visit.id and visit.fee.")
    save(form)
    expect(form.locator("#uploaded .t2s-said")).to_have_text(["number of the visit", "in euros"])
    expect(description).to_have_value("number of the visit")
    choose(form, "described-place", "visit.day")
    expect(form.get_by_label("Name", exact=True)).to_have_value("day")
    expect(status).to_be_hidden()


def test_drafts_are_those_of_one_database_and_the_oldest_of_too_many_go() -> None:
    drafts = Drafts()
    for number in range(300):
        drafts = drafts.changed("a", f"0.{number}", ("name",))
    drafts = drafts.changed("b", "0.1", ("other",))
    assert next(iter(drafts.of("a"))) == "0.101"
    assert drafts.of("b") == {"0.1": ("other",)}
    assert drafts.changed("b", "0.1", None).of("b") == {}
    assert (drafts.without("a").of("a"), drafts.without("a").of("b")) == ({}, {"0.1": ("other",)})
