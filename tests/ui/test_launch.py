"""The page starts on a busy machine, remembers little, and lets go of what nobody uses."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from text2sql.errors import FullError, Text2SQLError
from text2sql.ui import cleanup as cleanup_module
from text2sql.ui import launch as module
from text2sql.ui.cleanup import Cleanup
from text2sql.ui.inspect import evaluations
from text2sql.ui.inspect.evaluations import Evaluations
from text2sql.ui.upload_limiter import UploadLimiter, remove_old
from text2sql.uploads.store import UploadStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[UploadStore]:
    store = UploadStore(tmp_path / "store", idle_s=0.0)
    yield store
    store.close()


_START = """
import sys, time
import gradio as gr
from gradio import http_server, networking
from text2sql.ui.launch import launch
from text2sql.uploads.store import UploadStore

{before}
with gr.Blocks(analytics_enabled=False) as demo:
    gr.Textbox()
patient = http_server.Server.run_in_thread
launch(demo, UploadStore(), port=None)
print(http_server.Server.run_in_thread is patient)
"""
_BLIND = "networking.url_ok = lambda url: False"
_LATE = """
run, clock, started = http_server.Server.run, time.time, time.time()
http_server.Server.run = lambda server: (time.sleep(0.5), run(server))
time.time = lambda: started + 100 * (clock() - started)  # five seconds are over at once
"""


@pytest.mark.parametrize("before", [_BLIND, _LATE], ids=["blind", "late"])
def test_the_page_starts_where_gradio_would_have_given_up(before: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _START.replace("{before}", before)],
        env={**os.environ, "TEXT2SQL_CACHE_DIR": str(tmp_path), "GRADIO_ANALYTICS_ENABLED": "0"},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.stdout == "True\n", done.stderr


def test_a_page_that_never_answers_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_START_S", 0.3)
    with pytest.raises(Text2SQLError, match=r"does not answer after 0\.3 s"):
        module._wait_for("http://127.0.0.1:9")


def test_files_arrive_in_a_folder_that_ends_with_the_process(
    store: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")
    monkeypatch.delenv("GRADIO_TEMP_DIR")
    module.own_upload_folder(store)
    folder = Path(os.environ["GRADIO_TEMP_DIR"])
    assert folder.is_dir()
    store.close()
    assert not folder.exists()


def test_a_folder_that_was_named_is_left_as_it_is(
    store: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "/somewhere")
    module.own_upload_folder(store)
    assert os.environ["GRADIO_TEMP_DIR"] == "/somewhere"


# sessions


def _cleanup(tmp_path: Path, store: UploadStore, queue: Any = None) -> Cleanup:
    queue = queue or SimpleNamespace(pending_messages_per_session={}, pending_event_ids_session={})
    sessions = SimpleNamespace(drop_unused=lambda idle_s: [])
    demo = SimpleNamespace(_queue=queue)
    return Cleanup(demo, sessions, store, tmp_path)  # type: ignore[arg-type]


def test_answers_that_nobody_takes_are_dropped_and_those_of_listeners_stay(
    tmp_path: Path, store: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, empty = (SimpleNamespace(empty=lambda done=done: done) for done in (False, True))
    queue = SimpleNamespace(
        pending_messages_per_session={"gone": full, "listens": empty},
        pending_event_ids_session={"gone": {"1"}, "listens": {"2"}},
    )
    cleanup = _cleanup(tmp_path, store, queue)
    cleanup.clean_up()
    queue.pending_messages_per_session["new"] = full
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 121)
    cleanup.clean_up()
    assert set(queue.pending_messages_per_session) == {"listens", "new"}
    assert set(queue.pending_event_ids_session) == {"listens"}


def test_an_error_does_not_end_the_cleanup(
    tmp_path: Path, store: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleanup_module, "_EVERY_S", 0.01)
    cleanup, times = _cleanup(tmp_path, store), list[int]()

    def fail() -> None:
        times.append(1)
        raise OSError("no")

    monkeypatch.setattr(cleanup, "clean_up", fail)
    cleanup.start()
    ends = time.monotonic() + 5
    while len(times) < 3:
        assert time.monotonic() < ends
        time.sleep(0.01)
    cleanup.stop()
    cleanup.join(5)
    assert not cleanup.is_alive()


def test_old_files_and_empty_folders_go_and_new_ones_stay(tmp_path: Path) -> None:
    for name in ("old/a.csv", "new/b.csv"):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text("x")
    for path in (tmp_path / "old" / "a.csv", tmp_path / "old"):
        os.utime(path, (0, 0))
    remove_old(tmp_path, 600)
    assert not (tmp_path / "old" / "a.csv").exists()
    assert (tmp_path / "new" / "b.csv").exists()
    os.utime(tmp_path / "old", (0, 0))  # which has just been changed
    remove_old(tmp_path, 600)
    assert [path.name for path in tmp_path.iterdir() if path.name != "store"] == ["new"]


# what is sent


def _post(app: UploadLimiter, headers: dict[str, str], path: str = "/gradio_api/upload") -> Any:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            return await client.post(path, headers=headers)

    return asyncio.run(send())


@pytest.fixture
def door(tmp_path: Path) -> UploadLimiter:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"taken"})

    return UploadLimiter(app, tmp_path, most_bytes=1000, most_of_one=600)


@pytest.mark.parametrize(
    ("length", "status"), [("600", 200), ("601", 413), ("nonsense", 411), ("-1", 411)]
)
def test_an_upload_says_its_length_and_keeps_the_limit(
    door: UploadLimiter, length: str, status: int
) -> None:
    assert _post(door, {"content-length": length}).status_code == status


def test_an_upload_without_a_length_is_refused(door: UploadLimiter) -> None:
    assert _post(door, {"transfer-encoding": "chunked"}).status_code == 411


def test_where_there_is_no_room_an_upload_is_told_when_to_try_again(
    door: UploadLimiter, tmp_path: Path
) -> None:
    (tmp_path / "lies").write_bytes(bytes(600))
    answer = _post(door, {"content-length": "500"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert answer.text == "There is no room for more files; try again in 60 s."
    assert _post(door, {"content-length": "400"}).status_code == 200


def test_uploads_that_are_under_way_count(door: UploadLimiter) -> None:
    assert door._reserve(600, held=0)
    assert _post(door, {"content-length": "500"}).status_code == 503
    assert _post(door, {"content-length": "500"}, "/gradio_api/queue/join").status_code == 200


def test_an_upload_that_breaks_off_leaves_its_room_to_others(tmp_path: Path) -> None:
    async def breaks_off(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("the sender has gone")

    door = UploadLimiter(breaks_off, tmp_path, most_bytes=1000, most_of_one=600)
    for _ in range(2):
        with pytest.raises(OSError, match="the sender has gone"):
            _post(door, {"content-length": "600"})


# evaluations


def test_one_evaluation_goes_on_at_a_time(tmp_path: Path) -> None:
    several = Evaluations(SimpleNamespace(), SimpleNamespace(), tmp_path)  # type: ignore[arg-type]
    several.running["ann"] = SimpleNamespace()  # type: ignore[assignment]
    with pytest.raises(FullError, match="Another evaluation is running; try again in 60 s"):
        several._check()


def test_runs_that_are_made_on_the_page_do_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluations, "_MOST_RUNS", 2)
    several = Evaluations(SimpleNamespace(), SimpleNamespace(), tmp_path)  # type: ignore[arg-type]
    several._check()
    for name in ("a.db", "b.db"):
        (tmp_path / name).touch()
    with pytest.raises(Text2SQLError, match="saves no more than 2"):
        several._check()
