"""The encoding of a file that does not name it."""

from __future__ import annotations

import codecs
import re

from text2sql.errors import UploadError

__all__ = ["decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 200_000  # bytes that the detector reads
_FEW = 3  # different bytes beyond ASCII: too few to tell one encoding from another
_DAMAGED = 0.02  # of the characters beyond ASCII may be broken in a text that is UTF-8 otherwise
#: Control characters other than tab, line feeds and the end mark of DOS: no text has them.
_CONTROL = re.compile(r"[\0-\x08\x0e-\x19\x1b-\x1f]")
_USUAL_NAMES = {"cp932": "Shift-JIS", "gb18030": "GBK", "cp949": "EUC-KR"}


def decode(name: str, raw: bytes) -> tuple[str, str | None]:
    """Return the text of the file ``name``, and a note if its encoding was guessed.

    A mark at the start decides, then UTF-16 without a mark and UTF-8 if they fit, then chardet
    (https://chardet.readthedocs.io). With hardly a letter beyond ASCII, it is Windows-1252.

    Raises:
        UploadError: this is not a text.
    """
    for reader in (_marked, _wide, _utf8, _guessed):
        found = reader(raw)
        if found is not None and not _CONTROL.search(found[0]):
            return found
    raise UploadError(
        f"{name!r} is not a CSV, TSV, SQLite, Excel, ODS or Parquet file; choose one of these."
    )


_Found = tuple[str, str | None] | None


def _marked(raw: bytes) -> _Found:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], encoding)
    return None


def _wide(raw: bytes) -> _Found:
    """Read UTF-16 without a mark, in which every other byte of most texts is zero."""
    start = raw[:4000]
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if len(start) > 1 and zeros.count(0) > 0.4 * len(zeros):
            return _strict(raw, encoding)
    return None


def _utf8(raw: bytes) -> _Found:
    found = _strict(raw, "utf-8")
    if found is not None:
        return found
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(letter > "\x7f" for letter in text) - broken
    if broken > _DAMAGED * good:
        return None
    return text, f"{broken:,} of its characters are damaged and shown as \ufffd."


def _guessed(raw: bytes) -> _Found:
    import chardet

    letters = _around_letters(raw)
    beyond = sum(byte > 127 for byte in set(letters))
    guess = chardet.detect(letters)["encoding"] if beyond > _FEW else None
    for encoding in (guess, "cp1252", "latin-1"):
        if encoding and (found := _strict(raw, encoding)):
            usual = "Windows-1252" if encoding in ("cp1252", "latin-1") else _usual(encoding)
            return found[0], f"it was read as {usual}, which its letters suggest."
    return None


def _around_letters(raw: bytes) -> bytes:
    """Return the lines of ``raw`` that have letters beyond ASCII, up to the size of a sample."""
    lines = (line for line in raw.splitlines(keepends=True) if not line.isascii())
    return b"".join(lines)[:_SAMPLE]


def _usual(encoding: str) -> str:
    return _USUAL_NAMES.get(codecs.lookup(encoding).name, encoding)


def _strict(raw: bytes, encoding: str) -> _Found:
    try:
        return raw.decode(encoding), None
    except (UnicodeDecodeError, LookupError):
        return None
