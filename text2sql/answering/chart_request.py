"""Questions that ask for a chart: the model is asked for the rows, and the page draws them."""

from __future__ import annotations

import re

__all__ = ["asks_for_chart", "without_chart"]

_CHART = r"(?:chart|graph|plot|diagram|histogram)"
_KIND = r"(?:(?:bar|line|pie|column|scatter) ?)?"
_VERB = re.compile(
    r"^(?:please |can you |could you )*"
    r"(?:plot|graph|chart|draw|visuali[sz]e)(?: (?:me|us))?"
    rf"(?: an? {_KIND}{_CHART} (?:of|with|for|showing))?(?: the)? ",
    re.I,
)
_NOUN = re.compile(
    r"^(?:please )?(?:show|give|make|create)(?: me| us)? (?:an? |the )?"
    rf"{_KIND}{_CHART} (?:of|with|for|showing)(?: the)? "
    rf"|^an? {_KIND}{_CHART} (?:of|with|for|showing)(?: the)? ",
    re.I,
)
_ENDING = re.compile(rf",? (?:as|in|with|on|using) an? {_KIND}{_CHART}(?=[.?! ]*$)", re.I)
_AGAINST = re.compile(r" (?:against|versus|vs\.?|over) ", re.I)


def asks_for_chart(question: str) -> bool:
    """Whether ``question`` asks for a chart: "plot ...", "... as a bar chart"."""
    return any(pattern.search(question) for pattern in (_VERB, _NOUN, _ENDING))


def without_chart(question: str) -> str:
    """Return the question for the rows: ``Plot a against b`` becomes ``Show the a and b``.

    Another question is returned unchanged.
    """
    if not asks_for_chart(question):
        return question
    rows = _ENDING.sub("", question)
    stripped = _VERB.sub("", _NOUN.sub("", rows))
    if stripped == rows:
        return rows
    return f"Show the {_AGAINST.sub(' and ', stripped)}"
