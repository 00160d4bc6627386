"""The context of a question: whose it is, when the model may work, and what else is known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.spider import Example

__all__ = ["Service"]


def _at_once(work: Callable[[], Any]) -> Any:
    return work()


@dataclass(frozen=True)
class Service:
    """The context in which a server answers a question for one of many visitors.

    ``turn`` runs the work that needs the model when its turn has come. Queries count towards the
    sandbox share of ``owner``, and setting ``cancel`` interrupts them. ``examples`` are questions
    over the same database whose SQL a person gave, the latest one last. ``evidence`` is a hint for
    one question, as BIRD has them, which text models read.
    """

    turn: Callable[[Callable[[], Any]], Any] = _at_once
    owner: str | None = None
    cancel: threading.Event | None = None
    examples: Sequence[Example] = ()
    evidence: str = ""
