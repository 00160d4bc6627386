"""Optional packages, and the extra of this distribution that brings each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from text2sql.errors import MissingPackage

__all__ = ["DISTRIBUTION", "EXTRAS", "named_extra", "require"]

#: What ``pip install`` calls this project; ``import`` calls it ``text2sql``.
DISTRIBUTION = "text2sql-workbench"

#: The extra of pyproject.toml that brings a module which the core does without.
EXTRAS = {
    "anyio": "page",
    "accelerate": "flan",
    "annotated_types": "train",
    "ctranslate2": "flan",
    "datasets": "train",
    "gradio": "page",
    "httpx": "endpoint",
    "huggingface_hub": "flan",
    "openpyxl": "page",
    "pandas": "page",
    "peft": "flan",
    "pyarrow": "page",
    "starlette": "page",
    "transformers": "flan",
}


@contextmanager
def named_extra(extra: str | None = None) -> Iterator[None]:
    """Say how to install an optional package that is imported inside and is missing.

    Args:
        extra: what to install (default: the extra that brings the package).

    Raises:
        MissingPackage: such a package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in EXTRAS:  # a fault of ours, not of the installation
            raise
        raise _missing(module, extra) from error


def require(module: str) -> None:
    """Find out, without importing it, whether an optional package is there: before a download, say.

    Raises:
        MissingPackage: it is not installed.
    """
    if find_spec(module) is None:
        raise _missing(module)


def _missing(module: str, extra: str | None = None) -> MissingPackage:
    return MissingPackage(
        f"This needs the package {module}, which is not installed; "
        f"run pip install '{DISTRIBUTION}[{extra or EXTRAS[module]}]'."
    )
