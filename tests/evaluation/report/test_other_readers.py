"""Reports, JUnit XML and predictions, read by the tools that people use and without our code."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from tests.evaluation.conftest import GOLDS
from text2sql.cli import main


@pytest.fixture
def scored(
    questions: Path, music_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[str, Path]:
    """The report of four answers, the second wrong, as JSON text, and the path of its JUnit XML."""
    predictions = tmp_path / "predictions.txt"
    lines = [GOLDS[0], "SELECT 'a<b & \x07'", *GOLDS[2:4]]
    predictions.write_text("".join(f"{' '.join(sql.split())}\n" for sql in lines))
    junit = tmp_path / "junit.xml"
    arguments = ["--questions", questions, "--spider-dir", music_dir, "--predictions", predictions]
    assert main(["score", *map(str, arguments), "--junit", str(junit), "--json"]) == 0
    return capsys.readouterr().out, junit


def test_pandas_reads_the_items_of_a_report(scored: tuple[str, Path]) -> None:
    table = pd.json_normalize(json.loads(scored[0])["items"])
    assert len(table) == 4
    assert table["execution"].tolist() == [True, False, True, True]
    assert table["db_id"].unique().tolist() == ["music"]
    assert table.groupby("hardness")["execution"].mean().between(0, 1).all()
    assert table.loc[1, "prediction"] == "SELECT 'a<b & \x07'"


def test_a_report_is_json_without_extensions(scored: tuple[str, Path]) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    json.loads(scored[0], parse_constant=refuse)  # NaN and Infinity are no JSON


def test_an_xml_parser_finds_a_test_for_each_question(scored: tuple[str, Path]) -> None:
    suite = ElementTree.parse(scored[1]).getroot()
    cases = suite.findall("testcase")
    assert (suite.tag, suite.get("tests"), suite.get("failures")) == ("testsuite", "4", "1")
    assert [len(case.findall("failure")) for case in cases] == [0, 1, 0, 0]
    assert all(float(case.get("time", "")) >= 0 and case.get("classname") for case in cases)
    table = pd.read_xml(scored[1], xpath="testcase", parser="etree")
    assert table["name"].str.match(r"\d+\. ").all()


def test_saved_predictions_are_a_line_for_each_question(
    questions: Path, music_dir: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.txt"
    arguments = ["--questions", questions, "--spider-dir", music_dir, "--predictions", out]
    assert main(["evaluate", *map(str, arguments), "--model", "pocket"]) == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    table = pd.read_csv(out, sep="\t", header=None, quoting=csv.QUOTE_NONE)
    assert table[0].tolist() == lines
    assert len(lines) == 4
    assert all(line.startswith("SELECT ") for line in lines)
