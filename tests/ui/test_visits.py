"""A browser tab keeps what it brought when it is reloaded; nobody else gets it."""

from __future__ import annotations

from text2sql.ui.visits import Visits

TOKEN, OTHER = "0" * 32, "f" * 32


def test_sessions_with_one_token_are_one_visit_and_others_are_not() -> None:
    visits = Visits()
    for session, token in {"a": TOKEN, "b": TOKEN, "c": OTHER}.items():
        visits.join(session, token)
    assert visits.of("a") == visits.of("b") != visits.of("c")
    assert visits.of("d") == "d"


def test_a_visit_ends_with_its_last_session() -> None:
    visits = Visits()
    visits.join("a", TOKEN)
    visits.join("b", TOKEN)
    visit = visits.of("a")
    assert visits.leave("a") is None
    assert visits.leave("b") == visit
    assert visits.leave("alone") == "alone"


def test_what_is_no_token_joins_nothing() -> None:
    visits = Visits()
    for text in ("", "b", TOKEN[1:], f"{TOKEN}\n", TOKEN.replace("0", "G")):
        visits.join("a", text)
        assert visits.of("a") == "a"


def test_the_name_of_a_session_is_no_way_into_its_visit() -> None:
    visits = Visits()
    visits.join("a", TOKEN)
    assert visits.of(TOKEN) != visits.of("a")


def test_only_so_many_sessions_are_remembered_and_the_oldest_go_first() -> None:
    visits = Visits(most=2)
    for session in "abc":
        visits.join(session, TOKEN)
    assert [visits.of(session) == session for session in "abc"] == [True, False, False]
