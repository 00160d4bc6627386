"""The registry of model families, which finds and loads the model of a name, folder or hub id.

Each module of ``generators.families`` registers a family. Names are looked up first; then the
families are tried in alphabetical order.
"""

from __future__ import annotations

import pkgutil
import threading
from collections import OrderedDict, defaultdict
from dataclasses import fields, replace
from functools import cache
from importlib import import_module
from pathlib import Path

from text2sql.errors import MissingPackage, ModelError
from text2sql.extras import named_extra
from text2sql.generators import families
from text2sql.generators.base import Generator, Resident
from text2sql.generators.choice import ModelChoice
from text2sql.generators.family import Family, ModelSource

__all__ = ["family_of", "is_loaded", "load_generator"]

#: The size of the models that stay in memory; those used longest ago are dropped first.
KEPT_BYTES = 4 * 10**9
_LOADED: OrderedDict[ModelChoice, Generator] = OrderedDict()
_KEEPING = threading.Lock()
_LOADING: defaultdict[ModelChoice, threading.Lock] = defaultdict(threading.Lock)
_FLAGS = {"constrained": "--unconstrained"}  # flags whose names differ from their fields


def load_generator(model: str | ModelChoice = "pocket") -> Generator:
    """Load a model by its name (pocket, flan-t5-large), folder or hub id.

    It stays loaded until the models loaded since need more than ``KEPT_BYTES``. Do not keep a
    reference to it after a question.

    Raises:
        ModelError: there is no such model, or its files are missing or do not match.
    """
    choice = _choice(model)
    with _LOADING[choice]:  # one lock per model, so that a large one does not block a small one
        generator = _LOADED.get(choice) or _load(choice)
        with _KEEPING:
            _LOADED[choice] = generator
            _LOADED.move_to_end(choice)
            while len(_LOADED) > 1 and sum(map(_nbytes, _LOADED.values())) > KEPT_BYTES:
                _LOADED.popitem(last=False)
        return generator


def is_loaded(model: str | ModelChoice) -> bool:
    """Whether ``load_generator`` returns the model at once."""
    return _choice(model) in _LOADED


def _choice(model: str | ModelChoice) -> ModelChoice:
    return _absolute(model if isinstance(model, ModelChoice) else ModelChoice(model))


def _nbytes(generator: Generator) -> int:
    return generator.nbytes if isinstance(generator, Resident) else 0


def family_of(model: str | ModelChoice) -> Family:
    """Return the family of a model without loading it.

    Raises:
        ModelError: there is no such model.
    """
    name = model if isinstance(model, str) else model.model
    for family in _families():
        if name in family.names:
            return family
    folder = Path(name).expanduser()
    source = ModelSource(name, folder if folder.is_dir() else None)
    for family in _families():
        if family.recognises(source):
            return family
    raise _unknown(source)


@cache
def _families() -> tuple[Family, ...]:
    names = sorted(found.name for found in pkgutil.iter_modules(families.__path__))
    return tuple(import_module(f"{families.__name__}.{name}").FAMILY for name in names)


def _load(choice: ModelChoice) -> Generator:
    family = family_of(choice)
    plain = ModelChoice(choice.model)
    for option in (f.name for f in fields(ModelChoice) if f.name not in ("model", "label")):
        if option not in family.options and getattr(choice, option) != getattr(plain, option):
            flag = _FLAGS.get(option, f"--{option}")
            raise ModelError(
                f"The model {choice.model!r} takes no {flag}; leave it out, or choose another "
                "--model, such as flan-t5-large."
            )
    try:
        with named_extra():
            generator = family.load(choice)
    except MissingPackage as error:
        raise ModelError(str(error)) from error
    if choice.label:
        generator.name = choice.label
    return generator


def _absolute(choice: ModelChoice) -> ModelChoice:
    """``choice`` with the absolute path of a folder, so that a folder is loaded only once."""
    folder = Path(choice.model).expanduser()
    named = any(choice.model in family.names for family in _families())
    if named or not folder.is_dir():
        return choice
    return replace(choice, model=str(folder.absolute()))


def _unknown(source: ModelSource) -> ModelError:
    if source.folder is None:
        names = ", ".join(name for family in _families() for name in family.names)
        return ModelError(
            f"There is no model {source.name!r}; name {names}, a hub id such as owner/name, "
            "or the folder of a trained model."
        )
    return ModelError(
        f"{str(source.folder)!r} contains no model: its config.json must name a model_type, "
        "or its adapter_config.json the base of an adapter."
    )
