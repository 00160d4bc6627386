import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, score_all
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation import Item, Report, make_report
from text2sql.evaluation.report.html import report_html, write_report
from text2sql.spider import Example

ATTACK = "</summary><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def items(catalog: Catalog, examples: list[Example]) -> list[Item]:
    scored = score_all(catalog, examples, ["nonsense", GOLDS[1], GOLDS[2] + "0", GOLDS[3]])
    return [replace(item, seconds=0.01 * n) for n, item in enumerate(scored, start=1)]


@pytest.fixture(scope="module")
def page(items: list[Item]) -> str:
    manifest = {"model": "parrot", "started": "2030-01-02T03:04:05+00:00", "options": {"beams": 4}}
    return report_html(make_report(items, ["The file is odd."]), "parrot", manifest)


class _Tags(HTMLParser):
    """Collects what could reach out, and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "input", "br", "path", "rect", "circle"):
            self.open.append(tag)
        self.scripts += tag == "script"
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "rect", "circle"):
            assert self.open.pop() == tag


def _tags(page: str) -> _Tags:
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


def test_the_page_is_whole_and_asks_nothing_of_the_network(page: str) -> None:
    tags = _tags(page)
    assert (tags.addresses, tags.scripts) == ([], 1)
    assert "http" not in page
    assert "@import" not in page
    assert "url(" not in page


@pytest.mark.parametrize(
    "heading",
    [
        "By hardness",
        "By feature of the gold query",
        "Clause by clause",
        "Latency",
        "Outputs",
        "Do the metrics agree?",
        "Where the metrics disagree",
        "All items",
        "How this was made",
        "Problems in the data",
    ],
)
def test_the_page_has_a_part_for(page: str, heading: str) -> None:
    assert f"<h2>{heading}</h2>" in page


def test_every_item_is_there_with_its_reason(page: str, items: list[Item]) -> None:
    assert page.count('<details class="item"') == len(items) + 1  # one of them disagrees
    assert "<h3>Exact set match says yes, execution no: 1</h3>" in page
    assert "Execution says yes, exact set match no" not in page
    for item in items:
        assert item.example.question in page


def test_light_and_dark_are_both_styled(page: str) -> None:
    colours = re.findall(r"--(\w+): #", page.split("prefers-color-scheme: dark")[1].split("}")[0])
    assert set(colours) >= {"page", "card", "text", "s0", "s1", "s2", "s3", "good", "bad"}


def test_what_comes_from_outside_is_shown_and_not_obeyed(catalog: Catalog) -> None:
    example = Example(ATTACK, "SELECT name FROM singer", "music")
    items = score_all(catalog, [example, replace(example, db_id=ATTACK)], [ATTACK, ATTACK])
    page = report_html(make_report(items, [ATTACK]), ATTACK, {"model": ATTACK})
    tags = _tags(page)
    assert (tags.addresses, tags.scripts) == ([], 1)
    assert "<img" not in page


def test_a_report_with_one_metric_is_a_page_too(items: list[Item]) -> None:
    for metric in ("string_match", "rouge1", "execution"):
        few = [
            replace(item, scores={metric: item.scores[metric]}, clauses=None, seconds=None)
            for item in items
        ]
        _tags(report_html(make_report(few), "x"))


def test_it_is_written_to_a_file(tmp_path: Path, items: list[Item], page: str) -> None:
    whole: Report = make_report(items)
    write_report(whole, tmp_path / "report.html", "parrot")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == report_html(whole, "parrot")
    with pytest.raises(DataError, match="cannot be written"):
        write_report(whole, tmp_path / "none" / "report.html", "parrot")
