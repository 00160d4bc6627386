"""A run's numbers, two runs against each other, and what others published."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tests.ui.server import make_catalog, make_runs
from text2sql.evaluation.comparison import compare_items
from text2sql.evaluation.folder import RunFolder
from text2sql.ui.report.numbers import made_html, numbers_html, plots_html
from text2sql.ui.report.published import published_html
from text2sql.ui.report.robustness import robustness_html
from text2sql.ui.report.versus import versus_html


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    place = tmp_path_factory.mktemp("report")
    return RunFolder(make_runs(place, make_catalog(place)))


def rows(html: str) -> list[list[str]]:
    """The cells of each row of the tables."""
    found = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in html.split("<tr>")[1:])
    return [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in found]


def text(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def test_every_metric_stands_with_its_interval(folder: RunFolder) -> None:
    report = folder.report("second.db")
    html = text(numbers_html(report))
    assert html.startswith(
        "3 questions on 1 database. Scores are percentages with 95% bootstrap intervals. "
        "string match 66.7"
    )
    score = report.totals["execution"]
    assert f"execution match 66.7 {score.low:.1f} to {score.high:.1f}" in html


def test_the_plots_are_those_of_the_html_report(folder: RunFolder) -> None:
    titles = re.findall(r"<h3>(.*?)</h3>", plots_html(folder.report("second.db")))
    assert titles == ["By hardness", "By feature of the gold query", "Clause by clause"]


def test_screen_readers_hear_a_name_for_every_plot(folder: RunFolder) -> None:
    html = plots_html(folder.report("second.db"))
    names = re.findall(r'<svg aria-label="(.*?)\.', html)
    assert names == ["By hardness", "By feature of the gold query", "Clause by clause"]
    assert html.count("<svg") == 3


def test_how_a_run_was_made_is_a_table_of_its_manifest(folder: RunFolder) -> None:
    run = folder.run("second.db")
    facts = dict(map(tuple, rows(made_html(run.manifest))))  # type: ignore[arg-type]
    assert (facts["model"], facts["questions"]) == ("answers", "3")


def test_two_runs_show_what_was_fixed_and_broken_with_links_to_the_items(
    folder: RunFolder,
) -> None:
    comparison = compare_items(folder.items("first.db"), folder.items("second.db"))
    html = versus_html(comparison, "first.db", "second.db")
    assert rows(html)[0] == [
        "Metric", "n", "first.db", "second.db", "Change", "Fixed", "Broken", "p"
    ]  # fmt: skip
    assert ["execution match", "3", "33.3", "66.7", "+33.3", "1", "0", "1.000"] in rows(html)
    assert "Fixed: 1 item 1. How many customers are there? in first.db" in text(html)
    assert "Broken None." in text(html)
    assert re.findall(r'href="(.*?)"', unescape(html)) == [
        "?tab=inspect&run=second.db&item=1",
        "?tab=inspect&run=first.db&item=1",
    ]


def test_published_figures_stand_beside_ours_with_who_measured_them(folder: RunFolder) -> None:
    run, report = folder.run("second.db"), folder.report("second.db")
    ours, *others = rows(published_html(run, report))[1:]
    assert ours[0] == "answers, this run"
    assert ours[1].startswith("66.7 (")
    assert ours[4] == f"this program, {run.started[:10]} (second.db)"
    half = "517, a half of Spider's validation set"
    authors = "the reference's authors"
    assert others == [
        ["flan-t5-large with LoRA, the reference", "22.44", "79.6", half, authors],
        ["flan-t5-base, fully fine-tuned", "5.8", "–", "not stated", authors],
    ]


def test_the_name_of_a_run_stays_text(folder: RunFolder, tmp_path: Path) -> None:
    name = "<img src=x>.db"
    (tmp_path / name).write_bytes((folder.path / "first.db").read_bytes())
    other = RunFolder(tmp_path)
    comparison = compare_items(folder.items("second.db"), other.items(name))
    html = versus_html(comparison, "second.db", name)
    html += published_html(other.run(name), other.report(name))
    assert "<img" not in html


def test_the_robustness_rows_of_several_models_stand_beside_each_other(folder: RunFolder) -> None:
    html = robustness_html(folder.robustness())
    assert rows(html)[1:] == [
        ["<b>other</b>", "1,034", "75.4 (72.8 to 77.9)", "61.2 (58.0 to 64.0)", "–", "2026-11-26"],
        [
            "pocket",
            "1,034",
            "75.4 (72.8 to 77.9)",
            "61.2 (58.0 to 64.0)",
            "70.0 (67.0 to 73.0)",
            "2026-11-27",
        ],
    ]
    assert rows(html)[0] == [
        "Model",
        "Questions",
        "dev.json",
        "abbreviated",
        "without keys",
        "Measured",
    ]
    assert "<b>other" not in html
    assert robustness_html(()) == ""
