"""A query split into lines, each with the clause that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from text2sql.compare import ClauseDifference
from text2sql.query.layout import lay_out_sql

__all__ = ["ClauseLine", "clause_lines", "sql_html"]

_START = re.compile(
    r"(SELECT|FROM|(?:(?:LEFT|RIGHT|FULL|INNER|OUTER|CROSS|NATURAL)\s+)*JOIN|WHERE|GROUP\s+BY"
    r"|HAVING|ORDER\s+BY|LIMIT|UNION|INTERSECT|EXCEPT)\b",
    re.IGNORECASE,
)
_SET_OPERATION = "Set operation"


@dataclass(frozen=True)
class ClauseLine:
    """A line of a query that starts with ``keyword``; ``ClauseDifference`` lists the clauses."""

    clause: str
    text: str
    keyword: str = ""


def clause_lines(sql: str) -> list[ClauseLine]:
    """Split ``sql`` into one line per clause of the outer query; subqueries stay inside."""
    lines: list[ClauseLine] = []
    clause = after = ""
    for text in lay_out_sql(sql, one_line=0).splitlines():
        found = _START.match(text)
        keyword = found[0] if found else ""
        name = " ".join(keyword.upper().split())
        if name in ("UNION", "INTERSECT", "EXCEPT"):
            clause, after = _SET_OPERATION, f"after {name}, "
        elif name:
            clause = after + ("JOIN" if name.endswith("JOIN") else name)
        lines.append(ClauseLine(clause, text, keyword))
    return lines


def sql_html(sql: str, differences: Iterable[ClauseDifference]) -> Markup:
    """Return the query as escaped HTML, with the lines of differing clauses marked."""
    names = {difference.clause for difference in differences}
    lines = (_line(line, _differs(line.clause, names)) for line in clause_lines(sql))
    return Markup('<pre class="t2s-sql" tabindex="0">{}</pre>').format(Markup("").join(lines))


def _line(line: ClauseLine, differs: bool) -> Markup:
    rest = line.text.removeprefix(line.keyword)
    text = Markup("<b>{}</b>{}").format(line.keyword, rest)
    template = Markup("<mark>{}\n</mark>") if differs else Markup("<span>{}\n</span>")
    return template.format(text)


def _differs(clause: str, names: set[str]) -> bool:
    after, _, own = clause.rpartition(", ")
    prefix = f"{after}, " if after else ""
    same = {"SELECT": ("SELECT", "DISTINCT"), "JOIN": ("JOIN", "FROM")}.get(own, (own,))
    inside = bool(after) and _SET_OPERATION in names
    return inside or any(prefix + name in names for name in same)
