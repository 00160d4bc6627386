"""Other names of one thing: countries, states of the USA, months, weekdays, yes and no.

>>> sorted(aliases_of("usa"))
['america', 'the united states', 'u s', 'u s a', 'united states', 'united states of america', 'us']
"""

from __future__ import annotations

__all__ = ["FLAGS", "aliases_of"]

_COUNTRIES = """
us|usa|united states|united states of america|the united states|u s|u s a|america
uk|united kingdom|great britain|gb|gbr|u k|the united kingdom|britain
uae|united arab emirates|are|ae
nl|nld|netherlands|the netherlands|holland
de|deu|ger|germany|deutschland
fr|fra|france
es|esp|spain
it|ita|italy
pt|prt|por|portugal
ch|che|sui|switzerland
at|aut|austria
be|bel|belgium
dk|dnk|den|denmark
se|swe|sweden
no|nor|norway
fi|fin|finland
ie|irl|ireland
pl|pol|poland
cz|cze|czechia|czech republic
gr|grc|gre|greece
ru|rus|russia|russian federation
cn|chn|china|people s republic of china
jp|jpn|japan
kr|kor|south korea|korea|korea republic|republic of korea
in|ind|india
br|bra|brazil|brasil
ar|arg|argentina
mx|mex|mexico
ca|can|canada
au|aus|australia
nz|nzl|new zealand
za|zaf|rsa|south africa
tr|tur|turkey|türkiye
il|isr|israel
eg|egy|egypt
vn|vnm|vietnam|viet nam
th|tha|thailand
ph|phl|philippines|the philippines
id|idn|indonesia
sg|sgp|singapore
ua|ukr|ukraine
hu|hun|hungary
ro|rou|romania
ir|irn|iran
hk|hkg|hong kong
"""
_STATES = """
al|alabama
ak|alaska
az|arizona
ar|arkansas
ca|california
co|colorado
ct|connecticut
de|delaware
dc|district of columbia
fl|florida
ga|georgia
hi|hawaii
id|idaho
il|illinois
in|indiana
ia|iowa
ks|kansas
ky|kentucky
la|louisiana
me|maine
md|maryland
ma|massachusetts
mi|michigan
mn|minnesota
ms|mississippi
mo|missouri
mt|montana
ne|nebraska
nv|nevada
nh|new hampshire
nj|new jersey
nm|new mexico
ny|new york|new york state
nc|north carolina
nd|north dakota
oh|ohio
ok|oklahoma
or|oregon
pa|pennsylvania
ri|rhode island
sc|south carolina
sd|south dakota
tn|tennessee
tx|texas
ut|utah
vt|vermont
va|virginia
wa|washington
wv|west virginia
wi|wisconsin
wy|wyoming
"""
_CALENDAR = """
january|jan
february|feb
march|mar
april|apr
june|jun
july|jul
august|aug
september|sep|sept
october|oct
november|nov
december|dec
monday|mon
tuesday|tue|tues
wednesday|wed
thursday|thu|thur|thurs
friday|fri
saturday|sat
sunday|sun
"""
_LIKE_WORDS = """
female|woman|women|f|girl|girls|lady|ladies
male|man|men|m|boy|boys|guys
kilogram|kilograms|kg|kilo|kilos
dollar|dollars|usd
euro|euros|eur
pound|pounds|gbp
yen|jpy
franc|francs|chf
"""
#: The cells of columns of yes and no.
FLAGS = frozenset("yes no y n true false t f ja nein j x si oui non 0 1".split())


def _groups(lines: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in lines.split("\n"):
        names = [name for name in line.split("|") if name]
        for name in names:
            found[name] = found.get(name, frozenset()) | frozenset(names)
    return found


_GROUPS = [_groups(lines) for lines in (_COUNTRIES, _STATES, _CALENDAR, _LIKE_WORDS)]
#: Names that mean something else where they are words of a sentence.
_WORDS = frozenset(
    "in it at be no us are or me id hi oh al la ma pa ok de es is may mar sat sun".split()
)


def aliases_of(name: str, capital: bool = False) -> frozenset[str]:
    """The other names of the thing called ``name`` (in lower case); empty if it is unknown.

    Args:
        capital: whether it is written in capitals, as US is; ``us`` is a pronoun.
    """
    if name in _WORDS and not capital:
        return frozenset()
    found: frozenset[str] = frozenset()
    for group in _GROUPS:
        found |= group.get(name, frozenset())
    return found - {name}
