"""Countries by what is called after them, where the two do not begin alike: ``Dutch``."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["countries_of"]

_COUNTRIES: dict[str, tuple[str, ...]] = {
    "american": ("united states of america", "united states", "usa", "us"),
    "british": ("united kingdom", "great britain", "britain", "uk", "gb"),
    "chinese": ("china",),
    "czech": ("czech republic", "czechia"),
    "danish": ("denmark",),
    "dutch": ("netherlands", "the netherlands", "holland"),
    "emirati": ("united arab emirates", "uae"),
    "english": ("england",),
    "filipino": ("philippines",),
    "finnish": ("finland",),
    "french": ("france",),
    "greek": ("greece",),
    "irish": ("ireland",),
    "kiwi": ("new zealand",),
    "korean": ("south korea", "korea"),
    "norwegian": ("norway",),
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


def countries_of(word: str) -> Sequence[str]:
    """Names of the country that a lower-case ``word`` tells of; none where there is no such."""
    return _COUNTRIES.get(word, ())
