"""A regional airline: airports, routes, aircraft, captains, flights, and who flew where."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import acos, cos, radians, sin

from text2sql.samples.days import day
from text2sql.samples.people import people
from text2sql.samples.sample import Question, Row, Rows, Sample

DDL = """
CREATE TABLE airports (
    code TEXT PRIMARY KEY,
    airport_name TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    elevation_m INTEGER NOT NULL
);
CREATE TABLE aircraft (
    tail_number TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    seats INTEGER NOT NULL,
    built_year INTEGER NOT NULL,
    retired_on DATE
);
CREATE TABLE pilots (
    pilot_id INTEGER PRIMARY KEY,
    full_name TEXT NOT NULL,
    base_code TEXT NOT NULL REFERENCES airports (code),
    hired_on DATE NOT NULL,
    flight_hours INTEGER NOT NULL
);
CREATE TABLE routes (
    route_id INTEGER PRIMARY KEY,
    origin_code TEXT NOT NULL REFERENCES airports (code),
    destination_code TEXT NOT NULL REFERENCES airports (code),
    distance_km INTEGER NOT NULL,
    UNIQUE (origin_code, destination_code)
);
CREATE TABLE flights (
    flight_id INTEGER PRIMARY KEY,
    route_id INTEGER NOT NULL REFERENCES routes (route_id),
    tail_number TEXT NOT NULL REFERENCES aircraft (tail_number),
    captain_id INTEGER NOT NULL REFERENCES pilots (pilot_id),
    flight_date DATE NOT NULL,
    status TEXT NOT NULL,
    delay_minutes INTEGER
);
CREATE TABLE passengers (
    passenger_id INTEGER PRIMARY KEY,
    full_name TEXT NOT NULL,
    country TEXT NOT NULL,
    loyalty_tier TEXT
);
CREATE TABLE tickets (
    ticket_id INTEGER PRIMARY KEY,
    flight_id INTEGER NOT NULL REFERENCES flights (flight_id),
    passenger_id INTEGER NOT NULL REFERENCES passengers (passenger_id),
    cabin TEXT NOT NULL,
    price INTEGER NOT NULL,
    bags INTEGER NOT NULL
);
"""
ENGLISH = {
    "airports.code": "airport code",
    "airports.elevation_m": "elevation in metres",
    "routes.distance_km": "distance in kilometres",
    "pilots.base_code": "home airport code",
    "routes.origin_code": "origin airport code",
    "routes.destination_code": "destination airport code",
}

# code, name, city, country, elevation, latitude, longitude
_AIRPORTS = (
    ("LIS", "Lisbon Portela", "Lisbon", "Portugal", 114, 38.77, -9.13),
    ("OPO", "Porto Airport", "Porto", "Portugal", 69, 41.25, -8.68),
    ("FAO", "Faro Airport", "Faro", "Portugal", 7, 37.01, -7.97),
    ("PDL", "Ponta Delgada Airport", "Ponta Delgada", "Portugal", 79, 37.74, -25.7),
    ("MAD", "Madrid Barajas", "Madrid", "Spain", 610, 40.47, -3.56),
    ("AGP", "Málaga Airport", "Málaga", "Spain", 16, 36.67, -4.5),
    ("SCQ", "Santiago Airport", "Santiago de Compostela", "Spain", 370, 42.9, -8.42),
    ("TLS", "Toulouse Blagnac", "Toulouse", "France", 152, 43.63, 1.37),
    ("NTE", "Nantes Atlantique", "Nantes", "France", 27, 47.15, -1.61),
    ("GVA", "Geneva Airport", "Geneva", "Switzerland", 430, 46.24, 6.11),
    ("ZRH", "Zürich Kloten", "Zürich", "Switzerland", 432, 47.46, 8.55),
    ("ORK", "Cork Airport", "Cork", "Ireland", 153, 51.84, -8.49),
    ("RAK", "Marrakesh Menara", "Marrakesh", "Morocco", 468, 31.61, -8.04),
    ("BIQ", "Biarritz Airport", "Biarritz", "France", 75, 43.47, -1.52),
)  # fmt: skip
_HUBS = {"LIS": 11, "OPO": 8, "TLS": 4}
_CLOSED = "BIQ"  # nothing flies there any more
_FLEET = (
    ("XR-WRA", "Wren 70", 68, 2009, None), ("XR-WRB", "Wren 70", 68, 2009, "2022-10-31"),
    ("XR-WRC", "Wren 70", 70, 2012, None), ("XR-KEA", "Kestrel 190", 104, 2015, None),
    ("XR-KEB", "Kestrel 190", 104, 2015, None), ("XR-KEC", "Kestrel 190", 106, 2017, None),
    ("XR-KED", "Kestrel 190", 106, 2018, None), ("XR-PEA", "Pelican 300", 174, 2016, None),
    ("XR-PEB", "Pelican 300", 174, 2019, None), ("XR-PEC", "Pelican 300", 180, 2021, None),
    ("XR-TEA", "Tern 40", 42, 1998, "2021-03-28"), ("XR-TEB", "Tern 40", 42, 2001, "2023-06-30"),
)  # fmt: skip
_COUNTRIES = ("Portugal", "Spain", "France", "Switzerland", "Ireland", "Morocco", "Cabo Verde")


def make_rows(rng: random.Random) -> Rows:
    """46 routes between 13 of 14 airports, 1,300 flights in 2023 and 2024, 3,900 tickets."""
    crowd = people(rng)
    routes = _routes()
    flights = _flights(rng, routes)
    return {
        "airports": [row[:5] for row in _AIRPORTS],
        "aircraft": list(_FLEET),
        "pilots": [_pilot(rng, i, next(crowd).full_name) for i in range(1, 23)],
        "routes": routes,
        "flights": flights,
        "passengers": [_passenger(rng, i, next(crowd).full_name) for i in range(1, 521)],
        "tickets": _tickets(rng, flights, {row[0]: row[3] for row in routes}),
    }


def _distance(a: Sequence[float], b: Sequence[float]) -> int:
    """Kilometres between two points given as latitude and longitude in degrees, in fives."""
    (lat1, lon1), (lat2, lon2) = map(radians, a), map(radians, b)
    angle = acos(sin(lat1) * sin(lat2) + cos(lat1) * cos(lat2) * cos(lon2 - lon1))
    return 5 * round(6371 * angle / 5)


def _routes() -> list[Row]:
    open_ = [row for row in _AIRPORTS if row[0] != _CLOSED]
    pairs: list[tuple[Row, Row]] = []
    for code, count in _HUBS.items():
        hub = next(row for row in _AIRPORTS if row[0] == code)
        for other in [row for row in open_ if row is not hub][-count:]:
            pairs += [p for p in ((hub, other), (other, hub)) if p not in pairs]
    return [(i, a[0], b[0], _distance(a[5:], b[5:])) for i, (a, b) in enumerate(pairs, 1)]


def _pilot(rng: random.Random, number: int, name: str) -> Row:
    base = rng.choices(tuple(_HUBS), (6, 4, 2))[0]
    hired = day(rng, "1999-01-01", "2022-12-31")
    return number, name, base, hired, (2024 - int(hired[:4])) * rng.randint(380, 640) + 900


def _flights(rng: random.Random, routes: Sequence[Row]) -> list[Row]:
    weights = [rng.uniform(0.4, 2) for _ in routes]
    rows = []
    for number, when in enumerate(
        sorted(day(rng, "2023-01-01", "2024-12-31") for _ in range(1300)), 1
    ):
        route = rng.choices(routes, weights)[0]
        flying = [a[0] for a in _FLEET if a[4] is None or a[4] > when]
        status = rng.choices(("on time", "delayed", "cancelled"), (76, 20, 4))[0]
        late = {"on time": 0, "delayed": rng.randint(16, 190), "cancelled": None}[status]
        rows.append((number, route[0], rng.choice(flying), rng.randint(1, 22), when, status, late))
    return rows


def _passenger(rng: random.Random, number: int, name: str) -> Row:
    country = rng.choices(_COUNTRIES, (38, 19, 16, 10, 8, 5, 4))[0]
    tiers = ("silver", "gold", "platinum", None)
    # few members from far away: none of them gold in one country, none platinum in three
    gold, platinum = 8 * (country != "Cabo Verde"), 3 * (country in _COUNTRIES[:4])
    tier = rng.choices(tiers, (14, gold, platinum, 75))[0]
    return number, name, country, tier


def _tickets(rng: random.Random, flights: Sequence[Row], distances: dict[int, int]) -> list[Row]:
    rows: list[Row] = []
    for flight in flights:
        for passenger in sorted(rng.sample(range(1, 515), rng.choice((1, 2, 3, 4, 5)))):
            always = passenger % 13 == 0
            business = always or rng.random() < (0.35 if passenger < 60 else 0.04)
            price = 29 + distances[flight[1]] * rng.uniform(0.05, 0.16) * (2.8 if business else 1)
            cabin = "business" if business else "economy"
            bags = rng.choices((0, 1, 2, 3), (45, 42, 10, 3))[0]
            rows.append((len(rows) + 1, flight[0], passenger, cabin, round(price), bags))
    return rows


QUESTIONS = (
    Question(
        "How many flights were cancelled?",
        "SELECT count(*) FROM flights WHERE status = 'cancelled'",
    ),
    Question(
        "How many seats does XR-KEC have?",
        "SELECT seats FROM aircraft WHERE tail_number = 'XR-KEC'",
    ),
    Question("How far is our longest route?", "SELECT max(distance_km) FROM routes"),
    Question(
        "How many passengers are gold or platinum members?",
        "SELECT count(*) FROM passengers WHERE loyalty_tier = 'gold' OR loyalty_tier = 'platinum'",
    ),
    Question(
        "Tail number and model of every aircraft that has been retired, please.",
        "SELECT tail_number, model FROM aircraft WHERE retired_on IS NOT NULL",
    ),
    Question(
        "Which airport lies highest, and in which country is it?",
        "SELECT airport_name, country FROM airports ORDER BY elevation_m DESC LIMIT 1",
    ),
    Question(
        "Which pilots are based in Toulouse?",
        "SELECT T1.full_name FROM pilots AS T1 JOIN airports AS T2 ON T1.base_code = T2.code "
        "WHERE T2.city = 'Toulouse'",
    ),
    Question(
        "How many flights were planned with each model of aircraft?",
        "SELECT T2.model, count(*) FROM flights AS T1 JOIN aircraft AS T2 "
        "ON T1.tail_number = T2.tail_number GROUP BY T2.model",
    ),
    Question(
        "How many minutes were delayed flights late on average in July 2024?",
        "SELECT avg(delay_minutes) FROM flights "
        "WHERE status = 'delayed' AND flight_date LIKE '2024-07%'",
    ),
    Question(
        "How many business tickets cost between 200 and 300 euros?",
        "SELECT count(*) FROM tickets WHERE cabin = 'business' AND price BETWEEN 200 AND 300",
    ),
    Question(
        "Which cities can I fly to directly from Toulouse?",
        "SELECT T3.city FROM routes AS T1 JOIN airports AS T2 ON T1.origin_code = T2.code "
        "JOIN airports AS T3 ON T1.destination_code = T3.code WHERE T2.city = 'Toulouse'",
    ),
    Question(
        "Which airports do none of our routes start from?",
        "SELECT airport_name FROM airports WHERE code NOT IN (SELECT origin_code FROM routes)",
    ),
    Question(
        "How many routes are longer than the average route?",
        "SELECT count(*) FROM routes WHERE distance_km > (SELECT avg(distance_km) FROM routes)",
    ),
    Question(
        "From which countries do we have gold members but no platinum members?",
        "SELECT country FROM passengers WHERE loyalty_tier = 'gold' "
        "EXCEPT SELECT country FROM passengers WHERE loyalty_tier = 'platinum'",
    ),
    Question(
        "Which captain had the most cancelled flights?",
        "SELECT T2.full_name FROM flights AS T1 JOIN pilots AS T2 "
        "ON T1.captain_id = T2.pilot_id WHERE T1.status = 'cancelled' "
        "GROUP BY T2.pilot_id ORDER BY count(*) DESC LIMIT 1",
    ),
    Question(
        "Who are the five passengers that spent the most on tickets, and how much did each spend?",
        "SELECT T2.full_name, sum(T1.price) FROM tickets AS T1 JOIN passengers AS T2 "
        "ON T1.passenger_id = T2.passenger_id GROUP BY T2.passenger_id "
        "ORDER BY sum(T1.price) DESC LIMIT 5",
    ),
    Question(
        "What do the tickets for all flights out of Porto add up to?",
        "SELECT sum(T1.price) FROM tickets AS T1 JOIN flights AS T2 "
        "ON T1.flight_id = T2.flight_id JOIN routes AS T3 ON T2.route_id = T3.route_id "
        "JOIN airports AS T4 ON T3.origin_code = T4.code WHERE T4.city = 'Porto'",
    ),
    Question(
        "Which passengers from Ireland have bought both business and economy tickets?",
        "SELECT full_name FROM passengers WHERE country = 'Ireland' "
        "AND passenger_id IN (SELECT passenger_id FROM tickets WHERE cabin = 'business') "
        "AND passenger_id IN (SELECT passenger_id FROM tickets WHERE cabin = 'economy')",
    ),
)

SAMPLE = Sample("airline", DDL, make_rows, QUESTIONS, ENGLISH)
