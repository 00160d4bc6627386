"""What a visit remembers."""

from text2sql.ui.ask.history import Asked, History, remembered


def test_the_newest_question_comes_first_and_each_is_there_once() -> None:
    visit = (("a", "shop"), ("b", "shop"))
    assert remembered(visit, Asked("b", "shop")) == (("b", "shop"), ("a", "shop"))
    assert remembered(visit, Asked("b", "clinic")) == (("b", "clinic"), *visit)


def test_without_an_answer_nothing_is_added() -> None:
    assert remembered((("a", "shop"),), None) == (("a", "shop"),)


def test_a_long_visit_forgets_its_beginning() -> None:
    visit = tuple((str(number), "shop") for number in range(20))
    assert remembered(visit, Asked("new", "shop")) == (("new", "shop"), *visit[:19])


def test_the_question_on_the_page_is_not_offered_again() -> None:
    visit, alone = History().add((), Asked("a", "shop"))
    assert (visit, alone.visible, alone.raw_samples) == ((("a", "shop"),), False, [])
