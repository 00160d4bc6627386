"""The SQL in what a chat model replies."""

from __future__ import annotations

import pytest

from text2sql.generators.chat import sql_of_reply


@pytest.mark.parametrize(
    ("reply", "sql"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT 1;", "SELECT 1"),
        ("  select name from t  \n", "select name from t"),
        ("Here it is:\n```sql\nSELECT a\nFROM t;\n```\nIt counts.", "SELECT a\nFROM t"),
        ("```\nSELECT a FROM t\n```", "SELECT a FROM t"),
        ("```sql\nSELECT a FROM t", "SELECT a FROM t"),
        ("```python\nprint(1)\n```\n```sql\nSELECT 2\n```", "SELECT 2"),
        ('{"sql": "SELECT a FROM t WHERE b = \'x\'"}', "SELECT a FROM t WHERE b = 'x'"),
        ('```json\n{"query": "SELECT 1;", "why": "so"}\n```', "SELECT 1"),
        ("The query is SELECT a FROM t;\nIt selects a.", "SELECT a FROM t"),
        ("SELECT a FROM t\n\nThis query selects a.", "SELECT a FROM t"),
        ("SELECT a FROM t WHERE b = 'x;y'; -- done", "SELECT a FROM t WHERE b = 'x;y'"),
        ("SELECT a FROM t WHERE b = 'it''s'; done", "SELECT a FROM t WHERE b = 'it''s'"),
        ("<think>SELECT wrong</think>\nSELECT right_ FROM t", "SELECT right_ FROM t"),
        ("WITH x AS (SELECT 1) SELECT * FROM x", "WITH x AS (SELECT 1) SELECT * FROM x"),
        ("I cannot answer that.", ""),
        ("", ""),
        ("<think>SELECT never closed", ""),
        ("```sql\n```", ""),
    ],
)
def test_the_query_is_taken_out_of_the_reply(reply: str, sql: str) -> None:
    assert sql_of_reply(reply) == sql


def test_a_long_reply_without_an_end_is_read_in_no_time() -> None:
    reply = "SELECT '" + "a''" * 20_000
    assert sql_of_reply(reply) == reply
