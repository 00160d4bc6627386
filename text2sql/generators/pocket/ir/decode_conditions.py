"""Translates tokens of conditions into nodes of a query tree."""

from __future__ import annotations

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.decode_expressions import ExpressionDecoder
from text2sql.generators.pocket.ir.vocabulary import (
    COMPARISONS,
    LISTS,
    NEW_COMPARISONS,
    PATTERNS,
    ValueToken,
)
from text2sql.query.nodes import Call, Expression, Literal, conjunction

__all__ = ["ConditionDecoder"]

_COMPARED = frozenset((*COMPARISONS, *NEW_COMPARISONS))


class ConditionDecoder(ExpressionDecoder):
    """Reads expressions and conditions."""

    def condition(self) -> Expression:
        alternatives: list[Expression] = []
        while True:
            together = [self._operand()]
            while self.accept("and"):
                together.append(self._operand())
            alternatives.append(conjunction(together) or Literal(1))
            if not self.accept("or"):
                break
        return alternatives[0] if len(alternatives) == 1 else Call("or", tuple(alternatives))

    def _operand(self) -> Expression:
        if self.accept("not"):
            self.expect("(")
            return Call("not", (self._bracket(),))
        if word := self.accept("exists", "not_exists"):
            exists = Call("exists", (self.expression(),))
            return exists if word == "exists" else Call("not", (exists,))
        if self.peek() == "(" and self.peek(1) != "from":
            self.next()
            return self._bracket()
        left = self.expression()
        operator = self.next()
        if not isinstance(operator, str) or operator not in _COMPARED:
            raise QueryError(f"Expected a comparison, got {operator!r}.")
        return self._compared(left, operator)

    def _bracket(self) -> Expression:
        inner = self.condition()
        self.expect(")")
        return inner

    def _compared(self, left: Expression, operator: str) -> Expression:
        if operator in ("is_null", "not_null"):
            return Call("is" if operator == "is_null" else "is not", (left, Literal(None)))
        if operator in ("is_true", "is_false"):
            return left if operator == "is_true" else Call("not", (left,))
        if operator in ("same_as", "not_same_as"):
            name = "is" if operator == "same_as" else "is not"
            return Call(name, (left, self.expression()))
        if operator in PATTERNS:
            return self._pattern(left, operator)
        if operator in LISTS:
            return _negated_if(operator == "none_of", Call("in", (left, *self._values())))
        if operator in ("between", "not_between"):
            between = Call("between", (left, self.expression(), self.expression()))
            return _negated_if(operator == "not_between", between)
        if operator in ("in", "not_in"):
            return _negated_if(operator == "not_in", Call("in", (left, self.expression())))
        return Call(operator, (left, self.expression()))

    def _values(self) -> list[Expression]:
        values: list[Expression] = []
        while isinstance(token := self.peek(), ValueToken):
            values.append(Literal(token.value))
            self.next()
        if not values:
            self.refuse("a value")
        return values

    def _pattern(self, left: Expression, operator: str) -> Expression:
        negated, before, after = PATTERNS[operator]
        token = self.peek()
        right: Expression
        if isinstance(token, ValueToken):
            self.next()
            right = Literal(f"{before}{token.value}{after}")
        elif before or after:
            self.refuse("a value")
        else:
            right = self.expression()
        return _negated_if(negated, Call("like", (left, right)))


def _negated_if(negated: bool, condition: Call) -> Call:
    return Call("not", (condition,)) if negated else condition
