"""Models that another program serves: ``endpoint:NAME`` at the address of ``--endpoint``."""

from __future__ import annotations

from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice
from text2sql.generators.family import Family, ModelSource

_PREFIX = "endpoint:"


def _recognises(source: ModelSource) -> bool:
    return source.name.startswith(_PREFIX) and len(source.name) > len(_PREFIX)


def _load(choice: ModelChoice) -> Generator:
    from text2sql.generators.endpoint import EndpointGenerator

    return EndpointGenerator.load(choice)


FAMILY = Family((), _recognises, _load, options=("endpoint",))
