"""The input format that a text generator was trained on, from the folder of its weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from text2sql.databases import Database
from text2sql.errors import ModelError
from text2sql.linking.linked_schema import linked_prompt
from text2sql.prompt import Prompt, fit_prompt
from text2sql.schema import ColumnPosition

__all__ = ["FILE", "InputFormat", "SchemaKind"]

#: The file beside the weights of a model that ``train`` made. Without it, the input format is the
#: reference's.
FILE = "text2sql.json"
SchemaKind = Literal["full", "linked", "described"]


@dataclass(frozen=True)
class InputFormat:
    """The schema that a model reads, and the longest texts that it reads and writes, in tokens.

    ``schema`` is the whole one, that of ``linking.linked_schema``, or the whole one with the
    descriptions of its columns.
    """

    schema: SchemaKind = "full"
    max_input: int = 512
    max_output: int = 128

    @classmethod
    def of(cls, folder: Path | None) -> InputFormat:
        """Read the input format of the model in ``folder``.

        Raises:
            ModelError: the file is damaged, or has settings that this version does not know.
        """
        path = None if folder is None else folder / FILE
        if path is None or not path.is_file():
            return cls()
        try:
            found = cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(
                f"{str(path)!r} is not a valid input format ({error}); "
                "download the model again, or train it again."
            ) from error
        if found.schema not in get_args(SchemaKind) or not _is_length(found.max_input):
            raise ModelError(
                f"{str(path)!r} names the schema {found.schema!r} in {found.max_input!r} tokens; "
                f"it must be one of {', '.join(get_args(SchemaKind))}, in one token or more."
            )
        return found

    def prompt(
        self,
        question: str,
        database: Database,
        count_tokens: Callable[[str], int],
        keep: Collection[ColumnPosition] = (),
    ) -> Prompt:
        """Build the input for a question, in training and in inference.

        Args:
            keep: columns that a linked schema always has: in training, those of the gold query.
        """
        if self.schema == "linked":
            return linked_prompt(question, database, count_tokens, self.max_input, keep)
        described = self.schema == "described"
        return fit_prompt(question, database.schema, count_tokens, self.max_input, described)

    def to_dict(self) -> dict[str, str | int]:
        """The content of ``FILE``."""
        return asdict(self)


def _is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
