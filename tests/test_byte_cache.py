"""A cache that is bounded in bytes and lets go of what belongs to who has left."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from text2sql.byte_cache import ByteCache, forget


def _cache(entries: int) -> ByteCache[str, bytes]:
    """Room for so many values of 500 bytes, which cost 500 more."""
    return ByteCache(entries * 1000, len)


def _value(letter: str) -> bytes:
    return letter.encode() * 500


def test_a_value_is_made_once() -> None:
    cache, made = _cache(2), list[str]()

    def make() -> bytes:
        made.append("a")
        return _value("a")

    assert cache.get("a", make) is cache.get("a", make)
    assert made == ["a"]


def test_no_more_bytes_are_kept_than_allowed_and_those_used_last_stay() -> None:
    cache = _cache(2)
    for key in "abac":
        cache.get(key, lambda key=key: _value(key))  # type: ignore[misc]
    assert [cache.peek(key) for key in "abc"] == [_value("a"), None, _value("c")]
    assert (cache.size, len(cache)) == (2000, 2)


def test_a_value_larger_than_the_cache_is_made_but_not_kept() -> None:
    cache = _cache(2)
    cache.put("a", _value("a"))
    assert cache.get("huge", lambda: bytes(5000)) == bytes(5000)
    assert (cache.peek("huge"), cache.peek("a"), cache.size) == (None, _value("a"), 1000)


def test_a_value_put_in_place_of_another_counts_once() -> None:
    cache = _cache(3)
    cache.put("a", _value("a"))
    cache.put("a", bytes(100))
    assert (cache.size, cache.peek("a")) == (600, bytes(100))


def test_to_forget_an_owner_empties_every_cache_of_his_and_of_nobody_elses() -> None:
    first, second = _cache(9), _cache(9)
    for cache in (first, second):
        cache.get("ann's", lambda: _value("a"), owner="ann")
        cache.get("bob's", lambda: _value("b"), owner="bob")
    forget("ann")
    assert [cache.peek("ann's") for cache in (first, second)] == [None, None]
    assert [cache.peek("bob's") for cache in (first, second)] == [_value("b")] * 2
    assert (first.size, second.size) == (1000, 1000)


def test_what_is_forgotten_while_it_is_made_is_not_kept() -> None:
    cache = _cache(9)

    def make() -> bytes:
        forget("ann")
        return _value("a")

    assert cache.get("a", make, owner="ann") == _value("a")
    assert (cache.peek("a"), cache.size) == (None, 0)


def test_several_who_ask_at_once_wait_for_one_value() -> None:
    cache, made = _cache(9), list[int]()

    def make() -> bytes:
        made.append(1)
        time.sleep(0.1)
        return _value("a")

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: cache.get("a", make), range(4)))
    assert (found, made) == ([_value("a")] * 4, [1])


def test_an_error_reaches_all_who_wait_and_the_next_one_tries_again() -> None:
    cache, inside = _cache(9), threading.Event()

    def fail() -> bytes:
        inside.set()
        time.sleep(0.05)
        raise OSError("no")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.get, "a", fail)
        inside.wait(5)
        second = threads.submit(cache.get, "a", lambda: pytest.fail("it is being made"))
        for job in (first, second):
            with pytest.raises(OSError, match="no"):
                job.result(5)
    assert cache.get("a", lambda: _value("a")) == _value("a")


def test_one_slow_value_holds_up_no_other() -> None:
    cache, go_on = _cache(9), threading.Event()

    def slow() -> bytes:
        go_on.wait(5)
        return _value("a")

    with ThreadPoolExecutor(1) as threads:
        job = threads.submit(cache.get, "a", slow)
        assert cache.get("b", lambda: _value("b")) == _value("b")
        go_on.set()
        assert job.result(5) == _value("a")
