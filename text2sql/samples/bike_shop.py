"""A bicycle shop: what it sells, who bought it, and what its workshop repaired."""

from __future__ import annotations

import random
from collections.abc import Sequence

from text2sql.samples.days import day, days_after
from text2sql.samples.people import people
from text2sql.samples.sample import Question, Row, Rows, Sample

DDL = """
CREATE TABLE Supplier (
    SupplierId INTEGER PRIMARY KEY,
    SupplierName TEXT NOT NULL,
    Country TEXT NOT NULL,
    Website TEXT
);
CREATE TABLE Product (
    ProductId INTEGER PRIMARY KEY,
    ProductName TEXT NOT NULL,
    Category TEXT NOT NULL,
    SupplierId INTEGER NOT NULL REFERENCES Supplier (SupplierId),
    Price DECIMAL(8, 2) NOT NULL,
    Stock INTEGER NOT NULL,
    WeightKg REAL
);
CREATE TABLE Employee (
    EmployeeId INTEGER PRIMARY KEY,
    FullName TEXT NOT NULL,
    JobTitle TEXT NOT NULL,
    HireDate DATE NOT NULL,
    HourlyWage DECIMAL(5, 2) NOT NULL,
    ManagerId INTEGER REFERENCES Employee (EmployeeId)
);
CREATE TABLE Customer (
    CustomerId INTEGER PRIMARY KEY,
    FullName TEXT NOT NULL,
    City TEXT NOT NULL,
    Email TEXT,
    Newsletter BOOLEAN NOT NULL
);
CREATE TABLE "Order" (
    OrderId INTEGER PRIMARY KEY,
    CustomerId INTEGER NOT NULL REFERENCES Customer (CustomerId),
    EmployeeId INTEGER NOT NULL REFERENCES Employee (EmployeeId),
    OrderDate DATE NOT NULL,
    Channel TEXT NOT NULL
);
CREATE TABLE OrderLine (
    OrderId INTEGER NOT NULL REFERENCES "Order" (OrderId),
    ProductId INTEGER NOT NULL REFERENCES Product (ProductId),
    Quantity INTEGER NOT NULL,
    UnitPrice DECIMAL(8, 2) NOT NULL,
    PRIMARY KEY (OrderId, ProductId)
);
CREATE TABLE Repair (
    RepairId INTEGER PRIMARY KEY,
    CustomerId INTEGER NOT NULL REFERENCES Customer (CustomerId),
    MechanicId INTEGER NOT NULL REFERENCES Employee (EmployeeId),
    Problem TEXT NOT NULL,
    BroughtIn DATE NOT NULL,
    PickedUp DATE,
    Cost DECIMAL(8, 2)
);
"""

_SUPPLIERS = (
    ("Polderwiel", "Netherlands", "polderwiel.example"), ("Ketting & Zoon", "Netherlands", None),
    ("Bergauf Räder", "Germany", "bergauf-raeder.example"), ("Vélo Garonne", "France", None),
    ("Lumen Nord", "Denmark", "lumennord.example"), ("O'Hara Saddlery", "Ireland", None),
    ("Ciclo Adriatico", "Italy", "cicloadriatico.example"),
)  # fmt: skip
# name, category, supplier, price, stock, weight
_PRODUCTS = (
    ("Duinwind 3", "City bikes", 1, 549, 6, 16.5), ("Duinwind 7", "City bikes", 1, 729, 4, 17.25),
    ("Grachtenfiets", "City bikes", 1, 465, 0, 18.5), ("Kanaal Comfort",
    "City bikes", 1, 815, 3, 19),
    ("Stadsvink", "City bikes", 3, 615, 8, 15.75), ("Garonne Ville", "City bikes", 4, 690, 2, 15.5),
    ("Alpspitz 27", "Mountain bikes", 3, 1180, 3, 13.25),
    ("Alpspitz 29", "Mountain bikes", 3, 1420, 2, 13.5),
    ("Steinbock Trail", "Mountain bikes", 3, 2050, 1, 12.25),
    ("Dolomia", "Mountain bikes", 7, 1895, 0, 11.75),
    ("Causse 500", "Mountain bikes", 4, 985, 4, 14),
    ("Kikker 12", "Children's bikes", 1, 159, 7, 7.5), ("Kikker 16",
    "Children's bikes", 1, 189, 5, 8.75),
    ("Petit Tour 20", "Children's bikes", 4, 265, 3, 9.5),
    ("Wiesel 24", "Children's bikes", 3, 329, 2, 10.25),
    ("Nordlys City", "Helmets", 5, 49.5, 22, 0.25), ("Nordlys Kids", "Helmets", 5, 34.5, 18, 0.25),
    ("Casco Veloce", "Helmets", 7, 119, 6, 0.25), ("Casco Urbano", "Helmets", 7, 72.5, 9, 0.5),
    ("Trailhelm", "Helmets", 3, 89, 0, 0.5), ("Pomp It", "Helmets", 2, 39, 11, 0.5),
    ("Front light 40 lux", "Lights", 5, 32.5, 31, None), ("Front light 80 lux",
    "Lights", 5, 64, 14, None),
    ("Rear light clip", "Lights", 5, 14.5, 52, None), ("Rear light dynamo",
    "Lights", 2, 21, 16, None),
    ("Light set Aurora", "Lights", 5, 45, 0, None),
    ("Chain lock 90 cm", "Locks", 2, 44.5, 19, 2.25), ("Chain lock 130 cm", "Locks", 2, 58, 12, 3),
    ("Folding lock", "Locks", 2, 79, 8, 1.25), ("Frame lock", "Locks", 2, 27.5, 25, 0.75),
    ("City tyre 28", "Tyres", 2, 24.5, 44, 0.75), ("Trail tyre 29", "Tyres", 7, 46, 17, 1),
    ("Winter tyre 28", "Tyres", 3, 54, 9, 1.25), ("Inner tube 28", "Tyres", 2, 6.5, 96, 0.25),
    ("Pannier pair", "Bags", 6, 99, 7, 1.75), ("Handlebar bag", "Bags", 6, 54.5, 10, 0.75),
    ("Saddle bag", "Bags", 6, 24, 21, 0.25), ("Leather saddle", "Saddles", 6, 112, 5, 0.5),
    ("Gel saddle", "Saddles", 6, 38.5, 13, 0.75),
)  # fmt: skip
# title, wage, manager
_STAFF = (
    ("Owner", 34.5, None), ("Workshop manager", 24.25, 1), ("Shop manager", 22.75, 1),
    ("Mechanic", 19.5, 2), ("Mechanic", 25, 2), ("Mechanic", 17.25, 2), ("Apprentice", 12.5, 2),
    ("Sales assistant", 16, 3), ("Sales assistant", 16.75, 3), ("Sales assistant", 15.25, 3),
    ("Bookkeeper", 23.5, 3),
)  # fmt: skip
_CITIES = ("Utrecht", "Zeist", "Nieuwegein", "Amersfoort", "'s-Hertogenbosch", "Wijk bij Duurstede")
_PROBLEMS = {
    "Puncture": 15,
    "Broken chain": 32,
    "Brakes": 38,
    "Gears": 46,
    "Lights": 22,
    "Broken spoke": 28,
    "Crooked wheel": 41,
    "Service": 75,
}


def make_rows(rng: random.Random) -> Rows:
    """39 products of 7 suppliers, 240 customers, 900 orders and 560 repairs in three years."""
    crowd = people(rng)
    orders = _orders(rng)
    return {
        "Supplier": [(i, *row) for i, row in enumerate(_SUPPLIERS, 1)],
        "Product": [(i, *row) for i, row in enumerate(_PRODUCTS, 1)],
        "Employee": [
            (i, next(crowd).full_name, title, day(rng, "2008-03-01", "2021-12-31"), wage, manager)
            for i, (title, wage, manager) in enumerate(_STAFF, 1)
        ],
        "Customer": [_customer(rng, i, next(crowd).full_name) for i in range(1, 241)],
        "Order": orders,
        "OrderLine": _order_lines(rng, orders),
        "Repair": _repairs(rng),
    }


def _customer(rng: random.Random, number: int, name: str) -> Row:
    city = rng.choices(_CITIES, (50, 20, 14, 9, 5, 2))[0]
    email = f"klant{number}@post.example" if rng.random() < 0.7 else None
    return number, name, city, email, int(email is not None and rng.random() < 0.6)


def _orders(rng: random.Random) -> list[Row]:
    rows = []
    for number, when in enumerate(
        sorted(day(rng, "2022-01-03", "2024-12-30") for _ in range(900)), 1
    ):
        customer = min(rng.randint(1, 226), rng.randint(1, 226))  # the last ones never order
        channel = rng.choices(("shop", "web", "phone"), (60, 31, 9))[0]
        seller = rng.choices((3, 8, 9, 10), (1, 4, 3, 2) if channel != "phone" else (3, 1, 1, 4))
        rows.append((number, customer, seller[0], when, channel))
    return rows


def _order_lines(rng: random.Random, orders: Sequence[Row]) -> list[Row]:
    weights = [400 / (price + 60) for _, _, _, price, _, _ in _PRODUCTS]
    lines = []
    for order in orders:
        wanted = rng.choices(range(len(_PRODUCTS)), weights, k=rng.choice((1, 1, 2, 3)))
        for product in sorted(set(wanted)):
            price = _PRODUCTS[product][3]
            quantity = 1 if price > 100 else rng.choices((1, 2, 3, 4), (70, 20, 6, 4))[0]
            # a discount in steps of 50 cents, so that sums are exact
            paid = price if rng.random() < 0.8 else int(price * 1.8) / 2
            lines.append((order[0], product + 1, quantity, paid))
    return lines


def _repairs(rng: random.Random) -> list[Row]:
    repairs = []
    for number, brought in enumerate(
        sorted(day(rng, "2022-01-04", "2024-12-30") for _ in range(560)), 1
    ):
        problem = rng.choices(list(_PROBLEMS), (30, 10, 16, 14, 8, 7, 5, 10))[0]
        waiting = brought > "2024-12-10" and rng.random() < 0.8
        repairs.append(
            (
                number,
                rng.randint(1, 240),
                rng.choices((4, 5, 6, 7), (5, 3, 4, 2))[0],
                problem,
                brought,
                None if waiting else days_after(brought, rng.choice((0, 1, 1, 2, 3, 5, 9))),
                None if waiting else _PROBLEMS[problem] + rng.randint(0, 24) * 0.5,
            )
        )
    return repairs


QUESTIONS = (
    Question(
        "How many of our customers live in 's-Hertogenbosch?",
        "SELECT count(*) FROM Customer WHERE City = '''s-Hertogenbosch'",
    ),
    Question("Which products are sold out?", "SELECT ProductName FROM Product WHERE Stock = 0"),
    Question(
        "How many bikes are still waiting in the workshop to be picked up?",
        "SELECT count(*) FROM Repair WHERE PickedUp IS NULL",
    ),
    Question(
        "Which countries do our suppliers come from?",
        "SELECT DISTINCT Country FROM Supplier",
    ),
    Question(
        "What is the most expensive thing we sell?",
        "SELECT ProductName FROM Product ORDER BY Price DESC LIMIT 1",
    ),
    Question(
        "Show me the name and price of every helmet under 60 euros.",
        "SELECT ProductName, Price FROM Product WHERE Category = 'Helmets' AND Price < 60",
    ),
    Question(
        "What do we charge on average for each kind of problem we repair?",
        "SELECT Problem, avg(Cost) FROM Repair GROUP BY Problem",
    ),
    Question(
        "How many orders came in over the web in 2024?",
        "SELECT count(*) FROM \"Order\" WHERE Channel = 'web' "
        "AND OrderDate BETWEEN '2024-01-01' AND '2024-12-31'",
    ),
    Question(
        "Who earns a higher hourly wage than their own manager?",
        "SELECT T1.FullName FROM Employee AS T1 JOIN Employee AS T2 "
        "ON T1.ManagerId = T2.EmployeeId WHERE T1.HourlyWage > T2.HourlyWage",
    ),
    Question(
        "How many helmets have we sold altogether?",
        "SELECT sum(T1.Quantity) FROM OrderLine AS T1 JOIN Product AS T2 "
        "ON T1.ProductId = T2.ProductId WHERE T2.Category = 'Helmets'",
    ),
    Question(
        "Name the mechanics who have done more than 100 repairs, and how many each has done.",
        "SELECT T2.FullName, count(*) FROM Repair AS T1 JOIN Employee AS T2 "
        "ON T1.MechanicId = T2.EmployeeId GROUP BY T2.EmployeeId HAVING count(*) > 100",
    ),
    Question(
        "Which suppliers don't deliver any helmets?",
        "SELECT SupplierName FROM Supplier WHERE SupplierId NOT IN "
        "(SELECT SupplierId FROM Product WHERE Category = 'Helmets')",
    ),
    Question(
        "How many customers have never ordered anything?",
        'SELECT count(*) FROM Customer WHERE CustomerId NOT IN (SELECT CustomerId FROM "Order")',
    ),
    Question(
        "List the products that cost more than our average product.",
        "SELECT ProductName FROM Product WHERE Price > (SELECT avg(Price) FROM Product)",
    ),
    Question(
        "How much turnover did each product category make? Best one first.",
        "SELECT T2.Category, sum(T1.Quantity * T1.UnitPrice) FROM OrderLine AS T1 "
        "JOIN Product AS T2 ON T1.ProductId = T2.ProductId GROUP BY T2.Category "
        "ORDER BY sum(T1.Quantity * T1.UnitPrice) DESC",
    ),
    Question(
        "Which employee has handled the most phone orders?",
        'SELECT T2.FullName FROM "Order" AS T1 JOIN Employee AS T2 '
        "ON T1.EmployeeId = T2.EmployeeId WHERE T1.Channel = 'phone' "
        "GROUP BY T2.EmployeeId ORDER BY count(*) DESC LIMIT 1",
    ),
    Question(
        "Which customers have ordered by phone and also on the web?",
        'SELECT T1.FullName FROM Customer AS T1 JOIN "Order" AS T2 '
        "ON T1.CustomerId = T2.CustomerId WHERE T2.Channel = 'phone' "
        'INTERSECT SELECT T1.FullName FROM Customer AS T1 JOIN "Order" AS T2 '
        "ON T1.CustomerId = T2.CustomerId WHERE T2.Channel = 'web'",
    ),
    Question(
        "Which customers had a bike repaired here but never bought anything from us?",
        "SELECT T1.FullName FROM Customer AS T1 JOIN Repair AS T2 "
        "ON T1.CustomerId = T2.CustomerId "
        'EXCEPT SELECT T1.FullName FROM Customer AS T1 JOIN "Order" AS T2 '
        "ON T1.CustomerId = T2.CustomerId",
    ),
)

SAMPLE = Sample("bike_shop", DDL, make_rows, QUESTIONS, {"Product.WeightKg": "weight in kilograms"})
