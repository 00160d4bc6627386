"""The page in a real browser.

The ``page`` fixture asserts beside every test that no request went to another host and that the
browser logged no error.
"""

from __future__ import annotations

import io
import json
import re
import time
from contextlib import closing
from urllib.parse import urlencode

import pytest
from gradio_client import Client
from gradio_client.utils import Status
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from .asking import ask, edit_sql, expect_sql, open_page
from .conftest import Screen
from .looks import LAPTOP_AND_PHONE, expect_readable
from .server import GOLD, HOSTILE_CELL, HOSTILE_TABLE
from .tabs import open_tab

QUESTION = "Which towns do customers live in?"


@pytest.mark.parametrize("screen", LAPTOP_AND_PHONE)
def test_choose_a_database_ask_an_example_change_the_sql_and_take_the_rows_home(
    page: Page, screen: Screen
) -> None:
    open_page(page)
    page.get_by_label("Database").click()
    page.get_by_role("option", name="Spider / shop").click()
    expect(page.locator("#summary")).to_have_text("shop 2 tables · 6 columns · 6 rows")
    expect(page.locator("#tables .t2s-name")).to_have_text(["customer", "sale"])

    page.locator("#examples").get_by_role("button", name=QUESTION).click()
    expect(page.locator("#outcome")).to_contain_text("2 rows in")
    expect(page.locator("#outcome")).to_contain_text("written by answers in")
    expect(page.get_by_label("Question")).to_have_value(QUESTION)
    expect_sql(page, GOLD[QUESTION])
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])
    expect(page).to_have_url(re.compile(r"\?db=shop&q=Which\+towns\+do"))

    edit_sql(page, "SELECT name, town FROM customer ORDER BY id LIMIT 2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome")).to_contain_text("2 rows in")
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Zoë", "Kraków", "O'Hara", "NULL"])
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == "shop.csv"
    content = download.value.path().read_bytes().decode("utf-8-sig")
    assert content == "name,town\r\nZoë,Kraków\r\nO'Hara,\r\n"

    page.locator("#gold > button").click()
    expect(page.locator("#verdict")).to_contain_text("Wrong.")
    page.get_by_role("button", name="Run the gold query").click()
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])
    expect_sql(page, GOLD[QUESTION])
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate("document.body.classList.contains('dark')") == (screen.theme == "dark")


def test_rows_are_taken_home_as_a_workbook_as_json_and_without_formulas(page: Page) -> None:
    open_page(page, "/?db=shop&q=SELECT+%27%3D1%2B1%27+AS+a%2C+id+FROM+customer")
    expect(page.locator("#outcome")).to_contain_text("3 rows in")
    files = {}
    for name in ("Excel", "JSON", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        files[download.value.suggested_filename] = download.value.path().read_bytes()
    assert list(files) == ["shop.xlsx", "shop.json", "shop.csv"]
    sheet = load_workbook(io.BytesIO(files["shop.xlsx"])).active
    assert sheet is not None
    assert [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()][:2] == [
        [("a", "s"), ("id", "s")],
        [("=1+1", "s"), (1, "n")],
    ]
    assert json.loads(files["shop.json"])["rows"][0] == ["=1+1", 1]
    assert files["shop.csv"].decode("utf-8-sig").splitlines()[:2] == ["a,id", "'=1+1,1"]
    expect(page.locator("#saved")).to_contain_text("Some cells look like formulas")


def test_more_rows_than_a_file_holds_are_cut_off_in_words(page: Page) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)"
    open_page(page, "/?" + urlencode({"db": "shop", "q": f"{many} SELECT i FROM n"}))
    expect(page.locator("#outcome")).to_contain_text("1,000 rows (more were cut off)")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "shop-first-10000-rows.csv"
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert (len(lines), lines[-1]) == (10_001, "10000")
    expect(page.locator("#saved")).to_contain_text("The file has the first 10,000 rows")


def test_a_shared_address_opens_with_its_answer(page: Page) -> None:
    open_page(page, "/?db=shop&q=How+many+customers+are+there%3F")
    expect(page.locator("#headline output")).to_contain_text("3")
    expect(page.get_by_label("Question")).to_have_value("How many customers are there?")
    expect(page.get_by_label("Database")).to_have_value("Spider / shop · customer, sale")
    expect_sql(page, "SELECT count(*) FROM customer")


def test_an_address_that_names_no_database_says_so_and_the_page_goes_on(page: Page) -> None:
    open_page(page, "/?db=shopp&q=Who%3F")
    expect(page.get_by_role("alert")).to_contain_text(
        "There is no database 'shopp'; did you mean 'shop'"
    )
    ask(page, "Anything?")
    expect(page.locator("#outcome")).to_contain_text("written by answers")
    page.go_back()
    expect(page.get_by_role("alert")).to_contain_text("There is no database 'shopp'")
    expect(page.locator("#answer")).to_be_hidden()


@pytest.mark.parametrize("question", ["who " * 25_000, f"SELECT '{'x' * 90_000}'"])
def test_a_very_long_question_is_answered_in_words_and_survives_a_reload(
    page: Page, question: str
) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, question)
    expect(page.locator("#status, #headline").filter(visible=True).first).to_be_visible()
    ask(page, QUESTION)
    expect(page.locator("#outcome")).to_contain_text("2 rows")
    page.go_back()
    expect(page.locator("#summary")).to_contain_text("shop")
    page.reload()
    expect(page.locator("#summary")).to_contain_text("shop")


def test_the_gold_query_and_the_verdict_are_one_click_away(page: Page) -> None:
    open_page(page, "/?db=shop&q=How+many+customers+are+there%3F")
    page.locator("#gold > button").click()
    expect(page.locator("#verdict")).to_contain_text(
        "Right. The query says the same and returns the right rows"
    )
    expect(page.locator("#gold .cm-content")).to_have_text("SELECT count(*) FROM customer")


def test_a_question_without_gold_offers_none(page: Page) -> None:
    open_page(page, "/?db=shop&q=Who+bought+something%3F")
    expect(page.locator("#outcome")).to_contain_text("3 rows")
    expect(page.locator("#gold")).to_be_hidden()


def test_another_candidate_runs_when_it_is_chosen(page: Page) -> None:
    open_page(page, "/?db=shop&q=Who+bought+something%3F")
    expect(page.locator("#outcome")).to_contain_text("3 rows")
    page.get_by_role("button", name="Other candidates").click()
    page.get_by_label(re.compile(r"other rows · SELECT count")).check()
    expect(page.locator("#headline output")).to_contain_text("3")
    expect_sql(page, 'SELECT count(*) FROM "customer"')


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("  ", "The question is empty"),
        ("x" * 10_000, "The question has 10,000 characters"),
        ("fail", "no such column: nope"),
        ("crash", "Something went wrong that should not have"),
    ],
)
def test_an_error_stands_in_the_page_and_the_question_stays(
    page: Page, question: str, sentence: str
) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, question)
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.get_by_label("Question")).to_have_value(question)
    ask(page, QUESTION)
    expect(page.locator("#outcome")).to_contain_text("2 rows")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_sql_in_place_of_a_question_is_run_as_it_is(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, "SELECT max(total) FROM sale")
    expect(page.locator("#status")).to_have_text("You entered SQL, so it was run unchanged.")
    expect(page.locator("#headline output")).to_contain_text("20")
    expect_sql(page, "SELECT max(total) FROM sale")


def test_the_sql_is_said_in_english_once_and_the_reading_follows_its_changes(page: Page) -> None:
    open_page(page, "/?db=shop&q=Which+towns+do+customers+live+in%3F")
    towns = page.get_by_text("The town of each customer where the town is known")
    expect(towns).to_have_count(1)
    expect(page.locator("#reading .t2s-used")).to_have_text("From customer.")
    said = page.locator("#headline p")
    edit_sql(page, "SELECT max(total) FROM sale")
    page.keyboard.press("Control+Enter")
    expect(said).to_have_text("The highest total of all sales is 20.")
    edit_sql(page, "SELECT upper(name) FROM customer")
    page.keyboard.press("Control+Enter")
    expect(said).to_contain_text("The name in capitals of each customer: ZOë")
    edit_sql(page, "SELECT rowid FROM customer")
    page.keyboard.press("Control+Enter")
    expect(said).to_have_text("3 rows: 1, 2 and 3.")
    names = " OR ".join(f"name = 'customer number {n}'" for n in range(9))
    edit_sql(page, f"SELECT name FROM customer WHERE {names}")
    page.keyboard.press("Control+Enter")
    expect(said).to_have_text("No rows match the question.")
    expect(page.locator("#reading .t2s-reading")).to_contain_text("“customer number 8”")


def test_an_answer_that_few_candidates_agree_on_is_doubted(page: Page) -> None:
    open_page(page, "/?db=shop&q=unsure")
    expect(page.locator("#headline")).to_contain_text("45% agreement")
    expect(page.locator("#doubt")).to_contain_text(
        "This answer is probably wrong: the question can also be read in another way"
    )
    ask(page, QUESTION)
    expect(page.locator("#headline")).to_contain_text("83% agreement")
    expect(page.locator("#doubt")).to_be_hidden()


def test_an_answer_beside_the_question_is_shown_and_said_to_be_that(page: Page) -> None:
    open_page(page, "/?db=shop&q=foreign")
    expect(page.locator("#doubt")).to_contain_text("This database does not seem to contain what")
    expect(page.locator("#headline")).to_contain_text("2% likely right")
    expect(page.locator("#rows [role=gridcell]").first).to_be_visible()


def test_a_question_in_another_language_is_said_to_be_unread_and_has_no_answer(page: Page) -> None:
    open_page(page, "/?db=shop&q=Wie+viele+Kunden+gibt+es%3F")
    unread = page.get_by_text("This question does not seem to be in English")
    expect(unread).to_be_visible()
    expect(page.locator("#headline p")).to_have_count(0)
    expect(page.locator("#rows [role=gridcell]").first).to_be_visible()
    ask(page, "nur die Kunden aus York")
    expect(page.locator("#outcome")).to_contain_text("written by answers")
    expect(unread).to_be_visible()
    ask(page, "Which customers are called Für Elise?")
    expect(page.locator("#headline p")).to_be_visible()
    expect(unread).to_be_hidden()


def test_headings_of_numbers_stand_over_their_numbers(page: Page) -> None:
    open_page(page, "/?db=shop&q=SELECT+id%2C+name+FROM+customer")
    expect(page.locator("#rows [role=gridcell]")).to_have_count(6)
    boxes = """all => all.map((e) => {
        const range = document.createRange();
        range.selectNodeContents(e);
        return range.getBoundingClientRect();
    })"""
    heads = page.locator("#rows th span.header").evaluate_all(boxes)
    cells = page.locator("#rows [role=gridcell] span").evaluate_all(boxes)
    assert abs(heads[0]["right"] - cells[0]["right"]) < 2
    assert abs(heads[1]["left"] - cells[1]["left"]) < 2


def test_rows_that_suit_a_chart_have_one_and_others_have_none(page: Page) -> None:
    open_page(page, "/?db=shop&q=SELECT+name,+length(name)+AS+letters+FROM+customer")
    chart = page.get_by_label("Bars: letters by name, 3 values")
    expect(chart.locator("canvas, svg").first).to_be_visible()
    expect_readable(page)
    ask(page, "SELECT name FROM customer")
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Zoë", "O'Hara", "Ann"])
    expect(page.locator("#chart")).to_be_hidden()


def test_many_rows_can_be_searched(page: Page) -> None:
    open_page(page, "/?db=airline")
    expect(page.locator("#summary")).to_contain_text("airline")
    ask(page, "SELECT * FROM passengers LIMIT 12")
    expect(page.locator("#outcome")).to_contain_text("12 rows")
    expect(page.locator("#rows [role=gridcell]").first).to_be_visible()
    page.locator("#rows").get_by_placeholder("Search").fill("no such name")
    expect(page.locator("#rows [role=gridcell]")).to_have_count(0)


def test_a_question_of_this_visit_can_be_asked_again_with_its_database(page: Page) -> None:
    open_page(page, "/?db=shop&q=How+many+customers+are+there%3F")
    expect(page.locator("#headline output")).to_contain_text("3")
    page.get_by_label("Database").click()
    page.get_by_role("option", name="Samples / clinic").click()
    expect(page.locator("#summary")).to_contain_text("clinic")
    ask(page, "Anything?")
    expect(page.locator("#outcome")).to_contain_text("written by answers")
    before = page.locator("#history").get_by_role("button")
    expect(before).to_have_text(["shop · How many customers are there?"])
    before.click()
    expect(page.locator("#headline output")).to_contain_text("3")
    expect(page.locator("#summary")).to_contain_text("shop")
    expect(page.get_by_role("button", name="clinic · Anything?")).to_be_visible()


def test_the_history_of_one_visitor_is_not_that_of_another(page: Page) -> None:
    other = page.context.new_page()
    visits = {
        other: {"unsure": "45% agreement", "foreign": "2% likely right"},
        page: {QUESTION: "83% agreement", "Who bought something?": "3 rows"},
    }
    for visitor, outcomes in visits.items():
        open_page(visitor, "/?db=shop")
        expect(visitor.locator("#summary")).to_contain_text("shop")
        for question, outcome in outcomes.items():
            ask(visitor, question)
            expect(visitor.locator("#headline")).to_contain_text(outcome)
        before = visitor.locator("#history").get_by_role("button")
        expect(before).to_have_text([f"shop · {next(iter(outcomes))}"])
    other.close()


def test_an_answer_can_be_called_right_wrong_or_put_right(page: Page) -> None:
    open_page(page, "/?db=shop&q=Which+towns+do+customers+live+in%3F")
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.locator("#thanks")).to_have_text("Thank you. Saved as right.")
    page.get_by_role("button", name="Wrong", exact=True).click()
    expect(page.locator("#thanks")).to_contain_text("Saved as wrong.")
    edit_sql(page, "SELECT nope FROM customer")
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.locator("#thanks")).to_contain_text("the SQL fails: no such column: nope")
    edit_sql(page, "SELECT town FROM customer")
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.locator("#thanks")).to_have_text(
        "Thank you. Your corrected SQL is saved, and helps with your next questions."
    )


def test_a_model_that_cannot_be_loaded_leaves_the_one_before(page: Page) -> None:
    open_page(page, "/?db=shop")
    page.locator("#model input").click()
    page.get_by_role("option", name="no-such-model").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no model 'no-such-model'")
    expect(page.locator("#model input")).to_have_value("answers")
    ask(page, QUESTION)
    expect(page.locator("#outcome")).to_contain_text("2 rows")


def test_a_model_that_could_not_be_downloaded_is_said_without_flags_of_a_command(
    page: Page,
) -> None:
    open_page(page, "/?db=shop")
    page.locator("#model input").click()
    page.get_by_role("option", name="far-away").click()
    expect(page.get_by_role("alert")).to_have_text(
        "far-away is not on this machine and could not be downloaded now (it needs 3.1 GB). "
        "answers answers your questions; whoever runs this page can fetch far-away."
    )
    expect(page.locator("#model input")).to_have_value("answers")


def test_sql_that_would_write_is_refused(page: Page) -> None:
    open_page(page, "/?db=shop&q=How+many+customers+are+there%3F")
    expect(page.locator("#headline output")).to_contain_text("3")
    edit_sql(page, "DELETE FROM customer")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#headline").get_by_role("alert")).to_be_visible()
    expect(page.locator("#headline output")).to_have_count(0)
    expect_sql(page, "DELETE FROM customer")


def test_a_long_wait_shows_its_time_and_can_be_cancelled(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, "slow one")
    expect(page.locator("#status")).to_contain_text("Writing SQL 0.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#status")).to_have_text("Cancelled. Your question is still in the field.")
    expect(page.get_by_label("Question")).to_have_value("slow one")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    ask(page, QUESTION)
    expect(page.locator("#outcome")).to_contain_text("2 rows")
    expect(page.locator("#status")).to_be_hidden()


def test_a_question_asked_during_the_wait_for_another_takes_its_place(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, "slow one")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    ask(page, QUESTION)
    expect(page.locator("#rows [role=gridcell]")).to_have_text(["Kraków", "York"])
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.get_by_label("Question")).to_have_value(QUESTION)


@pytest.mark.parametrize("twice", ["click", "Enter"])
def test_a_question_that_is_sent_twice_is_answered_once(page: Page, twice: str) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    page.get_by_label("Question").fill("How many customers are there?")
    if twice == "click":
        page.get_by_role("button", name="Ask", exact=True).dblclick(delay=100)
    else:
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
    expect(page.locator("#headline output")).to_have_text("3")
    page.wait_for_timeout(1500)
    expect(page.locator("#headline output")).to_have_text("3")
    expect(page.locator("#goes-on")).to_have_text("")


def test_who_waits_behind_others_sees_the_place_in_line(page: Page, url: str) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    with closing(Client(url, verbose=False)) as client:
        others = [client.submit("slow one", "shop", api_name="/ask") for _ in range(2)]
        while others[0].status().code is not Status.PROCESSING:
            time.sleep(0.05)
        ask(page, QUESTION)
        expect(page.locator("#status")).to_contain_text("2nd in the queue")
        expect(page.locator("#outcome")).to_contain_text("2 rows")
        assert [job.result(60)["question"] for job in others] == ["slow one", "slow one"]


def test_another_database_ends_the_wait_for_an_answer_about_the_first(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    ask(page, "slow one")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.get_by_label("Database").click()
    page.get_by_role("option", name="Samples / clinic").click()
    expect(page.locator("#summary")).to_contain_text("clinic")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.locator("#status")).to_be_hidden()
    expect(page.get_by_label("Question")).to_have_value("slow one")


def test_mark_up_in_names_and_cells_stays_text(page: Page) -> None:
    open_page(page, "/?db=hostile&q=show+everything")
    expect(page.locator("#rows [role=gridcell]").first).to_have_text(HOSTILE_CELL)
    expect(page.locator("#tables .t2s-name")).to_have_text(HOSTILE_TABLE)
    expect(page.locator("#tables .t2s-column")).to_have_text(["<b>bold</b>", "{{x}}"])
    page.locator("#tables .t2s-peek summary").click()
    expect(page.locator("#tables td").first).to_have_text(HOSTILE_CELL)
    page.get_by_role("tab", name="Diagram").click()
    expect(page.locator(".t2s-er-title")).to_contain_text("<img src=x onerror=")
    page.get_by_role("tab", name="Model input").click()
    expect(page.locator(".t2s-serialized")).to_contain_text(HOSTILE_TABLE)
    ask(page, f"SELECT '{HOSTILE_CELL}' AS \"<b>x</b>\"")
    expect(page.locator("#headline output")).to_contain_text(HOSTILE_CELL)
    ask(page, "SELECT * FROM nope -- <img src=x onerror=window.pwned=5>")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("window.pwned") is None


def test_about_names_the_address_that_the_page_has(page: Page, url: str) -> None:
    page.goto("/?tab=about")
    expect(page.locator("#about code")).to_contain_text([f'Client("{url}/")'])


def test_the_diagram_zooms_and_fits_again(page: Page) -> None:
    open_page(page, "/?db=shop")
    expect(page.locator("#summary")).to_contain_text("shop")
    page.get_by_role("tab", name="Diagram").click()
    diagram = page.get_by_role("img", name="Diagram of 2 tables")
    home = diagram.get_attribute("viewBox") or ""
    page.get_by_role("button", name="Zoom in").click()
    assert float((diagram.get_attribute("viewBox") or "").split()[2]) < float(home.split()[2])
    page.get_by_role("button", name="Fit").click()
    assert diagram.get_attribute("viewBox") == home


def test_text_can_be_read_against_its_background(page: Page) -> None:
    open_page(page, "/?db=shop&q=Which+towns+do+customers+live+in%3F")
    page.locator("#gold > button").click()
    expect(page.locator("#verdict")).to_contain_text("Right.")
    page.locator("#tables .t2s-peek summary").first.click()
    expect_readable(page)
    page.get_by_label("Question").fill(" ")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect_readable(page)
    open_tab(page, "About")
    expect(page.get_by_text("What happens to a question")).to_be_visible()
    expect_readable(page)


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    open_page(page, "/?db=shop&q=Which+towns+do+customers+live+in%3F")
    page.locator("#gold > button").click()
    expect(page.locator("#verdict")).to_contain_text("Right.")
    controls = page.locator("button, input, textarea, [role=textbox], [role=tab], summary")
    nameless = [
        control.evaluate("e => e.outerHTML.slice(0, 120)")
        for control in controls.filter(visible=True).all()
        if not control.evaluate(
            "e => e.getAttribute('aria-label') || e.innerText.trim() || e.title ||"
            " [...(e.labels || [])].map(l => l.innerText).join('')"
        )
    ]
    assert nameless == []


@pytest.mark.parametrize("tolerated", ["status of 40[34]"], ids=["what-is-switched-off"])
def test_the_api_page_asks_no_other_host_either(page: Page) -> None:
    open_page(page)
    page.get_by_role("button", name="Use via API").click()
    expect(page.get_by_text("/databases").first).to_be_visible()
