"""The chat prompt of decoder-only models, and the extraction of SQL from their replies.

Training and inference share this prompt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["INSTRUCTION", "chat_ids", "sql_of_reply"]

INSTRUCTION = "You write one SQLite query that answers the question, and nothing else."

_FENCE = re.compile(r"```[ \t]*(\w*)[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_KEYS = ("sql", "query", "SQL", "sql_query")
_QUERY = re.compile(r"\b(?:SELECT|WITH)\b.*", re.DOTALL | re.IGNORECASE)
_PARTS = re.compile(r"['\"`;]|\n[ \t]*\n")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)


def chat_ids(
    tokenizer: PreTrainedTokenizerBase, prompt: str, before: Sequence[tuple[str, str]] = ()
) -> list[int]:
    """Return the tokens of the chat up to the beginning of the model's reply.

    ``before`` are prompts with their replies that precede ``prompt``.
    """
    messages = [{"role": "system", "content": INSTRUCTION}]
    for asked, reply in before:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": reply})
    messages.append({"role": "user", "content": prompt})
    found: Any = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, tokenize=True, return_dict=True
    )
    return list(found["input_ids"])


def sql_of_reply(text: str) -> str:
    """Extract the query from a reply, which may contain reasoning, prose, code fences or JSON.

    The result is empty if there is no query. The first fence with a query takes precedence.
    """
    text = _THOUGHT.sub("", text).strip()
    fences = [inner for _, inner in _FENCE.findall(text)]
    for part in (*fences, text):
        found = _of_json(part) or _of_text(part)
        if found:
            return found
    return ""


def _of_json(text: str) -> str:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return ""
    try:
        found = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return ""
    values = [found[key] for key in _KEYS if isinstance(found.get(key), str)]
    return _of_text(values[0]) if values else ""


def _of_text(text: str) -> str:
    """Return the text from SELECT or WITH to a semicolon, or to the line before further prose."""
    found = _QUERY.search(text)
    return "" if found is None else _first_query(found[0]).strip()


def _first_query(text: str) -> str:
    """Return ``text`` up to a semicolon or an empty line outside quotation marks."""
    quote = ""
    for part in _PARTS.finditer(text):
        sign = part[0]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in ("'", '"', "`"):
            quote = sign
        else:
            return text[: part.start()]
    return text
