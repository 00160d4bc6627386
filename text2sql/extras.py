"""Optional packages, and the extra of this distribution that installs each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from text2sql.errors import MissingPackage

__all__ = ["DISTRIBUTION", "EXTRAS", "named_extra", "require"]

#: What ``pip install`` calls this project; ``import`` calls it ``text2sql``.
DISTRIBUTION = "text2sql-workbench"

#: The extra in pyproject.toml that installs each module that the core does not need.
EXTRAS = {
    "anyio": "page",
    "accelerate": "flan",
    "annotated_types": "train",
    "chardet": "page",
    "ctranslate2": "flan",
    "datasets": "train",
    "gradio": "page",
    "httpx": "endpoint",
    "huggingface_hub": "flan",
    "openpyxl": "page",
    "pandas": "page",
    "peft": "flan",
    "pyarrow": "page",
    "python_calamine": "page",
    "starlette": "page",
    "transformers": "flan",
}


@contextmanager
def named_extra(extra: str | None = None) -> Iterator[None]:
    """Turn a failed import of an optional package into an error that says how to install it.

    Args:
        extra: the extra to recommend (default: the one that installs the package).

    Raises:
        MissingPackage: a package imported inside the block is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in EXTRAS:  # our own bug, not a missing extra
            raise
        raise _missing(module, extra) from error


def require(module: str) -> None:
    """Check that an optional package is installed without importing it.

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
