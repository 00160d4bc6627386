"""One form for equivalent conditions and expressions."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from text2sql.compare.sql_text import sql_text

__all__ = ["flattened", "put_in_normal_form"]

_TURNED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
    exp.LT: exp.GT,
    exp.GT: exp.LT,
    exp.LTE: exp.GTE,
    exp.GTE: exp.LTE,
}
# AND and OR are functions to sqlglot, too
_ATOMS = (exp.Column, exp.Literal, exp.Func, exp.Paren, exp.Cast, exp.Subquery, exp.Star)
#: Nodes that hold a whole expression, so that brackets around it change nothing.
_HOLDERS = (exp.Alias, exp.Select, exp.Where, exp.Having, exp.Ordered, exp.If, exp.Case)


def put_in_normal_form(tree: exp.Expr) -> None:
    """Change a tree in place.

    A column stands before what it is compared with, and two columns in the order of their names;
    IIF is a CASE; brackets that change nothing, ``ELSE NULL`` and ``ASC`` are left out; the parts
    of an OR are sorted; ``count(1)`` is ``count(*)``.
    """
    for node in reversed(list(tree.walk())):
        _change(node)


def _change(node: exp.Expr) -> None:
    if type(node) in _TURNED:
        _turn(node)
    elif isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        branch = exp.If(this=node.this, true=node.args.get("true"))
        _replace(node, exp.Case(ifs=[branch], default=_unless_null(node.args.get("false"))))
    elif isinstance(node, exp.Case):
        node.set("default", _unless_null(node.args.get("default")))
    elif isinstance(node, exp.Paren):
        _drop_brackets(node)
    elif isinstance(node, exp.Ordered) and not node.args.get("desc"):
        node.set("desc", None)
    elif isinstance(node, exp.Or) and not isinstance(node.parent, exp.Or):
        parts = sorted(flattened(node, exp.Or), key=sql_text)
        _replace(node, reduce(lambda one, more: exp.Or(this=one, expression=more), parts))
    elif isinstance(node, exp.Count) and isinstance(node.this, exp.Literal):
        node.set("this", exp.Star())


def _unless_null(default: exp.Expr | None) -> exp.Expr | None:
    return None if isinstance(default, exp.Null) else default


def _replace(node: exp.Expr, other: exp.Expr) -> None:
    if node.parent is not None:
        node.replace(other)


def _turn(node: exp.Expr) -> None:
    """Write ``5 < age`` as ``age > 5`` and ``b.id = a.id`` as ``a.id = b.id``."""
    left, right = node.this, node.expression
    if isinstance(left, exp.Column):
        swap = (
            isinstance(right, exp.Column)
            and isinstance(node, exp.EQ | exp.NEQ)
            and sql_text(right) < sql_text(left)
        )
    else:
        swap = isinstance(right, exp.Column) or (
            isinstance(left, exp.Literal) and not isinstance(right, exp.Literal)
        )
    if swap:
        _replace(node, _TURNED[type(node)](this=right, expression=left))


def _drop_brackets(node: exp.Paren) -> None:
    """Leave out brackets around one thing, and around the left part of a product or quotient."""
    inside, parent = node.this, node.parent
    atom = isinstance(inside, _ATOMS) and not isinstance(inside, exp.Connector)
    first = parent is not None and parent.this is node
    product = isinstance(inside, exp.Mul | exp.Div) and isinstance(parent, exp.Mul | exp.Div)
    whole = isinstance(parent, _HOLDERS) or (
        isinstance(parent, exp.Func) and not isinstance(parent, exp.Connector)
    )
    if atom or (product and first) or whole:
        _replace(node, inside)


def flattened(condition: exp.Expr | None, kind: type[exp.Expr] = exp.And) -> list[exp.Expr]:
    """The parts of a condition that AND (or another ``kind``) joins, without brackets."""
    while isinstance(condition, exp.Paren):
        condition = condition.this
    if condition is None:
        return []
    if isinstance(condition, kind):
        return flattened(condition.this, kind) + flattened(condition.args["expression"], kind)
    return [condition]
