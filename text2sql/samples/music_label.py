"""A music label: its artists and their managers, albums, tracks, streams and concerts."""

from __future__ import annotations

import random
from collections.abc import Sequence

from text2sql.samples.days import day
from text2sql.samples.people import people
from text2sql.samples.sample import Question, Row, Rows, Sample

DDL = """
CREATE TABLE manager (
    managerId INTEGER PRIMARY KEY,
    fullName TEXT NOT NULL,
    office TEXT NOT NULL
);
CREATE TABLE artist (
    artistId INTEGER PRIMARY KEY,
    stageName TEXT NOT NULL,
    homeCountry TEXT NOT NULL,
    genre TEXT NOT NULL,
    signedOn DATE NOT NULL,
    royaltyPercent REAL NOT NULL,
    managerId INTEGER REFERENCES manager (managerId)
);
CREATE TABLE album (
    albumId INTEGER PRIMARY KEY,
    artistId INTEGER NOT NULL REFERENCES artist (artistId),
    title TEXT NOT NULL,
    releaseDate DATE NOT NULL,
    format TEXT NOT NULL
);
CREATE TABLE track (
    trackId INTEGER PRIMARY KEY,
    albumId INTEGER NOT NULL REFERENCES album (albumId),
    trackNumber INTEGER NOT NULL,
    title TEXT NOT NULL,
    durationSeconds INTEGER NOT NULL,
    UNIQUE (albumId, trackNumber)
);
CREATE TABLE streaming (
    albumId INTEGER NOT NULL REFERENCES album (albumId),
    country TEXT NOT NULL,
    year INTEGER NOT NULL,
    plays INTEGER NOT NULL,
    PRIMARY KEY (albumId, country, year)
);
CREATE TABLE concert (
    concertId INTEGER PRIMARY KEY,
    artistId INTEGER NOT NULL REFERENCES artist (artistId),
    city TEXT NOT NULL,
    heldOn DATE NOT NULL,
    capacity INTEGER NOT NULL,
    ticketsSold INTEGER
);
"""

_OFFICES = ("Hamburg", "Hamburg", "Lisbon", "Kraków", "Reykjavík")
# stage name, country, genre
_ARTISTS = (
    ("Amber Locks", "Ireland", "folk"), ("Baltic Motel", "Poland", "indie rock"),
    ("Café Sísmico", "Portugal", "jazz"), ("Dachboden", "Germany", "electronic"),
    ("Eyja", "Iceland", "electronic"), ("Fado Fantasma", "Portugal", "folk"),
    ("Ghost Tram", "Germany", "indie rock"), ("Halka", "Poland", "folk"),
    ("Isbjørnene", "Norway", "indie rock"), ("Joséphine & the Moths", "France", "pop"),
    ("Kopfkino Kollektiv", "Germany", "hip hop"), ("Lava Choir", "Iceland", "pop"),
    ("Maré Baixa", "Portugal", "pop"), ("Night Bus 44", "Ireland", "hip hop"),
    ("O'Malley's Kitchen", "Ireland", "folk"), ("Pani Żaba", "Poland", "pop"),
    ("Quiet Quarter", "Norway", "jazz"), ("Rue des Lilas", "France", "jazz"),
    ("Sól", "Iceland", "jazz"), ("Tarte au Sel", "France", "electronic"),
    ("Uhrwerk", "Germany", "electronic"), ("Vikan", "Iceland", "indie rock"),
    ("Wojna i Spokój", "Poland", "hip hop"), ("Yellow Enamel", "Ireland", "indie rock"),
    ("Zeitlupe", "Germany", "pop"), ("Åse's Garden", "Norway", "folk"),
    ("Étoile Froide", "France", "pop"), ("The Borrowed Horns", "Ireland", "jazz"),
)  # fmt: skip
_FIRST = ("Slow", "Paper", "Northern", "Velvet", "Broken", "Salt", "Winter", "Electric", "Hollow",
          "Golden", "Midnight", "Distant", "Copper", "Silent", "Summer's", "Ocean's", "Lonely",
          "Crooked", "Second", "Invisible")  # fmt: skip
_LAST = ("Harbour", "Lanterns", "Signals", "Mornings", "Machine", "Rivers", "Letters", "Ghosts",
         "Kitchen", "Avenue", "Weather", "Horses", "Windows", "Parade", "Gravity", "Satellite",
         "Garden", "Telephone", "Mountain", "Crossing", "Lullaby", "Engine")  # fmt: skip
_CITIES = ("Berlin", "Hamburg", "Lisbon", "Porto", "Kraków", "Gdańsk", "Dublin", "Cork", "Lyon",
           "Reykjavík", "Bergen")  # fmt: skip
_COUNTRIES = ("Brazil", "Germany", "Poland", "United States", "Japan", "France")


def make_rows(rng: random.Random) -> Rows:
    """28 artists, 77 albums with some 750 tracks, yearly plays in six countries, 400 concerts."""
    crowd = people(rng)
    royalties = rng.sample(range(16, 50), len(_ARTISTS))
    artists = [
        _artist(rng, number, row, half / 2)
        for number, (row, half) in enumerate(zip(_ARTISTS, royalties, strict=True), 1)
    ]
    albums = _albums(rng, artists)
    return {
        "manager": [(i, next(crowd).full_name, office) for i, office in enumerate(_OFFICES, 1)],
        "artist": artists,
        "album": albums,
        "track": _tracks(rng, albums),
        "streaming": _streaming(rng, albums),
        "concert": _concerts(rng),
    }


def _artist(rng: random.Random, number: int, row: Row, royalty: float) -> Row:
    signed = day(rng, "2009-02-01", "2023-11-30")
    manager = rng.choice((1, 2, 2, 3, 4, 5)) if rng.random() < 0.85 else None
    return number, *row, signed, royalty, manager


def _albums(rng: random.Random, artists: Sequence[Row]) -> list[Row]:
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    rows: list[Row] = []
    for artist in artists:
        for _ in range(rng.choice((0, 1, 2, 3, 4, 5))):
            title = names.pop(rng.randrange(len(names)))
            # a few older records came with the artist
            first = "2006-01-01" if rng.random() < 0.12 else artist[4]
            form = rng.choices(("CD", "vinyl", "download"), (40, 25, 35))[0]
            rows.append((len(rows) + 1, artist[0], title, day(rng, first, "2024-11-29"), form))
    return rows


def _tracks(rng: random.Random, albums: Sequence[Row]) -> list[Row]:
    rows: list[Row] = []
    for album in albums:
        names = rng.sample([f"{a} {b}" for a in _FIRST for b in _LAST], 14)
        names[0] = album[2]  # the title track
        for number, name in enumerate(names[: rng.randint(7, 13)], 1):
            rows.append((len(rows) + 1, album[0], number, name, rng.randint(95, 431)))
    return rows


def _streaming(rng: random.Random, albums: Sequence[Row]) -> list[Row]:
    rows: list[Row] = []
    for album in albums:
        fame = rng.choice((1, 2, 4, 9, 25))
        for country in _COUNTRIES:
            taste = fame * rng.choice((1, 1, 2, 5))
            rows += [
                (album[0], country, year, taste * rng.randint(400, 21000))
                for year in range(max(2019, int(album[3][:4])), 2025)
                if rng.random() < 0.9
            ]
    return rows


def _concerts(rng: random.Random) -> list[Row]:
    days = sorted(day(rng, "2021-06-01", "2025-03-31") for _ in range(400))
    rows = []
    for number, when in enumerate(days, 1):
        capacity = rng.choice((150, 300, 450, 800, 1200, 2500))
        sold = int(capacity * min(1, rng.uniform(0.3, 1.15)))
        planned = when > "2024-12-31"
        artist = min(rng.randint(1, 28), rng.randint(1, 28))
        city = rng.choices(_CITIES, (9, 7, 6, 5, 5, 4, 6, 3, 5, 3, 3))[0]
        rows.append((number, artist, city, when, capacity, None if planned else sold))
    return rows


QUESTIONS = (
    Question(
        "How many artists from Iceland are signed to us?",
        "SELECT count(*) FROM artist WHERE homeCountry = 'Iceland'",
    ),
    Question(
        "How many concerts were completely sold out?",
        "SELECT count(*) FROM concert WHERE ticketsSold = capacity",
    ),
    Question(
        "Which artists don't have a manager?",
        "SELECT stageName FROM artist WHERE managerId IS NULL",
    ),
    Question(
        "What genre does O'Malley's Kitchen play?",
        "SELECT genre FROM artist WHERE stageName = 'O''Malley''s Kitchen'",
    ),
    Question(
        "How many albums do we have in each format?",
        "SELECT format, count(*) FROM album GROUP BY format",
    ),
    Question(
        "Which albums came out in 2022, and on what date each?",
        "SELECT title, releaseDate FROM album WHERE releaseDate LIKE '2022%'",
    ),
    Question(
        "Which artist gets the highest royalty percentage?",
        "SELECT stageName FROM artist ORDER BY royaltyPercent DESC LIMIT 1",
    ),
    Question(
        "Which artists are looked after by managers in Kraków?",
        "SELECT T1.stageName FROM artist AS T1 JOIN manager AS T2 "
        "ON T1.managerId = T2.managerId WHERE T2.office = 'Kraków'",
    ),
    Question(
        "List the albums that appeared before their artist signed with us.",
        "SELECT T1.title FROM album AS T1 JOIN artist AS T2 ON T1.artistId = T2.artistId "
        "WHERE T1.releaseDate < T2.signedOn",
    ),
    Question(
        "How many tickets did our concerts in Lyon sell on average?",
        "SELECT avg(ticketsSold) FROM concert WHERE city = 'Lyon'",
    ),
    Question(
        "Which artists have sold over 10,000 concert tickets in total?",
        "SELECT T2.stageName FROM concert AS T1 JOIN artist AS T2 ON T1.artistId = T2.artistId "
        "GROUP BY T2.artistId HAVING sum(T1.ticketsSold) > 10000",
    ),
    Question(
        "Which artists haven't released an album yet?",
        "SELECT stageName FROM artist WHERE artistId NOT IN (SELECT artistId FROM album)",
    ),
    Question(
        "How many tracks are longer than the average track?",
        "SELECT count(*) FROM track "
        "WHERE durationSeconds > (SELECT avg(durationSeconds) FROM track)",
    ),
    Question(
        "In which cities do we have an office or have we put on a concert?",
        "SELECT office FROM manager UNION SELECT city FROM concert",
    ),
    Question(
        "Which genres do we have in Germany but not in Poland?",
        "SELECT genre FROM artist WHERE homeCountry = 'Germany' "
        "EXCEPT SELECT genre FROM artist WHERE homeCountry = 'Poland'",
    ),
    Question(
        "Which album was played most in Brazil?",
        "SELECT T2.title FROM streaming AS T1 JOIN album AS T2 ON T1.albumId = T2.albumId "
        "WHERE T1.country = 'Brazil' GROUP BY T2.albumId ORDER BY sum(T1.plays) DESC LIMIT 1",
    ),
    Question(
        "Show the five artists with the most plays overall and their number of plays.",
        "SELECT T3.stageName, sum(T1.plays) FROM streaming AS T1 JOIN album AS T2 "
        "ON T1.albumId = T2.albumId JOIN artist AS T3 ON T2.artistId = T3.artistId "
        "GROUP BY T3.artistId ORDER BY sum(T1.plays) DESC LIMIT 5",
    ),
    Question(
        "Which artists had concerts in both Reykjavík and Bergen?",
        "SELECT T1.stageName FROM artist AS T1 JOIN concert AS T2 ON T1.artistId = T2.artistId "
        "WHERE T2.city = 'Reykjavík' INTERSECT SELECT T1.stageName FROM artist AS T1 "
        "JOIN concert AS T2 ON T1.artistId = T2.artistId WHERE T2.city = 'Bergen'",
    ),
)

SAMPLE = Sample("music_label", DDL, make_rows, QUESTIONS)
