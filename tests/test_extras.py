"""A missing optional package is a sentence that says how to install it."""

from __future__ import annotations

import pytest

from text2sql.errors import MissingPackage, ModelError
from text2sql.extras import named_extra, require
from text2sql.generators.registry import load_generator


def absent(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Hide packages that are installed, from imports and from who asks for them."""
    import importlib.util
    import sys

    real = importlib.util.find_spec
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(
        "text2sql.extras.find_spec", lambda name: None if name in modules else real(name)
    )


@pytest.mark.parametrize(
    ("extra", "said"), [(None, "text2sql-workbench[flan]"), ("train", "text2sql-workbench[train]")]
)
def test_the_extra_that_brings_a_package_is_named(
    extra: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent(monkeypatch, "peft")
    with pytest.raises(MissingPackage) as caught, named_extra(extra):
        import peft  # noqa: F401
    assert str(caught.value) == (
        f"This needs the package peft, which is not installed; run pip install '{said}'."
    )


def test_a_module_of_ours_that_is_missing_is_no_matter_of_installing() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"text2sql\.nothing"), named_extra():
        import text2sql.nothing  # type: ignore[import-not-found]  # noqa: F401


def test_what_is_installed_is_not_missing() -> None:
    require("transformers")


def test_a_model_is_not_fetched_for_a_package_that_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent(monkeypatch, "transformers")
    monkeypatch.setattr("text2sql.generators.text_models.load_text_generator", pytest.fail)
    with pytest.raises(ModelError, match=r"run pip install 'text2sql-workbench\[flan\]'"):
        load_generator("flan-t5-large")
