"""A cache that is bounded in bytes and can drop all entries of an owner.

Use it for every cache whose keys strangers can choose: a bound on the number of entries does not
bound the memory, because one entry may be a thousand times as large as another.
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
_ENTRY_BYTES = 500  # the overhead of an entry


@dataclass(frozen=True)
class _CachedValue(Generic[_Value]):
    value: _Value
    size: int
    owner: Hashable


class ByteCache(Generic[_Key, _Value]):
    """A least-recently-used cache of at most ``max_bytes``. Thread-safe.

    ``size_of`` gives the bytes of a value including its key. A value larger than the whole cache is
    computed each time.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[_Value], int]) -> None:
        self.max_bytes = max_bytes
        self._size_of = size_of
        self._entries: OrderedDict[_Key, _CachedValue[_Value]] = OrderedDict()
        self._making: dict[_Key, tuple[Future[_Value], Hashable]] = {}
        self._size = 0
        self._lock = threading.Lock()
        _CACHES.add(self)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """The number of bytes in the cache."""
        return self._size

    def get(self, key: _Key, make: Callable[[], _Value], owner: Hashable = None) -> _Value:
        """Return the value of ``key``, computed with ``make`` if missing.

        ``make`` is called once for all threads that wait for it; they all get its exception if it
        raises one. ``forget(owner)`` drops the entry.
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
        """Whether this value is still wanted: it was not forgotten while it was computed."""
        with self._lock:
            if key in self._making and self._making[key][0] is future:
                del self._making[key]
                return True
            return False

    def peek(self, key: _Key) -> _Value | None:
        """The cached value of ``key``, None if there is none."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key].value

    def put(self, key: _Key, value: _Value, owner: Hashable = None) -> None:
        """Set the value of ``key``."""
        entry = _CachedValue(value, self._size_of(value) + _ENTRY_BYTES, owner)
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
        """Drop all entries."""
        with self._lock:
            self._entries.clear()
            self._making.clear()
            self._size = 0

    def drop(self, owner: Hashable) -> None:
        """Drop all entries of ``owner``, including those being computed."""
        with self._lock:
            for key in [key for key, entry in self._entries.items() if entry.owner == owner]:
                self._size -= self._entries.pop(key).size
            for key in [key for key, (_, whose) in self._making.items() if whose == owner]:
                del self._making[key]


_CACHES: WeakSet[ByteCache[Any, Any]] = WeakSet()


def forget(owner: Hashable) -> None:
    """Drop the entries of ``owner`` (such as a file's path) in every cache of the process."""
    for cache in list(_CACHES):
        cache.drop(owner)
