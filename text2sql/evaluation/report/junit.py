"""A report as JUnit XML; CI systems show one test per question.

Source: the format that Jenkins, GitLab and GitHub actions read (testsuite, testcase, failure).
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from text2sql.evaluation.items import Item
from text2sql.evaluation.totals import Report

__all__ = ["deciding_metric", "junit_xml"]

#: The metrics that decide whether an answer is right; the first that was measured counts.
_DECIDING = ("execution_extra", "execution", "test_suite", "exact_set", "fair_string_match")
#: Characters that XML 1.0 cannot represent.
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def deciding_metric(report: Report) -> str | None:
    """The metric that decides whether an answer is right: execution match, if measured."""
    return next((metric for metric in _DECIDING if metric in report.totals), None)


def junit_xml(report: Report, name: str) -> bytes:
    """Write the report as a JUnit test suite called ``name``, in UTF-8."""
    metric = deciding_metric(report)
    wrong = sum(not _right(item, metric) for item in report.items)
    suite = ElementTree.Element(
        "testsuite", name=_text(name), tests=str(report.n), failures=str(wrong)
    )
    for number, item in enumerate(report.items, start=1):
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=_text(item.example.db_id),
            name=_text(f"{number}. {item.example.question}"),
            time=f"{item.seconds or 0:.6f}",
        )
        if not _right(item, metric):
            failure = ElementTree.SubElement(case, "failure", message=_text(item.reason))
            failure.text = _text(f"gold: {item.example.query}\npredicted: {item.prediction}")
    xml: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return xml


def _right(item: Item, metric: str | None) -> bool:
    return metric is not None and item.scores.get(metric, 0) > 0


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
