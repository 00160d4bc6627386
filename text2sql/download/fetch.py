"""The download of one file over HTTP, which can resume and is verified by digest."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from text2sql.atomic import sync
from text2sql.digests import file_digest
from text2sql.errors import DownloadError

__all__ = ["fetch"]

_CHUNK = 1 << 18
_TIMEOUT_S = 30.0
_ATTEMPTS = 8
ByteProgress = Callable[[int, int], None]


class _BrokenError(Exception):
    """A broken connection or a refusal; ``again`` says whether another attempt may help."""

    def __init__(self, reason: str, again: bool = True) -> None:
        super().__init__(reason)
        self.again = again


def fetch(
    urls: Sequence[str],
    target: Path,
    sha256: str,
    progress: ByteProgress = lambda done, total: None,
    pause_s: float = 1.0,
) -> None:
    """Download the file with this digest to ``target`` from the first of ``urls`` that has it.

    Bytes are written to ``target.part``, which stays after a failure: the next attempt or call only
    requests the rest. ``progress`` gets the bytes done and in total.

    Raises:
        DownloadError: no URL provided the file, or it cannot be written.
    """
    part = target.with_name(target.name + ".part")
    reasons = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_file() and file_digest(target) == sha256:
            return
        for url in urls:
            reason = _fetch_from(url, part, sha256, progress, pause_s)
            if reason is None:
                sync(part)
                part.replace(target)
                return
            reasons.append(f"{url}: {reason}")
    except OSError as error:
        raise DownloadError(
            f"{str(part)!r} cannot be written ({error.strerror}); "
            "check the free space and your permissions, or choose another folder with --to."
        ) from error
    kept = _size(part)
    advice = f"; {kept:,} bytes are kept; run the same command again to continue" if kept else ""
    raise DownloadError(f"The download failed ({'; '.join(reasons)}){advice}.")


def _fetch_from(
    url: str, part: Path, sha256: str, progress: ByteProgress, pause_s: float
) -> str | None:
    """Try one URL several times; return None on success, else the reason."""
    reason = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(min(pause_s * 2 ** (attempt - 1), 30.0))
        resumed = _size(part) > 0
        try:
            _append(url, part, progress)
        except _BrokenError as error:
            reason = str(error)
            if error.again:
                continue
            break
        found = file_digest(part)
        if found == sha256:
            return None
        part.unlink()
        reason = f"its SHA-256 is {found}, not {sha256}"
        if not resumed:  # else the resumed part may be wrong: try once more from the start
            break
    return reason


def _append(url: str, part: Path, progress: ByteProgress) -> None:
    """Append the missing bytes to ``part``.

    Raises:
        _BrokenError: the server did not answer, refused, or stopped before the end.
        OSError: ``part`` cannot be written.
    """
    have = _size(part)
    response = _open(url, have)
    if response is None:
        return
    with response:
        start, total = _range(response, have)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            while chunk := _read(response):
                file.write(chunk)
                progress(file.tell(), total)
            if file.tell() < total:
                raise _BrokenError(f"the connection ended after {file.tell():,} of {total:,} bytes")


def _open(url: str, have: int) -> http.client.HTTPResponse | None:
    """Request the bytes from ``have`` on; None if there are no more."""
    request = urllib.request.Request(url, headers={"User-Agent": "text2sql"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:
            return None
        again = error.code in (408, 429) or error.code >= 500
        raise _BrokenError(f"the server answered {error.code} {error.reason}", again) from error
    except urllib.error.URLError as error:
        raise _BrokenError(f"there is no connection ({error.reason})", again=False) from error
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenError(_broke(error)) from error
    return response


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(_CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenError(_broke(error)) from error


def _broke(error: Exception) -> str:
    return f"the connection broke ({str(error) or type(error).__name__})"


def _range(response: http.client.HTTPResponse, have: int) -> tuple[int, int]:
    """The start of the response in the file, and the file's size (0 if unknown)."""
    if response.status != 206:
        return 0, int(response.headers["Content-Length"] or 0)
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers["Content-Range"] or "")
    if found is None or int(found[1]) != have:
        raise _BrokenError("the server sent a different part of the file", False)
    return have, 0 if found[2] == "*" else int(found[2])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
