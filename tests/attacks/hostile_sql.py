"""SQL texts made to keep a reader busy, by what they repeat."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from text2sql.errors import QueryError
from text2sql.query.limits import read_tokens

__all__ = ["FLAT", "NESTED", "hostile"]

_Make = Callable[[int], str]
_FAR_BEYOND = 25_000  # characters


def _around(before: str, opening: str, inside: str, closing: str, after: str = "") -> _Make:
    return lambda n: before + opening * n + inside + closing * n + after


def _after(before: str, repeated: str, after: str = "") -> _Make:
    return lambda n: before + repeated * n + after


def _counted(before: str, repeated: str, after: str = "") -> _Make:
    return lambda n: before + "".join(repeated.format(i) for i in range(n)) + after


#: One inside the other: by how many.
NESTED: dict[str, _Make] = {
    "brackets": _around("select ", "(", "x", ")", " from a"),
    "brackets in WHERE": _around("select x from a where ", "(", "x = 1", ")"),
    "brackets in FROM": _around("select x from ", "(", "a", ")"),
    "brackets around all": _around("", "(", "select x from a", ")"),
    "open brackets": _after("select x from a where ", "("),
    "square brackets": _around("select ", "[", "1", "]", " from a"),
    "braces": _around("select ", "{", "x", "}", " from a"),
    "template braces": _after("select ", "{{", " from a"),
    "joins in brackets, left": _around("select * from ", "(", "a", " join b)"),
    "joins in brackets, right": _around("select * from ", "(a join ", "b", ")"),
    "queries in FROM": _around("select * from ", "(select * from ", "a", ")"),
    "queries in WHERE": _around(
        "select x from a where x in ", "(select x from a where x in ", "(select x from a)", ")"
    ),
    "queries in SELECT": _around("select ", "(select ", "x", " from a)", " from a"),
    "queries compared with": _around(
        "select x from a where x = ", "(select x from a where x = ", "1", ")"
    ),
    "EXISTS": _around("select x from a where ", "exists (select x from a where ", "x = 1", ")"),
    "CASE": _around("select ", "case when x then ", "1", " end", " from a"),
    "CASE left open": _after("select ", "case when x then ", "1 from a"),
    "CASE in ELSE": _around("select ", "case when x then 1 else ", "1", " end", " from a"),
    "functions": _around("select ", "abs(", "x", ")", " from a"),
    "functions left open": _after("select ", "abs(", "x from a"),
    "unknown functions": _around("select ", "foo(", "x", ")", " from a"),
    "aggregates": _around("select ", "count(", "x", ")", " from a"),
    "types as functions": _around("select ", "char(", "x", ")", " from a"),
    "dates as functions": _around("select ", "date(", "x", ")", " from a"),
    "types in types": _around("select cast(x as ", "int(", "1", ")", ") from a"),
    "a type in a name": _around('select cast(x as "', "int(", "1", ")", '") from a'),
    "generic types": _around("select cast(x as ", "array<", "int", ">", ") from a"),
    "structs": _after("select ", "struct<", " from a"),
    "casts": _around("select ", "cast(", "x", " as int)", " from a"),
    "windows": _around("select ", "sum(", "x", ") over ()", " from a"),
    "WITH in WITH": _around("", "with t as (", "select x from a", ") select * from t"),
    "tuples": _around("select x from a where ", "(x, ", "y", ")", " = 1"),
    "OR in brackets": _around("select x from a where ", "(x=1 or ", "x=2", ")"),
    "AND before brackets": _around("select x from a where ", "(", "x=1", " and x=2)"),
    "minus": _after("select ", "- ", "x from a"),
    "plus": _after("select ", "+ ", "x from a"),
    "tilde": _after("select ", "~ ", "x from a"),
    "NOT": _after("select x from a where ", "not ", "x = 1"),
    "parameters": _after("select ", "@", " from a"),
    "intervals": _after("select ", "interval ", "'1' day from a"),
    "lambdas": _after("select ", "(x) -> ", "x from a"),
    "BETWEEN in BETWEEN": _around("select x from a where ", "x between ", "1", " and 2"),
}

#: One after the other: by how many.
FLAT: dict[str, _Make] = {
    "joins": _after("select * from a", " join b"),
    "inner joins": _after("select * from a", " inner join b"),
    "left joins": _after("select * from a", " left join b"),
    "cross joins": _after("select * from a", " cross join b"),
    "natural joins": _after("select * from a", " natural join b"),
    "straight joins": _after("select * from a", " straight_join b"),
    "commas and joins": _after("select * from a", ", b join c"),
    "commas in FROM": _after("select * from a", ", b"),
    "joins with conditions": _after("select * from a", " join b on a.x = b.x"),
    "joins, then conditions": lambda n: "select * from a" + " join b" * n + " on a.x = b.x" * n,
    "joins with USING": _after("select * from a", " join b using (x)"),
    "named joins": _counted("select * from a as t", " join b as t{}"),
    "AND": _after("select x from a where x=1", " and x=1"),
    "OR": _after("select x from a where x=1", " or x=1"),
    "AND and OR": _after("select x from a where x=1", " and x=1 or x=2"),
    "other numbers": _counted("select x from a where x=1", " and y={}"),
    "UNION": _after("select x from a", " union select x from a"),
    "UNION ALL": _after("select x from a", " union all select x from a"),
    "EXCEPT and INTERSECT": _after(
        "select x from a", " except select x from a intersect select y from b"
    ),
    "CASE with many WHENs": _after("select case ", "when x then 1 ", "end from a"),
    "arguments": _after("select coalesce(x", ", x", ") from a"),
    "columns": _after("select x", ", x", " from a"),
    "named columns": _counted("select x", ", x as a{}", " from a"),
    "only commas": _after("select ", ",", " from a"),
    "stars": _after("select *", ", *", " from a"),
    "many stars": _after("select ", "*", " from a"),
    "IN": _after("select x from a where x in (1", ", 1", ")"),
    "GROUP BY": _after("select x from a group by x", ", x"),
    "ORDER BY": _after("select x from a order by x", ", x desc"),
    "sums": _after("select x", " + x", " from a"),
    "products": _after("select x", " * x", " from a"),
    "concatenations": _after("select x", " || x", " from a"),
    "arrows": _after("select x", " -> 'a'", " from a"),
    "equal signs": _after("select x from a where x", " = x"),
    "less and greater": _after("select x from a where x", " < x > x"),
    "IS NOT NULL": _after("select x from a where x", " is not null"),
    "BETWEEN": _after("select x from a where x between 1 and 2", " and x between 1 and 2"),
    "BETWEEN of BETWEEN": _after("select x from a where x", " between 1 and 2"),
    "LIKE": _after("select x from a where x", " like x"),
    "IN of IN": _after("select x from a where x", " in (1)"),
    "COLLATE": _after("select x", " collate nocase", " from a"),
    "dots": _after("select x", ".x", " from a"),
    "dots in FROM": _after("select x from a", ".a"),
    "indexes": _after("select x", "[1]", " from a"),
    "casts with colons": _after("select x", "::int", " from a"),
    "CTEs": _counted("with t as (select 1)", ", t{} as (select x from a)", " select * from t"),
    "window functions": _after("select x", ", sum(x) over (partition by y)", " from a"),
    "pivots": _after("select x from a", " pivot (sum(x) for y in (1))"),
    "ESCAPE": _after("select x from a where x like 'a'", " escape 'b'"),
    "SELECT": _after("", "select "),
    "FROM": _after("select x ", "from a "),
    "WHERE": _after("select x from a ", "where x=1 "),
    "DISTINCT": _after("select ", "distinct ", "x from a"),
    "AS": _after("select x", " as x", " from a"),
    "statements": _after("", "select x from a;"),
    "semicolons": _after("select x from a", ";"),
    "two statements and semicolons": _after("select x from a", ";", " select 1"),
    "a long name": _after("select ", "x" * 10, " from a"),
    "a long text": _after("select '", "x" * 10, "' from a"),
    "a long number": _after("select ", "1" * 10, " from a"),
    "a long LIMIT": _after("select x from a limit ", "1" * 10),
    "a long exponent": _after("select 1e", "9" * 10, " from a"),
    "a long hexadecimal number": _after("select 0x", "f" * 10, " from a"),
    "numbers and dots": _after("select ", "1.", " from a"),
    "quotes": _after("select ", "'", " from a"),
    "double quotes": _after("select ", '"', " from a"),
    "back quotes": _after("select ", "`", " from a"),
    "open square brackets": _after("select ", "[", " from a"),
    "an odd quote before pairs": _after("select ' ", "'' ", " from a"),
    "open comments": _after("select x from a ", "/* "),
    "comments": _after("select x ", "/* c */", " from a"),
    "comments inside": _after("select x", " /* c */ + /* d */ x", " from a"),
    "comment lines": _after("select x ", "--c\n", " from a"),
    "spaces": _after("select x", " " * 10, "from a"),
    "years": _after("year", " " * 9 + "year ( ", "x"),
    "spaced operators": _after("select x from a where ", "> = "),
    "the word value": _after("select x from a where x =", " value "),
    "open brackets and types": _after("a (x", " (", ")"),
    "dots and brackets": _after("select ", ".]", " x"),
    "words": _counted("", "w{} "),
    "zeros": _after("select '", "\0", "' from a"),
    "halves of characters": _after("select '", "\ud800", "' from a"),
    "letters of other scripts": _after("select ", "é", " from a"),
}


def hostile(make: _Make, *, nested: bool) -> list[str]:
    """A text that is just within the limits of reading, and one far beyond."""
    if nested:
        return [make(28), make(5000)[:_FAR_BEYOND]]
    return [make(_times(make)), make(9000)[:_FAR_BEYOND]]


def _times(make: _Make) -> int:
    """How often something can be repeated within the limits."""
    n = 1
    with suppress(QueryError):
        while n < 1024:
            read_tokens(make(2 * n))
            n *= 2
    return n
