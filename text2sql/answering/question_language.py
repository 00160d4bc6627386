"""Questions that are not in English, the only language that the bundled model reads."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["NOT_ENGLISH", "is_english"]

#: The doubt about the answer to such a question.
NOT_ENGLISH = (
    "This question does not seem to be in English, the only language that the model reads. "
    "Ask it in English."
)
# Words that begin questions and are neither English nor usual in names.
_ASKING = frozenset(
    # German, French, Spanish
    "wie wieviel wieviele viele welche welcher welches welchen wer wann zeige zeig nenne liste gib "
    "combien quel quelle quels quelles lesquels quand montre montrez donne donnez affiche "
    "cuántos cuantos cuántas cuantas cuánto cuál cuáles cuales qué quién quiénes quien dónde "
    "cuándo muestra muéstrame mostrar enumera "
    # Italian, Portuguese, Dutch
    "quanti quante quanto quali quale quando mostra mostrami elenca "
    "quantos quantas quais qual quem onde mostre liste "
    "hoeveel welke wanneer toon geef "
    # Danish and Norwegian, Swedish, Finnish
    "hvor hvilke hvilken hvem hvad hva hur många vilka vilken vem kuinka monta mitkä mikä näytä "
    # Polish, Czech, Romanian, Hungarian, Turkish
    "ile ilu jakie który która które którzy pokaż wymień kolik kteří které která jaké ukaž "
    "câte câți arată hány melyik mutasd kaç hangi göster listele "
    # Indonesian, Vietnamese
    "berapa siapa tampilkan sebutkan bao nhiêu".split()
)
# Function words of the same languages.
_JOINING = frozenset(
    "sind gibt haben der das und mit von für nicht aus im den dem ist alle ein eine einen es ihre "
    "est sont les des dans avec pour le la du une un et par tous toutes aux sur leurs ont il "
    "son los las el del con para por hay está están todos todas que cada tiene tienen una sus "
    "gli lo della dei delle sono nel nella tutti tutte che ci di ogni qui hanno "
    "os as dos das com são no na tem têm existem há uma "
    "het een met voor zijn er de niet alle heeft hebben elk "
    "er og med av alle der den det finns är och för alla på på on kaikki ovat "
    "jest są dla ma wszystkie wszystkich jsou všechny sunt toate din pentru az "
    "vardır tüm her ve bir ada yang di dari semua có mỗi của tất cả".split()
)
_ENGLISH = frozenset(
    (
        "how many what which who whose whom where when why show list find give return tell "
        "count display get the of are is was were there and or with for in by from to each "
        "every all any more most than less least number total average name names that have has "
        "had do does did their its between both not but if whether compute calculate sort order "
        "can could you please me i my an"
    ).split()
)
_MOSTLY = 0.5  # of the letters


def is_english(question: str) -> bool:
    """Return False if a question is clearly in another language.

    Names from a database may be in any language, so other scripts count only if most letters are in
    one, and other languages only if a question asks in their words more than in English ones.
    """
    letters = [letter for letter in question if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if letters and latin < (1 - _MOSTLY) * len(letters):
        return False
    words = re.findall(r"\w+", unicodedata.normalize("NFC", question).lower())
    asking = sum(word in _ASKING for word in words)
    joining = sum(word in _JOINING - _ENGLISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    if not asking or asking + joining <= english:
        return True
    return asking + joining < 2 and (english > 0 or len(words) < 2 or words[0] not in _ASKING)
