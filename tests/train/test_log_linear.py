"""Weights of named features that make right alternatives likely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from train.log_linear import Alternatives, Names, fit, named


def sets(names: Names, right: str, wrong: str, count: int = 3) -> list[Alternatives]:
    rows = tuple(names.row({feature: 1.0}) for feature in (right, wrong))
    return [Alternatives(rows, (True, False))] * count


def fitted(
    seen: Sequence[Alternatives], names: Names, priors: Mapping[str, float]
) -> dict[str, float]:
    return named(fit(seen, names, priors, 0.1), names)


def test_the_feature_of_right_alternatives_gets_weight_and_the_other_loses_it() -> None:
    names = Names()
    weights = fitted(sets(names, "good", "bad"), names, {})
    assert weights["good"] > 0 > weights["bad"]
    assert all(one.chosen(names.array(weights)) for one in sets(names, "good", "bad"))


def test_a_feature_that_is_seldom_or_never_seen_keeps_its_prior() -> None:
    names = Names()
    seen = [*sets(names, "good", "bad"), *sets(names, "rare", "bad", count=2)]
    weights = fitted(seen, names, {"rare": -1.5, "unseen": 2.0})
    assert (weights["rare"], weights["unseen"]) == (-1.5, 2.0)


def test_sets_that_tell_nothing_leave_the_priors() -> None:
    names = Names()
    row = names.row({"good": 1.0})
    told_nothing = [Alternatives((row, row), (True, True)), Alternatives((row,), (False,))]
    assert fitted(told_nothing, names, {"good": 0.5}) == {"good": 0.5}
    assert not Alternatives((), ()).chosen(names.array({}))


def test_what_is_wanted_becomes_likely_even_if_it_is_wrong() -> None:
    names = Names()
    seen = [replace(one, wanted=(False, True)) for one in sets(names, "good", "bad")]
    weights = fitted(seen, names, {})
    assert weights["bad"] > 0 > weights["good"]
    assert not any(one.chosen(names.array(weights)) for one in seen)
