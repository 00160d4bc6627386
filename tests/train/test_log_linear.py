"""Weights of named features that make right alternatives likely."""

from __future__ import annotations

from train.log_linear import Alternatives, Names, fit


def sets(names: Names, right: str, wrong: str, count: int = 3) -> list[Alternatives]:
    rows = tuple(names.row({feature: 1.0}) for feature in (right, wrong))
    return [Alternatives(rows, (True, False))] * count


def test_the_feature_of_right_alternatives_gets_weight_and_the_other_loses_it() -> None:
    names = Names()
    weights = fit(sets(names, "good", "bad"), names, {}, 0.1)
    assert weights["good"] > 0 > weights["bad"]
    assert all(one.chosen(names.array(weights)) for one in sets(names, "good", "bad"))


def test_a_feature_that_is_seldom_or_never_seen_keeps_its_prior() -> None:
    names = Names()
    seen = [*sets(names, "good", "bad"), *sets(names, "rare", "bad", count=2)]
    weights = fit(seen, names, {"rare": -1.5, "unseen": 2.0}, 0.1)
    assert (weights["rare"], weights["unseen"]) == (-1.5, 2.0)


def test_sets_that_tell_nothing_leave_the_priors() -> None:
    names = Names()
    row = names.row({"good": 1.0})
    told_nothing = [Alternatives((row, row), (True, True)), Alternatives((row,), (False,))]
    assert fit(told_nothing, names, {"good": 0.5}, 0.1) == {"good": 0.5}
    assert not Alternatives((), ()).chosen(names.array({}))
