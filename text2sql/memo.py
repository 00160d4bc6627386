"""Memoized functions that share one bound in bytes.

``functools.lru_cache`` looks up a value in a tenth of a microsecond, but it counts entries, and one
entry may be a thousand times as large as another. A ``Memo`` is as fast: it adds up the bytes of
arguments and values when a value is computed, and forgets everything at the bound. If values are
so expensive that only the oldest should be forgotten, use ``byte_cache``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar, cast
from weakref import WeakSet

__all__ = ["Memo", "held_bytes"]

_Arguments = ParamSpec("_Arguments")
_Value = TypeVar("_Value")
_ENTRY_BYTES = 150  # the overhead of an entry


class Memo:
    """Functions whose values are kept, of at most ``max_bytes`` in all. Thread-safe.

    Sizes are upper bounds: objects that several entries share are counted for each of them.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.size = 0
        self._kept: WeakSet[Any] = WeakSet()
        self._lock = threading.Lock()

    def keep(self, function: Callable[_Arguments, _Value]) -> Callable[_Arguments, _Value]:
        """Return ``function`` with its values kept; usable as a decorator."""

        def computed(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Value:
            value = function(*args, **kwargs)
            self._add(held_bytes((args, kwargs, value)) + _ENTRY_BYTES)
            return value

        kept = lru_cache(maxsize=None)(computed)
        self._kept.add(kept)
        return cast(Callable[_Arguments, _Value], kept)

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._clear()

    def _add(self, size: int) -> None:
        with self._lock:
            if self.size + size > self.max_bytes:
                self._clear()
            self.size += size

    def _clear(self) -> None:
        for kept in list(self._kept):
            kept.cache_clear()
        self.size = 0


def held_bytes(value: Any) -> int:
    """The bytes of ``value`` with all that it contains, each object counted once."""
    total, todo, seen = 0, [value], set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        if isinstance(one, dict):
            todo += [*one, *one.values()]
        elif isinstance(one, tuple | list | set | frozenset):
            todo += one
        elif not isinstance(one, str | int | float | bytes | type | None):
            todo += getattr(one, "__dict__", {}).values()
            todo += [getattr(one, name, None) for name in getattr(one, "__slots__", ())]
    return total
