"""The types, lengths and ranges that the rows of a saved run may have."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, Json, TypeAdapter

from text2sql.compare import Disagreement, NearMiss
from text2sql.evaluation.features import FEATURES
from text2sql.evaluation.outputs import OutputKind
from text2sql.metrics import Hardness
from text2sql.metrics.exact_set import CLAUSES

__all__ = ["JSON", "ItemRow", "Manifest", "PredictionRow"]

_Text = Annotated[str, Field(max_length=1_000_000)]
_Name = Annotated[str, Field(max_length=1000)]
_Count = Annotated[int, Field(ge=0, le=10**9)]
_Seconds = Annotated[FiniteFloat, Field(ge=0, le=10**9)]
_Share = Annotated[FiniteFloat, Field(ge=0, le=1)]
_Reward = Annotated[FiniteFloat, Field(ge=0, le=10)]  # R-VES exceeds 1 for fast queries


def _truth(value: Any) -> Any:
    """Convert 1 and 0, as SQLite stores true and false."""
    return bool(value) if value in (0, 1) and isinstance(value, int) else value


_YesNo = Annotated[bool, BeforeValidator(_truth)]


JSON: TypeAdapter[Any] = TypeAdapter(Any)
"""Reads any JSON that is not nested too deeply."""


class Manifest(BaseModel):
    """The manifest keys that are read; others are ignored."""

    model_config = ConfigDict(strict=True, extra="allow")

    model: Annotated[_Name, Field(min_length=1)]
    model_digest: _Name | None = None
    options: dict[_Name, Any] = {}
    questions: _Count = 0
    questions_digest: _Name | None = None
    databases_digest: _Name | None = None
    versions: dict[_Name, _Name] = {}
    started: Annotated[str, Field(max_length=40)] = ""
    metrics: list[_Name] = []
    problems: list[_Text] = []
    wall_s: _Seconds = 0.0
    latency: dict[_Name, _Seconds] | None = None


class _Clause(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    expected: bool
    predicted: bool
    match: bool


_Clauses = dict[Literal[CLAUSES], _Clause]  # type: ignore[valid-type]
_Features = list[Literal[FEATURES]]  # type: ignore[valid-type]


class ItemRow(BaseModel):
    """A row of the table ``items``."""

    model_config = ConfigDict(strict=True)

    item: _Count
    question: _Text
    db_id: _Name
    gold: _Text
    prediction: _Text
    hardness: Hardness | None
    difficulty: _Name | None = None
    string_match: _YesNo | None = None
    fair_string_match: _YesNo | None = None
    rouge1: _Share | None = None
    exact_set: _YesNo | None = None
    execution: _YesNo | None = None
    execution_extra: _YesNo | None = None
    test_suite: _YesNo | None = None
    bird_execution: _YesNo | None = None
    soft_f1: _Share | None = None
    r_ves: _Reward | None = None
    parsed: _YesNo | None
    clauses: Json[Annotated[_Clauses, Field(min_length=len(CLAUSES))]] | None
    features: Json[_Features]
    output: OutputKind
    repetitive: _YesNo
    disagreement: Disagreement | None
    reason: _Text
    problem: _Text | None
    seconds: _Seconds | None
    confidence: _Share | None = None
    near: NearMiss | None = None
    outside: _Text | None = None


class PredictionRow(BaseModel):
    """A row of the table ``predictions``."""

    model_config = ConfigDict(strict=True)

    item: _Count
    sql: _Text
    seconds: _Seconds | None
    candidates: Json[tuple[_Text, ...]]
    error: _Text | None
    confidence: _Share | None = None
