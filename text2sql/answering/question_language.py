"""Questions that are not in English, the only language that the bundled model reads."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["NOT_ENGLISH", "is_english"]

#: The doubt about the answer to such a question.
NOT_ENGLISH = (
    "This question does not seem to be in English, the only language that the model reads. "
    "Ask it in English: these rows are a guess."
)
# Words that questions about data need, and that are neither English nor usual in names.
_TELLING = frozenset(
    # German
    "wie wieviel wieviele viel viele welche welcher welches welchen wer wann woher wohin warum "
    "zeige zeig nenne gib bitte sind gibt haben hatten hatte wurde wurden möchte kannst kann nicht "
    "nur alle aller allen mehr weniger ohne nach für sortiert geordnet namen anzahl "
    "durchschnitt durchschnittliche durchschnittlich jedes jede jeden jeder meisten wenigsten "
    "zwischen letzten nächsten jahr jahre monat kostet wohnen wohnt heißen heißt auf auch oder "
    # French
    "liste combien quel quelle quels quelles lesquels lesquelles quand où qui quoi montre montrez "
    "montrer donne donnez affiche afficher voudrais veux peux sont était étaient avec "
    "tous toutes seulement uniquement chaque trié triés triée triées moyen moyenne nombre noms "
    "leur leurs dans ainsi aussi moins entre année mois habitent habite coûte depuis "
    # Spanish
    "cuántos cuantos cuántas cuantas cuánto cuál cuáles cuales qué quién quiénes quien dónde donde "
    "cuándo cuando muestra muéstrame mostrar enumera quiero sólo está están fueron "
    "tiene tienen todos todas cada más menos ordenado ordenados ordenada promedio "
    "nombres número cantidad también según entre año años edad viven cuesta lista "
    # Italian
    "quanti quante quanto quale quando dove mostra mostrami elenca dammi fammi vorrei sono "
    "hanno tutti tutte ogni senza ordinati ordinate ordinato medio nomi numero anche più meno "
    "degli delle nella nelle anno anni mese abitano abita "
    # Portuguese
    "quantos quantas quais qual quem onde mostre quero têm existem há todos todas só apenas "
    "cada mais ordenado média médio nomes também ano moram entre "
    # Dutch
    "laat hoeveel welke wanneer waar wie geef wil weten zijn heeft hebben alleen elke "
    "meer zonder gesorteerd gemiddeld gemiddelde namen aantal jaar wonen woont kosten ook "
    # Danish, Norwegian, Swedish, Finnish
    "hvor hvilke hvilken hvem hvad hva hvornår viser kun alle har mere mer uten uden også "
    "gennemsnitlig gjennomsnittlig sorteret sortert navne antal antall hver år måned "
    "hur många vilka vilken vem vad när bara alla utan och finns sorterade genomsnittlig "
    "genomsnittliga varje namn bor ikke inte eller "
    "kuinka monta mitkä mikä kuka missä milloin näytä kaikki ovat enemmän ilman jotka "
    # Polish, Czech, Slovak, Romanian, Hungarian
    "ilu jakie jaki jaka który która które którzy kto gdzie kiedy pokaż wymień jest są wszystkie "
    "wszyscy wszystkich tylko każdy każdego więcej mniej niż bez oraz według średnia ile "
    "kolik kteří která které který jaké kdo kdy ukaž jsou všechny všichni všech pouze "
    "každý více méně než koľko ktorí všetky sú "
    "câte câți unde când arată afișează sunt toate toți doar fiecare fără mult decât "
    "hány melyik mely mennyi hol mikor mutasd vannak összes minden csak több kevesebb "
    "nélkül "
    # Turkish, Indonesian, Vietnamese
    "kaç hangi hangileri nerede göster listele tüm bütün sadece yalnızca fazla olan "
    "göre ortalama yıl "
    "berapa siapa dimana kapan tampilkan sebutkan semua hanya setiap lebih kurang tanpa "
    "memiliki jumlah nama "
    "bao nhiêu những nào của tất cả chỉ mỗi hơn không có là tên đâu".split()
)
# Words of the same languages that also stand in names; they count in lower case only.
_IN_NAMES = frozenset(
    "der die das des dem den ein eine einen und von vom zu zum im am bei ist mit aus "
    "le la les du de des un une et au aux en sur par est pour sans ont "
    "el los las del y con por una sus su se es que "
    "il lo gli di dei della dello nel e un è al ed per che non ha "
    "os as do da dos das um uma no na em são sem para "
    "het een van voor met op te tot "
    "og med av på den det till och för i sen "
    "na do dla i se v pro din și cu pe az és egy "
    "bir ile da di dan ada trong và các".split()
)
_ENGLISH = frozenset(
    (
        "a the of to in on at by for from with without into over under above below between than "
        "then and or not no but if is are was were be been being am do does did has have had "
        "having there here this that these those it its they them their he she his her him me "
        "my we our us you your one ones each every all any some both other others same only just "
        "also so too now how many much what which who whose whom where when why show list find "
        "give return tell count display get select please can could would should will may whether "
        "more most less least fewer number total average mean sum maximum minimum highest lowest "
        "name names named called sort sorted order ordered group grouped after before during "
        "since until ago last next first second top bottom new old year month day about up out "
        "compute calculate different distinct an another whole everything everyone against"
    ).split()
)
_MOSTLY = 0.5  # of the letters
_LONG = 5  # words; an English question of that length has an English function word


def is_english(question: str) -> bool:
    """Return False if a question is clearly in another language.

    Names from a database may be in any language. So other scripts count only if most letters are in
    one, words that stand in names only in lower case, and others only if they outweigh the English
    ones. A single word is taken for a name.
    """
    if "¿" in question or _is_in_another_script(question):
        return False
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", question))
    if len(words) < 2:
        return True
    # a capital within a sentence begins a name
    plain = [word.lower() for word in words[:1]] + [w for w in words[1:] if w == w.lower()]
    english = sum(word.lower() in _ENGLISH for word in words)
    telling = sum(word in _TELLING - _ENGLISH for word in plain)
    joining = sum(word in _IN_NAMES - _TELLING - _ENGLISH for word in plain)
    if telling:
        begins = plain[0] in _TELLING
        return telling + joining + begins <= english
    accented = sum(not word.isascii() for word in plain)
    few = joining * 2 <= len(words) if len(words) < _LONG else joining + accented < 2
    return english > 0 or few


def _is_in_another_script(question: str) -> bool:
    letters = [letter for letter in question if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return bool(letters) and latin < (1 - _MOSTLY) * len(letters)
