"""Questions that are not in English are known, and names from elsewhere do not look like them."""

from __future__ import annotations

import pytest

from tests.ui.server import TableOfAnswers
from text2sql.answering.pipeline import Text2SQL
from text2sql.answering.question_language import NOT_ENGLISH, is_english
from text2sql.databases import Catalog

FOREIGN = (
    "Wie viele Sänger gibt es?", "Zeige alle Piloten aus Frankreich", "Welche Stadt ist größer?",
    "Combien de chanteurs y a-t-il ?", "Quels sont les noms des pilotes ?", "Liste les pilotes",
    "¿Cuántos cantantes hay?", "Muestra todos los clientes", "¿Quién tiene más pacientes?",
    "Quanti cantanti ci sono?", "Mostra tutti i clienti di Roma", "Quais são os nomes dos pilotos?",
    "Hoeveel zangers zijn er?", "Hur många sångare finns det?", "Hvor mange sangere er der?",
    "Pokaż wszystkie nazwy pilotów", "Kolik je zpěváků?", "Kaç şarkıcı var?", "Có bao nhiêu ca sĩ?",
    "有多少歌手？", "歌手は何人いますか？", "가수는 몇 명입니까?", "Сколько певцов?",
    "كم عدد المغنين؟", "Πόσοι τραγουδιστές υπάρχουν;", "गायक कितने हैं?", "מה השמות של כל הזמרים?",
)  # fmt: skip
ENGLISH = (
    "How many singers are there?", "average age", "liste", "2023", "", "papers on chi",
    "List Las Vegas Los Angeles flights", "songs by La Oreja de Van Gogh", "who sang Donde Voy",
    "Who wrote Les Misérables?", "singers in 北京", "flights from Des Moines to Le Mans",
    "Who's on a plan as part of a care team?", "count by Région", "all from São Paulo",
)  # fmt: skip


@pytest.mark.parametrize("question", FOREIGN)
def test_a_question_in_another_language_is_known(question: str) -> None:
    assert not is_english(question)


@pytest.mark.parametrize("question", ENGLISH)
def test_foreign_names_and_few_words_are_still_english(question: str) -> None:
    assert is_english(question)


def test_every_question_of_the_samples_is_english() -> None:
    catalog = Catalog.open()
    questions = [e.question for database in catalog for e in catalog.examples(database.db_id)]
    assert [question for question in questions if not is_english(question)] == []
    assert len(questions) > 100


def test_an_answer_to_such_a_question_asks_for_english_and_nothing_else() -> None:
    clinic = Catalog.open().get("clinic")
    model = Text2SQL(TableOfAnswers())
    assert model.ask("Wie viele Ärzte gibt es?", clinic).doubt == NOT_ENGLISH
    assert NOT_ENGLISH not in model.ask("How many doctors are there?", clinic).doubt
