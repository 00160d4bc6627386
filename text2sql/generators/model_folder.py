"""The folder of a model: a local one, the hub's cache, or a new download from the hub."""

from __future__ import annotations

import re
from pathlib import Path

from text2sql.errors import ModelError, NotDownloaded

__all__ = ["FLAN_ADAPTER", "FLAN_BASE", "fetch_model", "first_line", "is_hub_id"]

FLAN_BASE = "google/flan-t5-large"
#: The reference system's adapter for ``FLAN_BASE``.
FLAN_ADAPTER = "artmiss/flan-t5-large-spider-text2sql"
_SIZES = {
    "google/flan-t5-base": "1 GB",
    FLAN_BASE: "3.1 GB",
    "google/flan-t5-xl": "11.4 GB",
    FLAN_ADAPTER: "about 75 MB",
}
_WEIGHTS = {
    "config.json": ("model*.safetensors", "pytorch_model*.bin"),
    "adapter_config.json": ("adapter_model.safetensors", "adapter_model.bin"),
}
_HUB_ID = re.compile(r"[\w][\w.-]*/[\w.-]+")


def is_hub_id(name: str) -> bool:
    """Whether ``name`` has the form ``owner/model`` and is not a local folder."""
    return _HUB_ID.fullmatch(name) is not None and not Path(name).expanduser().is_dir()


def fetch_model(source: str, needed: tuple[str, ...]) -> Path:
    """Return the folder of ``source``: a local folder, the hub's cache, or a new download.

    Raises:
        ModelError: it is not available; the message names everything in ``needed``.
    """
    folder = Path(source).expanduser()
    if folder.is_dir():
        if not _is_complete(folder):
            raise ModelError(
                f"{source!r} contains no model: it needs config.json and model.safetensors, "
                "or adapter_config.json and adapter_model.safetensors."
            )
        return folder
    if not is_hub_id(source):
        raise ModelError(
            f"There is no folder {source!r}; name an existing one, or a hub id such as {FLAN_BASE}."
        )
    return _from_hub(source, needed)


def _is_complete(folder: Path) -> bool:
    return any(
        (folder / config).is_file() and any(any(folder.glob(p)) for p in patterns)
        for config, patterns in _WEIGHTS.items()
    )


def _from_hub(source: str, needed: tuple[str, ...]) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    reason = "its files are incomplete"
    # the cache is used without a request; pickled weights only if there are no others
    for offline, pattern in ((True, "*"), (False, "*.safetensors"), (False, "*.bin")):
        try:
            found = Path(
                snapshot_download(
                    source,
                    allow_patterns=["*.json", "*.model", pattern],
                    ignore_patterns=["*/*"],
                    local_files_only=offline,
                )
            )
        except (HfHubHTTPError, OSError, ValueError) as error:
            reason = first_line(error)
            if not offline:
                break
            continue
        if _is_complete(found):
            return found
    what = " and ".join(f"{n} ({_SIZES.get(n, 'size unknown')})" for n in needed if is_hub_id(n))
    commands = " and ".join(f"`hf download {n}`" for n in needed if is_hub_id(n))
    raise NotDownloaded(
        f"{source!r} is not on this machine and could not be downloaded ({reason}). "
        f"Needed: {what}; run {commands} while connected to the internet, or name local "
        "folders with --base and --adapter. --model pocket works without a download.",
        size=what,
    )


def first_line(error: BaseException) -> str:
    """The first line of an error's message, at most 160 characters; its type if it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:160]
