"""Download Spider's questions and databases (206 MB) from their official source.

An interrupted download continues where it stopped. The archive's SHA-256 is verified.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm

EXAMPLES = """
text2sql download spider
text2sql download spider --to ~/spider
text2sql download spider --archive ~/Downloads/spider_data.zip
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=["spider"], help="what to download")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="folder to create (default: spider in TEXT2SQL_CACHE_DIR or ~/.cache/text2sql, "
        "where the other commands find it)",
    )
    parser.add_argument(
        "--archive",
        type=Path,
        metavar="ZIP",
        help="unpack this copy of spider_data.zip instead of downloading it",
    )


def run(args: Namespace) -> int:
    """Print the path of Spider's folder and return 0."""
    from text2sql.download.spider import download_spider

    with _Bars() as bars:
        folder = download_spider(args.to, bars.show, archive=args.archive)
    print(folder)
    return 0


class _Bars:
    """Progress bars on standard error, one per step."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None
        self._what = ""

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, what: str, done: int, total: int) -> None:
        from tqdm import tqdm

        if self._bar is None or what != self._what:
            self.__exit__()
            self._what = what
            self._bar = tqdm(
                desc=what, total=total or None, initial=done, unit="B", unit_scale=True
            )
        self._bar.update(done - int(self._bar.n))
