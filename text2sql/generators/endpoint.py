"""Models on a server with OpenAI's chat completions API, such as Ollama, vLLM or llama.cpp.

The person who starts the program names the address, on the command line or in the environment.
Visitors cannot change it, and redirects are not followed.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from text2sql.databases import Database
from text2sql.errors import ModelError
from text2sql.generators.base import Candidate, Options
from text2sql.generators.chat import INSTRUCTION, sql_of_reply
from text2sql.generators.choice import ModelChoice
from text2sql.generators.create_tables import create_tables
from text2sql.prompt import Prompt
from text2sql.spider import Example

__all__ = ["KEY_VARIABLE", "PREFIX", "URL_VARIABLE", "EndpointGenerator", "ServerUsage"]

PREFIX = "endpoint:"
URL_VARIABLE = "TEXT2SQL_ENDPOINT"
KEY_VARIABLE = "TEXT2SQL_ENDPOINT_KEY"

_TIMEOUT_S = 120.0
_TRIES = 4
_LONGEST_WAIT_S = 30.0
_MOST_BYTES = 2**20  # of a reply
_MOST_CHARACTERS = 60_000  # of a schema
_TO_TRY_AGAIN = frozenset((408, 409, 425, 429, 500, 502, 503, 504))

_EXAMPLE_TABLES = (
    "CREATE TABLE club (\n  id INTEGER PRIMARY KEY,\n  name TEXT\n);\n"
    "CREATE TABLE member (\n  id INTEGER PRIMARY KEY,\n  name TEXT,\n  age INTEGER,\n"
    "  club_id INTEGER,\n  FOREIGN KEY (club_id) REFERENCES club (id)\n);"
)
_EXAMPLES = (
    ("How many members are younger than 30?", "SELECT count(*) FROM member WHERE age < 30"),
    (
        "Name each club with its number of members.",
        "SELECT T1.name, count(*) FROM club AS T1 JOIN member AS T2 ON T1.id = T2.club_id "
        "GROUP BY T1.id",
    ),
)


@dataclass(frozen=True)
class ServerUsage:
    """The requests, time and tokens used so far; the server counts tokens."""

    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def sentence(self) -> str:
        """Return a summary to print after an evaluation."""
        each = self.seconds / self.requests if self.requests else 0.0
        return (
            f"{self.requests:,} requests ({self.retries:,} of them retries), {each:.2f} s each, "
            f"{self.prompt_tokens:,} tokens read and {self.completion_tokens:,} written"
        )


class EndpointGenerator:
    """Asks a server for one candidate per question, at temperature 0. Thread-safe."""

    def __init__(
        self,
        model: str,
        url: str,
        key: str | None = None,
        timeout_s: float = _TIMEOUT_S,
        wait_s: float = 1.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Check ``url``, the server's root with or without ``/v1``; ``wait_s`` doubles per retry.

        Raises:
            ModelError: the URL is not valid.
        """
        self.model = model
        self.name = f"{PREFIX}{model}"
        self.url = _completions(url)
        self.usage = ServerUsage()
        self._timeout_s, self._wait_s = timeout_s, wait_s
        self._lock = threading.Lock()
        headers = {"Accept-Encoding": "identity"}  # a small compressed reply may be large
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._client = httpx.Client(
            timeout=timeout_s, headers=headers, follow_redirects=False, transport=transport
        )

    @classmethod
    def load(cls, choice: ModelChoice) -> EndpointGenerator:
        """The generator for ``endpoint:NAME``; its key is read only from the environment.

        Raises:
            ModelError: the address is missing or not valid.
        """
        url = choice.endpoint or os.environ.get(URL_VARIABLE)
        if not url:
            raise ModelError(
                f"The address of {choice.model!r} is missing; set it with --endpoint URL, such as "
                f"http://127.0.0.1:11434 for Ollama, or in {URL_VARIABLE}."
            )
        return cls(choice.model.removeprefix(PREFIX), url, os.environ.get(KEY_VARIABLE))

    def prompt(self, question: str, database: Database) -> Prompt:
        """Return the last message of the prompt."""
        text, dropped = create_tables(database.schema, _MOST_CHARACTERS)
        return Prompt(f"{text}\n\nQuestion: {question}", dropped)

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        """Return the query in the reply, if any, as the only candidate.

        Raises:
            ModelError: the server cannot be reached, or refuses.
        """
        return self.generate_after((), question, database, options)

    def generate_after(
        self, examples: Sequence[Example], question: str, database: Database, options: Options
    ) -> list[Candidate]:
        """As ``generate``, with ``examples`` over the same database before the question."""
        own = [(f"{_EXAMPLE_TABLES}\n\nQuestion: {_EXAMPLES[0][0]}", _EXAMPLES[0][1])]
        own += [(f"Question: {asked}", sql) for asked, sql in _EXAMPLES[1:]]
        for n, e in enumerate(examples):  # the tables come with the first one only
            asked = f"Question: {e.question}" if n else self.prompt(e.question, database).text
            own.append((asked, e.query))
        messages = [{"role": "system", "content": INSTRUCTION}]
        for asked, sql in own:
            messages.append({"role": "user", "content": asked})
            messages.append({"role": "assistant", "content": sql})
        messages.append({"role": "user", "content": self.prompt(question, database).text})
        reply = self._ask(
            {
                "model": self.model,
                "messages": messages,
                "temperature": 0,
                "max_tokens": 4 * options.max_length,
                "stream": False,
            }
        )
        sql = sql_of_reply(_content(reply, self.url))
        return [Candidate(sql, 0.0)] if sql else []

    def _ask(self, body: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        for attempt in range(_TRIES):
            problem, wait_s = "", self._wait_s * 2**attempt
            try:
                with self._client.stream("POST", self.url, json=body) as response:
                    text = _bounded(response, time.monotonic() + self._timeout_s)
                if response.status_code == httpx.codes.OK:
                    found = _json(text, self.url)
                    self._count(found, attempt, time.perf_counter() - started)
                    return found
                problem = f"status {response.status_code}: {_shown(text)}"
                if response.status_code not in _TO_TRY_AGAIN:
                    break
                wait_s = _retry_after(response, wait_s)
            except httpx.TimeoutException:
                problem = f"it did not answer within {self._timeout_s:g} s"
            except httpx.HTTPError as error:
                problem = str(error) or type(error).__name__
            if attempt + 1 < _TRIES:
                time.sleep(min(wait_s, _LONGEST_WAIT_S))
        raise ModelError(
            f"{self.name!r} does not answer at {self.url} ({problem}); check that the server is "
            f"running, that it has the model, and that {KEY_VARIABLE} has its key if it needs one."
        )

    def _count(self, reply: dict[str, Any], retries: int, seconds: float) -> None:
        counts = reply.get("usage")
        counts = counts if isinstance(counts, dict) else {}
        with self._lock:
            self.usage = replace(
                self.usage,
                requests=self.usage.requests + 1 + retries,
                retries=self.usage.retries + retries,
                seconds=self.usage.seconds + seconds,
                prompt_tokens=self.usage.prompt_tokens + _whole(counts.get("prompt_tokens")),
                completion_tokens=self.usage.completion_tokens
                + _whole(counts.get("completion_tokens")),
            )


def _completions(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError(
            f"--endpoint {url!r} is not an address; write http://HOST:PORT or https://HOST."
        )
    path = parts.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path += "/chat/completions" if path.endswith("/v1") else "/v1/chat/completions"
    return parts._replace(path=path, query="", fragment="").geturl()


def _bounded(response: httpx.Response, deadline: float) -> str:
    """Read the body as text, within limits on size and total time."""
    found = b""
    for part in response.iter_bytes():
        found += part
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the reply does not end")
        if len(found) > _MOST_BYTES:
            break
    return found[:_MOST_BYTES].decode(errors="replace")


def _json(text: str, url: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ModelError(f"{url} is not a chat completions API; it replied {_shown(text)}")
    return found


def _content(reply: dict[str, Any], url: str) -> str:
    """Return the text of the first choice, or an empty text if there is none."""
    try:
        content = reply["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise ModelError(
            f"{url} is not a chat completions API; it replied {_shown(json.dumps(reply))}"
        ) from error
    return content if isinstance(content, str) else ""


def _retry_after(response: httpx.Response, default: float) -> float:
    try:
        seconds = float(response.headers.get("Retry-After", ""))
    except ValueError:
        return default
    return seconds if math.isfinite(seconds) and seconds >= 0 else default


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _shown(text: str) -> str:
    return repr(" ".join(text.split())[:200])
