"""Common slips of models: Markdown, escapes, whole division, texts in another letter case."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

__all__ = ["not_sql", "slips"]

_FENCE = "```"
_NOT_A_QUERY = "Only reading is allowed"  # how the sandbox refuses what starts otherwise


def not_sql(prediction: str, error: str) -> str:
    """Return the part of a prediction that is no SQL, as the end of a sentence; empty if none.

    ``error`` says why the prediction does not run.
    """
    if prediction.lstrip().startswith(_FENCE):
        return f"it starts with a Markdown fence ({_FENCE})"
    if _FENCE in prediction and error.startswith(_NOT_A_QUERY):
        return f"it starts with a text before a Markdown fence ({_FENCE})"
    if "\\'" in prediction:
        return "it has \\' in a text, where SQL doubles the apostrophe"
    if "\\_" in prediction and "\\" in error:
        return "it has \\_ where SQL has _, as Markdown writes it"
    if _FENCE in prediction and "`" in error:
        return f"it holds a Markdown fence ({_FENCE})"
    return ""


def slips(gold: exp.Expr, found: exp.Expr) -> Iterator[str]:
    """Yield a sentence for each slip that can make the rows of ``found`` wrong."""
    if _drops_the_fraction(gold, found):
        yield "It divides whole numbers, which drops the fraction."
    texts, others = _texts(gold), _texts(found)
    expected = {text.lower(): text for text in sorted(texts - others)}
    for text in sorted(others - texts):
        if text.lower() in expected:
            yield f"It writes {text!r} where the gold query has {expected[text.lower()]!r}."


def _texts(query: exp.Expr) -> set[str]:
    return {literal.name for literal in query.find_all(exp.Literal) if literal.is_string}


def _drops_the_fraction(gold: exp.Expr, found: exp.Expr) -> bool:
    """Whether ``found`` divides whole numbers, which gives a whole number in SQLite, and the gold,
    which divides or averages too, does not."""
    if not gold.find(exp.Div, exp.Avg) or any(map(_is_whole, gold.find_all(exp.Div))):
        return False
    return any(map(_is_whole, found.find_all(exp.Div)))


def _is_whole(node: exp.Expr | None) -> bool:
    """Whether an expression is a whole number, whatever the cells; a column is not known to be."""
    match node:
        case exp.Literal():
            return not node.is_string and node.name.isdecimal()
        case exp.Count() | exp.Null():
            return True
        case exp.Case():
            branches = [branch.args.get("true") for branch in node.args["ifs"]]
            return all(map(_is_whole, [*branches, node.args.get("default") or exp.Null()]))
        case exp.If():
            return _is_whole(node.args.get("true")) and _is_whole(node.args.get("false"))
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Div():
            return _is_whole(node.this) and _is_whole(node.args["expression"])
        case exp.Sum() | exp.Paren() | exp.Neg() | exp.Alias():
            return _is_whole(node.this)
        case exp.Subquery(this=exp.Select(selects=[selected])):
            return _is_whole(selected)
    return False
