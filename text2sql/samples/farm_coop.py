"""A farm co-operative: what its members grow on which land, and to whom they sell it.

The names are short as in the old database that such a co-operative never replaced.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from text2sql.samples.days import day
from text2sql.samples.sample import Question, Row, Rows, Sample

DDL = """
CREATE TABLE farm (
    farm_no INTEGER PRIMARY KEY,
    farm_nm TEXT NOT NULL,
    village TEXT NOT NULL,
    joined_dt DATE NOT NULL,
    organic BOOLEAN NOT NULL,
    tel TEXT
);
CREATE TABLE parcel (
    parcel_no INTEGER PRIMARY KEY,
    farm_no INTEGER NOT NULL REFERENCES farm (farm_no),
    ha REAL NOT NULL,
    soil TEXT NOT NULL,
    leased_until DATE
);
CREATE TABLE crop (
    crop_cd TEXT PRIMARY KEY,
    crop_nm TEXT NOT NULL,
    family TEXT NOT NULL
);
CREATE TABLE harvest (
    parcel_no INTEGER NOT NULL REFERENCES parcel (parcel_no),
    yr INTEGER NOT NULL,
    crop_cd TEXT NOT NULL REFERENCES crop (crop_cd),
    qty_t REAL NOT NULL,
    moist_pct REAL,
    PRIMARY KEY (parcel_no, yr)
);
CREATE TABLE buyer (
    buyer_no INTEGER PRIMARY KEY,
    buyer_nm TEXT NOT NULL,
    country TEXT NOT NULL
);
CREATE TABLE sale (
    sale_no INTEGER PRIMARY KEY,
    farm_no INTEGER NOT NULL REFERENCES farm (farm_no),
    buyer_no INTEGER NOT NULL REFERENCES buyer (buyer_no),
    crop_cd TEXT NOT NULL REFERENCES crop (crop_cd),
    sale_dt DATE NOT NULL,
    qty_t REAL NOT NULL,
    price_t INTEGER NOT NULL
);
"""
ENGLISH = {
    "farm.farm_no": "farm number",
    "farm.farm_nm": "farm name",
    "farm.joined_dt": "joined date",
    "farm.tel": "telephone",
    "parcel.parcel_no": "parcel number",
    "parcel.farm_no": "farm number",
    "parcel.ha": "hectares",
    "crop.crop_cd": "crop code",
    "crop.crop_nm": "crop name",
    "harvest.parcel_no": "parcel number",
    "harvest.yr": "year",
    "harvest.crop_cd": "crop code",
    "harvest.qty_t": "quantity in tonnes",
    "harvest.moist_pct": "moisture percentage",
    "buyer.buyer_no": "buyer number",
    "buyer.buyer_nm": "buyer name",
    "sale.sale_no": "sale number",
    "sale.farm_no": "farm number",
    "sale.buyer_no": "buyer number",
    "sale.crop_cd": "crop code",
    "sale.sale_dt": "sale date",
    "sale.qty_t": "quantity in tonnes",
    "sale.price_t": "price per tonne",
}

_FARMS = (
    "Millbrook Farm", "Ashcombe", "Old Mill Holding", "Lower Wick", "Widow's End", "Larkfield",
    "Tŷ Gwyn", "Harrow Hill", "Goosey Green", "Kestrel Farm", "Upper Marsh", "St. Bride's Grange",
    "Thornbury", "Windmill Piece", "Oxlease", "Fernside", "The Paddocks", "Bán Mór", "Copse End",
    "Drover's Rest", "Elm Tree Farm", "Fallowfield", "Hollow Barn", "Inkpen Down", "Jackdaw Farm",
    "Kiln Farm", "Long Acre", "Meadowsweet", "Nether Court", "Pound Farm",
)  # fmt: skip
_VILLAGES = ("Little Oakham", "Marshwick", "St. Bride's", "Thorpe Hill", "Wend")
# code, name, family, tonnes per hectare, price per tonne
_CROPS = (
    ("WWH", "Winter wheat", "cereal", 8, 205), ("SBA", "Spring barley", "cereal", 6, 185),
    ("OAT", "Oats", "cereal", 5.5, 190), ("RYE", "Rye", "cereal", 5, 172),
    ("OSR", "Rapeseed", "oilseed", 3.5, 440), ("SUN", "Sunflower", "oilseed", 2.5, 410),
    ("POT", "Potatoes", "root", 40, 145), ("SBT", "Sugar beet", "root", 65, 34),
    ("CAR", "Carrots", "root", 45, 130), ("PEA", "Peas", "legume", 4, 250),
    ("BEA", "Field beans", "legume", 3.5, 235), ("HAY", "Hay", "grass", 7, 95),
)  # fmt: skip
_KEPT = ("HAY", "RYE")  # fed to the members' own animals, never sold
_BUYERS = (
    ("Brückner Mühlen", "Germany"), ("Hansen & Søn", "Denmark"), ("Moulin de l'Aube", "France"),
    ("Northgate Maltings", "United Kingdom"), ("Ouse Valley Foods", "United Kingdom"),
    ("Van Aken Frites", "Netherlands"), ("Pickering's Feeds", "United Kingdom"),
    ("Oberland Öl", "Germany"), ("Sucrerie Valmy", "France"), ("Kornkammer Nord", "Germany"),
    ("De Molenaar", "Netherlands"), ("Wend Village Shop", "United Kingdom"),
)  # fmt: skip
_SOILS = ("clay", "loam", "sand", "chalk", "peat")


def make_rows(rng: random.Random) -> Rows:
    """30 farms with 140 parcels, a harvest a year from each, 820 sales to 12 buyers."""
    farms = [_farm(rng, i, name) for i, name in enumerate(_FARMS, 1)]
    parcels = [_parcel(rng, number) for number in range(1, 141)]
    harvests = [
        _harvest(rng, parcel, year)
        for parcel in parcels
        for year in range(2019, 2025)
        if rng.random() < 0.94  # else it lies fallow
    ]
    return {
        "farm": farms,
        "parcel": parcels,
        "crop": [row[:3] for row in _CROPS],
        "harvest": harvests,
        "buyer": [(i, *row) for i, row in enumerate(_BUYERS, 1)],
        "sale": _sales(rng, parcels, harvests),
    }


def _farm(rng: random.Random, number: int, name: str) -> Row:
    village = rng.choices(_VILLAGES, (5, 9, 4, 7, 6))[0]
    tel = f"0{rng.randint(1200, 1999)} {rng.randint(200000, 899999)}"
    joined = day(rng, "1987-01-01", "2018-12-31")
    return number, name, village, joined, int(rng.random() < 0.3), tel if number % 7 else None


def _parcel(rng: random.Random, number: int) -> Row:
    farm = number if number <= 30 else min(rng.randint(1, 30), rng.randint(1, 34))
    soil = rng.choices(_SOILS, (9, 12, 6, 4, 2))[0]
    lease = day(rng, "2024-09-30", "2034-09-30") if rng.random() < 0.35 else None
    return number, farm, rng.randint(6, 96) * 0.25, soil, lease


def _harvest(rng: random.Random, parcel: Row, year: int) -> Row:
    code, _, family, per_ha, _ = rng.choices(_CROPS, (24, 16, 7, 4, 12, 3, 8, 7, 3, 6, 5, 9))[0]
    weather = {2019: 0.95, 2020: 1.0, 2021: 1.1, 2022: 0.78, 2023: 1.02, 2024: 0.9}[year]
    tonnes = round(parcel[2] * per_ha * weather * rng.uniform(0.8, 1.2) * 4) / 4
    moisture = rng.randint(22, 40) * 0.5 if family in ("cereal", "oilseed") else None
    return parcel[0], year, code, tonnes, moisture


def _sales(rng: random.Random, parcels: Sequence[Row], harvests: Sequence[Row]) -> list[Row]:
    owners: Mapping[int, int] = {row[0]: row[1] for row in parcels}
    prices = {row[0]: row[4] for row in _CROPS}
    usual = {code: rng.sample(range(1, 12), 3) for code in prices}
    # the village shop buys vegetables and nothing else
    usual["POT"].append(12)
    usual["CAR"].append(12)
    rows = []
    for parcel, year, code, tonnes, _ in harvests:
        for part in (0.5, 0.25) if code not in _KEPT else ():
            if rng.random() < 0.62:
                when = day(rng, f"{year}-08-01", f"{year + 1}-04-30")
                price = round(prices[code] * rng.uniform(0.85, 1.2))
                sold = max(0.25, int(tonnes * part * 4) / 4)
                rows.append((owners[parcel], rng.choice(usual[code]), code, when, sold, price))
    rows.sort(key=lambda row: row[3])
    return [(number, *row) for number, row in enumerate(rows, 1)]


QUESTIONS = (
    Question(
        "How many of our member farms are organic?", "SELECT count(*) FROM farm WHERE organic = 1"
    ),
    Question(
        "How many hectares does the co-operative have altogether?", "SELECT sum(ha) FROM parcel"
    ),
    Question(
        "How many sales did we make between 1 July 2023 and 31 December 2023?",
        "SELECT count(*) FROM sale WHERE sale_dt BETWEEN '2023-07-01' AND '2023-12-31'",
    ),
    Question(
        "Which farms have 'mill' somewhere in their name?",
        "SELECT farm_nm FROM farm WHERE farm_nm LIKE '%mill%'",
    ),
    Question(
        "Which farm was the first to join us?",
        "SELECT farm_nm FROM farm ORDER BY joined_dt LIMIT 1",
    ),
    Question(
        "How many tonnes of winter wheat were harvested in 2022?",
        "SELECT sum(T1.qty_t) FROM harvest AS T1 JOIN crop AS T2 ON T1.crop_cd = T2.crop_cd "
        "WHERE T2.crop_nm = 'Winter wheat' AND T1.yr = 2022",
    ),
    Question(
        "What price per tonne did we get for rapeseed on average?",
        "SELECT avg(T1.price_t) FROM sale AS T1 JOIN crop AS T2 ON T1.crop_cd = T2.crop_cd "
        "WHERE T2.crop_nm = 'Rapeseed'",
    ),
    Question(
        "What were the lowest and the highest price per tonne we got for potatoes?",
        "SELECT min(T1.price_t), max(T1.price_t) FROM sale AS T1 JOIN crop AS T2 "
        "ON T1.crop_cd = T2.crop_cd WHERE T2.crop_nm = 'Potatoes'",
    ),
    Question(
        "Which farms work at least seven parcels?",
        "SELECT T2.farm_nm FROM parcel AS T1 JOIN farm AS T2 ON T1.farm_no = T2.farm_no "
        "GROUP BY T2.farm_no HAVING count(*) >= 7",
    ),
    Question(
        "Show every village and how many hectares the farms there have.",
        "SELECT T2.village, sum(T1.ha) FROM parcel AS T1 JOIN farm AS T2 "
        "ON T1.farm_no = T2.farm_no GROUP BY T2.village",
    ),
    Question(
        "Which crops have we never sold?",
        "SELECT crop_nm FROM crop WHERE crop_cd NOT IN (SELECT crop_cd FROM sale)",
    ),
    Question(
        "Which buyers have never bought spring barley from us?",
        "SELECT buyer_nm FROM buyer WHERE buyer_no NOT IN (SELECT T1.buyer_no FROM sale AS T1 "
        "JOIN crop AS T2 ON T1.crop_cd = T2.crop_cd WHERE T2.crop_nm = 'Spring barley')",
    ),
    Question(
        "How many parcels are bigger than the average parcel?",
        "SELECT count(*) FROM parcel WHERE ha > (SELECT avg(ha) FROM parcel)",
    ),
    Question(
        "In which year did we bring in the smallest harvest by weight?",
        "SELECT yr FROM harvest GROUP BY yr ORDER BY sum(qty_t) LIMIT 1",
    ),
    Question(
        "What is the size of the largest sandy parcel in each village?",
        "SELECT T2.village, max(T1.ha) FROM parcel AS T1 JOIN farm AS T2 "
        "ON T1.farm_no = T2.farm_no WHERE T1.soil = 'sand' GROUP BY T2.village",
    ),
    Question(
        "Which three buyers have paid us the most money in total?",
        "SELECT T2.buyer_nm FROM sale AS T1 JOIN buyer AS T2 ON T1.buyer_no = T2.buyer_no "
        "GROUP BY T2.buyer_no ORDER BY sum(T1.qty_t * T1.price_t) DESC LIMIT 3",
    ),
    Question(
        "Which farms have both a clay parcel and a peat parcel?",
        "SELECT T1.farm_nm FROM farm AS T1 JOIN parcel AS T2 ON T1.farm_no = T2.farm_no "
        "WHERE T2.soil = 'clay' INTERSECT SELECT T1.farm_nm FROM farm AS T1 JOIN parcel AS T2 "
        "ON T1.farm_no = T2.farm_no WHERE T2.soil = 'peat'",
    ),
    Question(
        "Which farms have sold potatoes at some time but never any carrots?",
        "SELECT T1.farm_nm FROM farm AS T1 JOIN sale AS T2 ON T1.farm_no = T2.farm_no "
        "JOIN crop AS T3 ON T2.crop_cd = T3.crop_cd WHERE T3.crop_nm = 'Potatoes' "
        "EXCEPT SELECT T1.farm_nm FROM farm AS T1 JOIN sale AS T2 ON T1.farm_no = T2.farm_no "
        "JOIN crop AS T3 ON T2.crop_cd = T3.crop_cd WHERE T3.crop_nm = 'Carrots'",
    ),
)

SAMPLE = Sample("farm_coop", DDL, make_rows, QUESTIONS, ENGLISH)
