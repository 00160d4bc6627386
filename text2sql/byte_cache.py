"""A cache that is bounded in bytes, and that lets go of what belongs to somebody who has left.

Whatever is kept by a key that strangers can make goes in here: a bound on the number of entries
says nothing about memory where one entry may be a thousand times another.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakSet

__all__ = ["ByteCache", "forget"]

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")
_ENTRY_BYTES = 500  # what an entry costs beside its value


@dataclass(frozen=True)
class _Entry(Generic[_Value]):
    value: _Value
    size: int
    owner: Hashable


class ByteCache(Generic[_Key, _Value]):
    """The values used last, ``max_bytes`` of them at most. Thread-safe.

    ``size_of`` says how many bytes a value holds, its key included. A value that is larger than
    the whole cache is made each time.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[_Value], int]) -> None:
        self.max_bytes = max_bytes
        self._size_of = size_of
        self._entries: OrderedDict[_Key, _Entry[_Value]] = OrderedDict()
        self._making: dict[_Key, tuple[Future[_Value], Hashable]] = {}
        self._size = 0
        self._lock = threading.Lock()
        _CACHES.add(self)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """How many bytes are held."""
        return self._size

    def get(self, key: _Key, make: Callable[[], _Value], owner: Hashable = None) -> _Value:
        """The value of ``key``; ``make`` is called where there is none, once for all who wait.

        ``forget(owner)`` lets go of it. Whatever ``make`` raises reaches everybody who waits.
        """
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key].value
            waiting = self._making.get(key)
            if waiting is None:
                future: Future[_Value] = Future()
                self._making[key] = (future, owner)
        if waiting is not None:
            return waiting[0].result()
        return self._make(key, make, owner, future)

    def _make(
        self, key: _Key, make: Callable[[], _Value], owner: Hashable, future: Future[_Value]
    ) -> _Value:
        try:
            value = make()
        except BaseException as error:
            self._take_down(key, future)
            future.set_exception(error)
            raise
        if self._take_down(key, future):
            self.put(key, value, owner)
        future.set_result(value)
        return value

    def _take_down(self, key: _Key, future: Future[_Value]) -> bool:
        """Whether this is still being waited for; not so if it was forgotten while it was made."""
        with self._lock:
            if key in self._making and self._making[key][0] is future:
                del self._making[key]
                return True
            return False

    def peek(self, key: _Key) -> _Value | None:
        """The value of ``key``, if it is here."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key].value

    def put(self, key: _Key, value: _Value, owner: Hashable = None) -> None:
        """Keep ``value`` in place of what ``key`` had."""
        entry = _Entry(value, self._size_of(value) + _ENTRY_BYTES, owner)
        with self._lock:
            if key in self._entries:
                self._size -= self._entries.pop(key).size
            if entry.size <= self.max_bytes:
                self._entries[key] = entry
                self._size += entry.size
            while self._size > self.max_bytes:
                _, oldest = self._entries.popitem(last=False)
                self._size -= oldest.size

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._entries.clear()
            self._making.clear()
            self._size = 0

    def drop(self, owner: Hashable) -> None:
        """Let go of all that belongs to ``owner``, also of what is being made at the moment."""
        with self._lock:
            for key in [key for key, entry in self._entries.items() if entry.owner == owner]:
                self._size -= self._entries.pop(key).size
            for key in [key for key, (_, whose) in self._making.items() if whose == owner]:
                del self._making[key]


_CACHES: WeakSet[ByteCache[Any, Any]] = WeakSet()


def forget(owner: Hashable) -> None:
    """Empty every cache of the process of what belongs to ``owner``, such as a file's path."""
    for cache in list(_CACHES):
        cache.drop(owner)
