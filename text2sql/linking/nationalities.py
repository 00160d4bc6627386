"""Countries by their adjectives, such as ``Dutch``.

It lists only adjectives that do not share five letters with their country; ``values`` finds the
others by their stems.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["countries_of"]

_COUNTRIES: dict[str, tuple[str, ...]] = {
    "american": ("united states of america", "united states", "usa", "us"),
    "brazilian": ("brasil",),
    "british": ("united kingdom", "great britain", "britain", "uk", "gb"),
    "chinese": ("china",),
    "cuban": ("cuba",),
    "cypriot": ("cyprus",),
    "czech": ("czech republic", "czechia"),
    "danish": ("denmark",),
    "dutch": ("netherlands", "the netherlands", "holland"),
    "emirati": ("united arab emirates", "uae"),
    "english": ("england",),
    "filipino": ("philippines",),
    "fijian": ("fiji",),
    "finnish": ("finland",),
    "french": ("france",),
    "greek": ("greece",),
    "iranian": ("iran",),
    "iraqi": ("iraq",),
    "irish": ("ireland",),
    "italian": ("italy",),
    "korean": ("south korea", "korea"),
    "malian": ("mali",),
    "maltese": ("malta",),
    "norwegian": ("norway",),
    "omani": ("oman",),
    "peruvian": ("peru",),
    "polish": ("poland",),
    "saudi": ("saudi arabia",),
    "scottish": ("scotland",),
    "spanish": ("spain",),
    "swedish": ("sweden",),
    "swiss": ("switzerland",),
    "thai": ("thailand",),
    "turkish": ("turkey", "türkiye"),
    "welsh": ("wales",),
}
#: Words before "Korean" or "American" that change the country.
_OTHERWISE = frozenset(("north", "south", "central", "latin", "native"))


def countries_of(before: str, word: str) -> Sequence[str]:
    """The names of the country whose adjective a lower-case ``word`` is, if any.

    Args:
        before: the preceding word, also in lower case.
    """
    if before in _OTHERWISE and (before, word) != ("south", "korean"):
        return ()
    return _COUNTRIES.get(word, ())
