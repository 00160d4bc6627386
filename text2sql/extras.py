"""Optional packages, and the extra of this distribution that brings each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from text2sql.errors import MissingPackage

__all__ = ["DISTRIBUTION", "EXTRAS", "named_extra"]

#: What ``pip install`` calls this project; ``import`` calls it ``text2sql``.
DISTRIBUTION = "text2sql-workbench"

#: The extra of pyproject.toml that brings a module which the core does without.
EXTRAS = {
    "accelerate": "flan",
    "ctranslate2": "flan",
    "datasets": "train",
    "gradio": "page",
    "huggingface_hub": "flan",
    "matplotlib": "train",
    "openpyxl": "page",
    "pandas": "page",
    "peft": "flan",
    "pyarrow": "page",
    "transformers": "flan",
}


@contextmanager
def named_extra() -> Iterator[None]:
    """Say how to install an optional package that is imported inside and is missing.

    Raises:
        MissingPackage: such a package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in EXTRAS:  # a fault of ours, not of the installation
            raise
        raise MissingPackage(
            f"This needs the package {module}, which is not installed; "
            f"run pip install '{DISTRIBUTION}[{EXTRAS[module]}]'."
        ) from error
