"""A film festival: films and who made them, when they were shown, how the jury judged them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from text2sql.samples.days import day
from text2sql.samples.people import people
from text2sql.samples.sample import Question, Row, Rows, Sample

DDL = """
CREATE TABLE Director (
    Director_ID INTEGER PRIMARY KEY,
    Name TEXT NOT NULL,
    Country TEXT NOT NULL,
    Birth_Year INTEGER
);
CREATE TABLE Film (
    Film_ID INTEGER PRIMARY KEY,
    Title TEXT NOT NULL,
    Director_ID INTEGER NOT NULL,
    Country TEXT NOT NULL,
    Release_Year INTEGER NOT NULL,
    Genre TEXT NOT NULL,
    Running_Time INTEGER NOT NULL,
    Budget_Millions REAL,
    FOREIGN KEY (Director_ID) REFERENCES Director (Director_ID)
);
CREATE TABLE Venue (
    Venue_ID INTEGER PRIMARY KEY,
    Venue_Name TEXT NOT NULL,
    District TEXT NOT NULL,
    Seats INTEGER NOT NULL,
    Kind TEXT NOT NULL
);
CREATE TABLE Screening (
    Screening_ID INTEGER PRIMARY KEY,
    Film_ID INTEGER NOT NULL,
    Venue_ID INTEGER NOT NULL,
    Screening_Date TEXT NOT NULL,
    Start_Time TEXT NOT NULL,
    Tickets_Sold INTEGER NOT NULL,
    FOREIGN KEY (Film_ID) REFERENCES Film (Film_ID),
    FOREIGN KEY (Venue_ID) REFERENCES Venue (Venue_ID)
);
CREATE TABLE Juror (
    Juror_ID INTEGER PRIMARY KEY,
    Name TEXT NOT NULL,
    Profession TEXT NOT NULL,
    Country TEXT NOT NULL
);
CREATE TABLE Jury_Score (
    Film_ID INTEGER NOT NULL,
    Juror_ID INTEGER NOT NULL,
    Score INTEGER NOT NULL,
    PRIMARY KEY (Film_ID, Juror_ID),
    FOREIGN KEY (Film_ID) REFERENCES Film (Film_ID),
    FOREIGN KEY (Juror_ID) REFERENCES Juror (Juror_ID)
);
CREATE TABLE Award (
    Award_ID INTEGER PRIMARY KEY,
    Award_Name TEXT NOT NULL,
    Edition INTEGER NOT NULL,
    Film_ID INTEGER,
    Prize_Money INTEGER NOT NULL,
    FOREIGN KEY (Film_ID) REFERENCES Film (Film_ID)
);
"""

_COUNTRIES = ("France", "Portugal", "Norway", "Japan", "Mexico", "Senegal", "Poland", "Ireland",
              "Türkiye", "Côte d'Ivoire")  # fmt: skip
_GENRES = ("Drama", "Comedy", "Documentary", "Thriller", "Animation", "Musical")
_TITLES = (
    "L'Été des Ombres", "The Lighthouse Keeper's Debt", "Salt Under Snow", "A Borrowed Coat",
    "Nine Days of Rain", "O Último Eléctrico", "The Quiet Orchard", "Paper Boats",
    "Grandmother's Map",
    "Vinterlys", "The Night Ferry", "Umi no Koe", "Seven Keys", "The Beekeeper's Son",
    "Pó de Estrada",
    "Behind the Bakery", "Low Tide", "The Second Bridge", "Sous la Pluie", "House of Feathers",
    "Fjorden", "A Song for Tuesday", "The Clockmaker", "La Última Cosecha", "Three Red Chairs",
    "Ashes and Apples", "Kierunek Północ", "The Tailor of Dakar", "Whistle Stop",
    "No Room for Doves",
    "The Glass Harbour", "Yağmurdan Sonra", "Mothers of the Valley", "Winter Market",
    "The Long Platform",
    "Half a Moon", "Sand in the Radio", "The Cartographer", "Les Voisins d'en Face", "Blue Enamel",
    "Still Life with Bicycle", "The Pearl Diver's Oath", "Under the Almond Tree", "Stray Signals",
    "The Orange Ladder", "Room 12", "A Kitchen in August", "The Wolf Who Sang", "Far from the Well",
    "Letters to Nobody", "Copper Sky", "The Fourth Rehearsal", "Carnaval de Inverno",
    "Bread and Thunder",
    "The Last Typist", "Shadow Puppets", "Where the Tram Ends", "The Hill of Goats",
    "Velvet Static",
    "A Field of Antennas", "Drifting North", "The Accordionist", "Noces d'Automne", "Six Loaves",
    "The Ice Seller", "Rooftop Gardens", "Hotel Marguerite", "The Swimmer's Notebook",
    "Green Thread",
    "Old Friends, New Debts", "The Parrot Trial", "Without a Compass", "Evening Class",
    "The Stone Choir",
    "Lanterns", "The Ferryman's Daughter", "Slow Water", "Tomorrow at Noon", "The Weather Room",
    "Iron Lullaby", "A Map of Small Hours", "Terra de Ninguém", "The Great Onion Festival",
    "Postcards",
)  # fmt: skip
_VENUES = (
    ("Palace Cinema", "Old Town", 420, "cinema"), ("Odéon Hall", "Old Town", 310, "theatre"),
    ("Harbour Screen", "Docks", 600, "open air"), ("St. Anne's Cloister",
    "Old Town", 180, "open air"),
    ("Studio Nine", "University", 95, "cinema"), ("The Tram Depot", "Docks", 240, "cinema"),
    ("King's Park Lawn", "Northside", 750, "open air"),
)  # fmt: skip
_PROFESSIONS = ("actor", "critic", "composer", "novelist", "editor", "critic", "producer")
_AWARDS = (
    ("Golden Heron", 50000), ("Silver Heron", 20000), ("Best First Film", 15000),
    ("Audience Award", 10000), ("Critics' Prize", 5000),
)  # fmt: skip
_EDITIONS = (2021, 2022, 2023, 2024)
_NOT_GIVEN = (("Best First Film", 2021), ("Best First Film", 2023), ("Critics' Prize", 2023))


def make_rows(rng: random.Random) -> Rows:
    """84 films by 38 directors, 330 screenings in 7 venues, 20 awards in four editions."""
    crowd = people(rng)
    directors = [_director(rng, i, next(crowd).full_name) for i in range(1, 39)]
    lengths = iter(rng.sample(range(58, 175), len(_TITLES)))  # no two alike: "the longest" is one
    busy = rng.choices(directors, [rng.uniform(0.3, 3) ** 2 for _ in directors], k=len(_TITLES))
    films = [
        _film(rng, i, title, director, next(lengths))
        for i, (title, director) in enumerate(zip(_TITLES, busy, strict=True), 1)
    ]
    jurors = [
        (i, next(crowd).full_name, profession, rng.choice(_COUNTRIES))
        for i, profession in enumerate(_PROFESSIONS, 1)
    ]
    return {
        "Director": directors,
        "Film": films,
        "Venue": [(i, *row) for i, row in enumerate(_VENUES, 1)],
        "Screening": _screenings(rng, films),
        "Juror": jurors,
        "Jury_Score": _scores(rng),
        "Award": _awards(rng, films),
    }


def _director(rng: random.Random, number: int, name: str) -> Row:
    country = rng.choices(_COUNTRIES, (9, 6, 4, 4, 4, 3, 4, 3, 3, 1))[0]
    return number, name, country, rng.randint(1944, 1998) if rng.random() < 0.9 else None


def _film(rng: random.Random, number: int, title: str, director: Row, length: int) -> Row:
    country = director[2] if rng.random() < 0.85 else rng.choice(_COUNTRIES[:4])
    genre = rng.choices(_GENRES, (34, 18, 20, 14, 8, 6))[0]
    if genre == "Documentary" and (country in ("Norway", "Mexico") or length > 125):
        genre = "Drama"
    if genre == "Drama" and country == "Mexico":
        genre = "Thriller"
    budget = rng.randint(1, 48) * 0.25 if rng.random() < 0.75 else None
    return number, title, director[0], country, rng.choice(_EDITIONS), genre, length, budget


def _screenings(rng: random.Random, films: Sequence[Row]) -> list[Row]:
    shown = [film for film in films if rng.random() < 0.93]
    rows = []
    for film in shown:
        for _ in range(rng.choice((2, 3, 4, 5, 6))):
            venue = rng.randint(1, 7)
            open_air = _VENUES[venue - 1][3] == "open air"
            year = film[4]
            rows.append(
                (
                    film[0],
                    venue,
                    day(rng, f"{year}-05-14", f"{year}-05-25"),
                    "21:30" if open_air else rng.choice(("11:00", "14:30", "17:00", "19:45")),
                    int(_VENUES[venue - 1][2] * rng.choice((0.35, 0.5, 0.62, 0.78, 0.9, 1))),
                )
            )
    rows.sort(key=lambda row: row[2:4])
    return [(number, *row) for number, row in enumerate(rows, 1)]


def _scores(rng: random.Random) -> list[Row]:
    rows = []
    for film in range(1, len(_TITLES) + 1):
        quality = rng.uniform(3, 9)
        for juror in range(1, 8):
            if rng.random() < 0.85:
                score = round(quality + rng.uniform(-2, 2))
                rows.append((film, juror, max(1, min(10, score))))
    return rows


def _awards(rng: random.Random, films: Sequence[Row]) -> list[Row]:
    rows: list[Row] = []
    for edition in _EDITIONS:
        entered = [film[0] for film in films if film[4] == edition]
        for name, money in _AWARDS:
            film = rng.choice(entered) if (name, edition) not in _NOT_GIVEN else None
            rows.append((len(rows) + 1, name, edition, film, money))
    return rows


QUESTIONS = (
    Question(
        "How many films come from Portugal?",
        "SELECT count(*) FROM Film WHERE Country = 'Portugal'",
    ),
    Question(
        "How long is L'Été des Ombres?",
        "SELECT Running_Time FROM Film WHERE Title = 'L''Été des Ombres'",
    ),
    Question(
        "Which venues are open air?",
        "SELECT Venue_Name FROM Venue WHERE Kind = 'open air'",
    ),
    Question(
        "From how many different countries are the films?",
        "SELECT count(DISTINCT Country) FROM Film",
    ),
    Question(
        "Who directed The Clockmaker?",
        "SELECT T2.Name FROM Film AS T1 JOIN Director AS T2 "
        "ON T1.Director_ID = T2.Director_ID WHERE T1.Title = 'The Clockmaker'",
    ),
    Question(
        "Titles and running times of the three longest films?",
        "SELECT Title, Running_Time FROM Film ORDER BY Running_Time DESC LIMIT 3",
    ),
    Question(
        "How many tickets were sold for Low Tide in total?",
        "SELECT sum(T1.Tickets_Sold) FROM Screening AS T1 JOIN Film AS T2 "
        "ON T1.Film_ID = T2.Film_ID WHERE T2.Title = 'Low Tide'",
    ),
    Question(
        "Which prizes were not given to any film in 2023?",
        "SELECT Award_Name FROM Award WHERE Film_ID IS NULL AND Edition = 2023",
    ),
    Question(
        "List every thriller or musical with its title and genre.",
        "SELECT Title, Genre FROM Film WHERE Genre = 'Thriller' OR Genre = 'Musical'",
    ),
    Question(
        "Which directors have more than four films in the programme?",
        "SELECT T2.Name FROM Film AS T1 JOIN Director AS T2 ON T1.Director_ID = T2.Director_ID "
        "GROUP BY T2.Director_ID HAVING count(*) > 4",
    ),
    Question(
        "Which films have never been screened?",
        "SELECT Title FROM Film WHERE Film_ID NOT IN (SELECT Film_ID FROM Screening)",
    ),
    Question(
        "Which comedies run longer than the longest documentary?",
        "SELECT Title FROM Film WHERE Genre = 'Comedy' AND Running_Time > "
        "(SELECT max(Running_Time) FROM Film WHERE Genre = 'Documentary')",
    ),
    Question(
        "Which countries have a comedy in the programme but no documentary?",
        "SELECT Country FROM Film WHERE Genre = 'Comedy' "
        "EXCEPT SELECT Country FROM Film WHERE Genre = 'Documentary'",
    ),
    Question(
        "Give me the names of all directors and jury members from Norway.",
        "SELECT Name FROM Director WHERE Country = 'Norway' "
        "UNION SELECT Name FROM Juror WHERE Country = 'Norway'",
    ),
    Question(
        "What is the average score that each juror gave? Show names, strictest juror first.",
        "SELECT T2.Name, avg(T1.Score) FROM Jury_Score AS T1 JOIN Juror AS T2 "
        "ON T1.Juror_ID = T2.Juror_ID GROUP BY T2.Juror_ID ORDER BY avg(T1.Score)",
    ),
    Question(
        "Which film got the best average score from the jury?",
        "SELECT T2.Title FROM Jury_Score AS T1 JOIN Film AS T2 ON T1.Film_ID = T2.Film_ID "
        "GROUP BY T2.Film_ID ORDER BY avg(T1.Score) DESC LIMIT 1",
    ),
    Question(
        "Which directors have made both a comedy and a drama?",
        "SELECT T1.Name FROM Director AS T1 JOIN Film AS T2 "
        "ON T1.Director_ID = T2.Director_ID WHERE T2.Genre = 'Comedy' "
        "INTERSECT SELECT T1.Name FROM Director AS T1 JOIN Film AS T2 "
        "ON T1.Director_ID = T2.Director_ID WHERE T2.Genre = 'Drama'",
    ),
    Question(
        "Which director has won the most prize money, and how much?",
        "SELECT T3.Name, sum(T1.Prize_Money) FROM Award AS T1 JOIN Film AS T2 "
        "ON T1.Film_ID = T2.Film_ID JOIN Director AS T3 ON T2.Director_ID = T3.Director_ID "
        "GROUP BY T3.Director_ID ORDER BY sum(T1.Prize_Money) DESC LIMIT 1",
    ),
)

SAMPLE = Sample("film_festival", DDL, make_rows, QUESTIONS)
