"""Questions that are not in English are known, and names from elsewhere do not look like them."""

from __future__ import annotations

import pytest

from tests.ui.server import TableOfAnswers
from text2sql.answering.conversation.following import Previous
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


#: Questions and follow-ups without a word to ask with, and long ones.
MORE_FOREIGN = (
    "alle Ärzte", "nur die Frauen", "sortiert nach Alter", "und die aus Köln?",
    "Was kostet ein Besuch im Durchschnitt?", "Gibt es Kunden ohne Bestellung?",
    "Ich möchte wissen, welche Ärzte im letzten Jahr mehr als zehn Patienten behandelt haben.",
    "tous les médecins", "trié par âge", "Et leur âge ?", "la liste des employés avec leur salaire",
    "Je voudrais savoir quels médecins ont vu plus de dix patients l'année dernière.",
    "todos los médicos", "ordenado por edad", "y los de Sevilla", "Quien no ha recibido factura",
    "Quiero saber qué médicos atendieron a más de diez pacientes el año pasado.",
    "tutti i medici", "Stipendio medio per reparto", "Chi non ha ricevuto la fattura?",
    "Vorrei sapere quali medici hanno visto più di dieci pazienti l'anno scorso.",
    "todos os médicos", "e os de Lisboa?", "alle artsen", "Gemiddeld salaris per afdeling",
    "Ik wil weten welke artsen vorig jaar meer dan tien patiënten hebben gezien.",
    "bara kvinnorna", "kun kvinderne", "Vis alle leger som har mer enn ti pasienter",
    "kaikki lääkärit", "Mikä asiakas on maksanut eniten?", "tylko kobiety", "wszyscy lekarze",
    "všichni lékaři", "toți medicii", "összes orvos", "Melyik ügyfél fizetett a legtöbbet?",
    "sadece kadınlar", "Geçen yıl ondan fazla hastaya bakan doktorlar hangileri?",
    "semua dokter", "tất cả bác sĩ", "все врачи", "去年哪些医生看了十个以上的病人？",
)  # fmt: skip
#: English with names from elsewhere, and the few words of follow-ups.
WITH_NAMES = (
    "Which songs did La Oreja de Van Gogh write?", "flights from Den Haag to Las Palmas",
    "customers of Der Spiegel", "Who plays for Real Sociedad?",
    "List Las Vegas and Los Angeles hotels", "How many people live in Santiago de Compostela?",
    "orders of Die Zeit in 2023", "who directed La vita è bella", "show Le Monde subscribers",
    "average fee in São Paulo and Rio de Janeiro", "Which doctors work at Hôpital Saint-Louis?",
    "books by Gabriel García Márquez", "price of the crème brûlée and the pain au chocolat",
    "pilots named José or Jürgen", "employees in München, Köln and Düsseldorf",
    "tracks called Für Elise", "How many copies of Il nome della rosa are there?",
    "Count the visits of Ana de la Cruz", "albums of Die Toten Hosen",
    "Who lives in Aix-en-Provence?", "wines from Châteauneuf-du-Pape over 20 euros",
    "members of Ons Dorp", "sales in Île-de-France by month",
    "restaurants that serve pho and bún chả", "which trains stop at Gare du Nord?",
    "passengers called Van den Berg", "What does Señor Gómez owe?", "flights to Porto on Monday",
    "how many films star Penélope Cruz", "singers of Joyeux Noël", "names", "doctors", "age",
    "only women", "sorted by age", "Las Vegas", "Rio de Janeiro", "Los Angeles only",
    "and in Den Haag?", "what about Le Mans", "clients w/o e-mail",
)  # fmt: skip


@pytest.mark.parametrize("question", [*FOREIGN, *MORE_FOREIGN])
def test_a_question_in_another_language_is_known(question: str) -> None:
    assert not is_english(question)


@pytest.mark.parametrize("question", [*ENGLISH, *WITH_NAMES])
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


def test_a_follow_up_in_another_language_goes_on_from_nothing() -> None:
    clinic = Catalog.open().get("clinic")
    model = Text2SQL(TableOfAnswers())
    before = Previous("SELECT last_name FROM patient WHERE city = 'Lyon'")
    assert model.ask("only the women", clinic, after=before).follows
    answer = model.ask("nur die aus Paris", clinic, after=before)
    assert (answer.follows, answer.unread) == (False, True)
