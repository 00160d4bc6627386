"""A background download of Spider for a running page, which adds it to the catalog."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from text2sql.databases import Catalog
from text2sql.download.spider import ProgressCallback, download_spider
from text2sql.errors import Text2SQLError

__all__ = ["FetchState", "SpiderFetch"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FetchState:
    """The progress: ``done`` of ``total`` bytes (0: unknown) of the step ``what``.

    At the end, ``databases`` is the number added to the catalog, or ``error`` the reason for none.
    """

    what: str = "Connecting"
    done: int = 0
    total: int = 0
    databases: int | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        return self.databases is not None or self.error is not None


class SpiderFetch:
    """One download in its own thread; ``state`` can be read from any thread."""

    def __init__(
        self,
        catalog: Catalog,
        download: Callable[[Path | None, ProgressCallback], Path] = download_spider,
    ) -> None:
        self.catalog = catalog
        self.state = FetchState()
        self._download = download
        self._thread = threading.Thread(target=self._run, name="spider", daemon=True)

    def start(self) -> None:
        """Start the download without waiting for it."""
        self._thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the end, at most ``timeout_s``."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            folder = self._download(None, self._tell)
            before = len(self.catalog)
            self.catalog.add_spider(folder)
            self.state = FetchState("Ready", databases=len(self.catalog) - before)
        except Text2SQLError as error:
            self.state = FetchState("Failed", error=str(error))
            _log.warning("Spider is not here: %s", error)
        except Exception as error:
            self.state = FetchState("Failed", error=f"{type(error).__name__}, see the log")
            _log.exception("Fetching Spider failed")

    def _tell(self, what: str, done: int, total: int) -> None:
        self.state = FetchState(what, done, total)
