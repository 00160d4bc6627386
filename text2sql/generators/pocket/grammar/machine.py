"""The pocket language as a pushdown automaton."""

from __future__ import annotations

from dataclasses import dataclass, replace

from text2sql.generators.pocket.grammar.cache import CACHE
from text2sql.generators.pocket.grammar.choices import choices_of, optional
from text2sql.generators.pocket.grammar.state import Allowed, Due, Frames
from text2sql.generators.pocket.grammar.steps import step
from text2sql.generators.pocket.ir.vocabulary import Token

__all__ = ["Grammar"]


@dataclass(frozen=True)
class Grammar:
    """The state of one hypothesis; immutable, so that beams share their common parts.

    Args:
        extended: whether the model knows the keywords after ``FIRST_KEYWORDS``. Otherwise the
            language is that of the first weights.
        tables: the number of tables of the schema.
    """

    extended: bool = False
    tables: int = 1_000
    frames: Frames = ()
    due: tuple[Due, ...] = (Due("end"), Due("query", "top"))

    @property
    def done(self) -> bool:
        return not self.due

    def allowed(self) -> Allowed:
        return _allowed(self._next(), self.frames, self.extended)

    def allows(self, token: Token) -> bool:
        """Whether ``token`` may come next."""
        return bool(self.due) and self.allowed().allows(token)

    def push(self, token: Token) -> Grammar:
        """The state after ``token``, which must be allowed."""
        position = len(self.due) - 1
        while not choices_of(self.due[position], self.frames, self.extended).allows(token):
            position -= 1
        top = self.due[position]
        frames, more = step(top, self.frames, token)
        if not self.frames:
            frames = tuple(replace(frame, of=self.tables) for frame in frames)
        return Grammar(self.extended, self.tables, frames, (*self.due[:position], *more))

    def _next(self) -> tuple[Due, ...]:
        """The top of the stack down to the first part that may not be left out."""
        position = len(self.due) - 1
        while position > 0 and optional(self.due[position], self.frames):
            position -= 1
        return self.due[position:]


@CACHE.keep
def _allowed(due: tuple[Due, ...], frames: Frames, extended: bool) -> Allowed:
    found = Allowed()
    for part in due:
        found = found.either(choices_of(part, frames, extended))
    return found
