"""What goes over the wire when the page is opened."""

from __future__ import annotations

import re

import httpx

_BROWSER = {"accept-encoding": "gzip, deflate, br"}


def _sent(url: str, headers: dict[str, str]) -> tuple[str, int, str]:
    """The encoding, the bytes over the wire and the text of an answer."""
    with httpx.stream("GET", url, headers=headers, trust_env=False) as answer:
        text = answer.read().decode()
        return answer.headers.get("content-encoding", ""), answer.num_bytes_downloaded, text


def test_the_page_goes_out_compressed_and_is_the_same_page(url: str) -> None:
    plain = _sent(url, {"accept-encoding": "identity"})
    packed = _sent(url, _BROWSER)
    assert (plain[0], packed[0]) == ("", "gzip")
    assert packed[2] == plain[2]
    assert packed[1] < plain[1] / 4


def test_scripts_keep_the_smaller_compression_that_they_had(url: str) -> None:
    page = httpx.get(url, trust_env=False).text
    found = re.search(r"[./\w-]*assets/index-[\w-]+\.js", page)
    assert found is not None
    script = f"{url}/{found[0].removeprefix('.').lstrip('/')}"
    assert _sent(script, _BROWSER)[0] == "br"


def test_a_stream_of_events_is_not_held_back_to_be_compressed(url: str) -> None:
    address = f"{url}/gradio_api/heartbeat/none"
    with httpx.stream("GET", address, headers=_BROWSER, trust_env=False) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in stream.headers
        assert next(stream.iter_bytes())
