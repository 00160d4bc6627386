"""A clinic: who saw which doctor when, what was found, and what was prescribed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from text2sql.samples.days import day
from text2sql.samples.people import Person, people
from text2sql.samples.sample import Question, Row, Rows, Sample

DDL = """
CREATE TABLE department (
    department_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    floor INTEGER NOT NULL
);
CREATE TABLE doctor (
    doctor_id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    department_id INTEGER NOT NULL REFERENCES department (department_id),
    hired_on DATE NOT NULL,
    monthly_salary INTEGER NOT NULL
);
CREATE TABLE patient (
    patient_id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    sex TEXT NOT NULL,
    birth_date DATE NOT NULL,
    city TEXT NOT NULL,
    insurer TEXT,
    phone TEXT
);
CREATE TABLE appointment (
    appointment_id INTEGER PRIMARY KEY,
    patient_id INTEGER NOT NULL REFERENCES patient (patient_id),
    doctor_id INTEGER NOT NULL REFERENCES doctor (doctor_id),
    appointment_date DATE NOT NULL,
    minutes INTEGER NOT NULL,
    status TEXT NOT NULL,
    fee REAL
);
CREATE TABLE diagnosis (
    diagnosis_id INTEGER PRIMARY KEY,
    appointment_id INTEGER NOT NULL REFERENCES appointment (appointment_id),
    illness TEXT NOT NULL,
    severity TEXT NOT NULL
);
CREATE TABLE medicine (
    medicine_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    form TEXT NOT NULL,
    pack_price REAL NOT NULL
);
CREATE TABLE prescription (
    appointment_id INTEGER NOT NULL REFERENCES appointment (appointment_id),
    medicine_id INTEGER NOT NULL REFERENCES medicine (medicine_id),
    packs INTEGER NOT NULL,
    PRIMARY KEY (appointment_id, medicine_id)
);
"""

_DEPARTMENTS = (
    ("Cardiology", 3), ("Dermatology", 1), ("General Practice", 0), ("Neurology", 3),
    ("Orthopaedics", 2), ("Paediatrics", 1), ("Ophthalmology", 4),
)  # fmt: skip
_ILLNESSES = {
    1: ("High blood pressure", "Irregular heartbeat", "Angina"),
    2: ("Eczema", "Psoriasis", "Acne", "Skin infection"),
    3: ("Influenza", "Back pain", "High blood pressure", "Type 2 diabetes", "Bronchitis"),
    4: ("Migraine", "Epilepsy", "Sciatica"),
    5: ("Fracture", "Sprain", "Back pain", "Arthritis"),
    6: ("Influenza", "Ear infection", "Asthma", "Chickenpox"),
    7: ("Cataract", "Glaucoma", "Dry eye"),
}
_MEDICINES = (
    ("Amlodipine", "tablet", 4.5), ("Amoxicillin", "capsule", 6.25), ("Atenolol", "tablet", 3.75),
    ("Atropine", "eye drops", 6.5), ("Betamethasone", "cream", 8.0), ("Cetirizine", "tablet", 4.5),
    ("Clotrimazole", "cream", 5.25), ("Codeine", "syrup", 8.75), ("Diclofenac", "tablet", 5.5),
    ("Gabapentin", "capsule", 11.0), ("Ibuprofen", "tablet", 2.5), ("Lactulose", "syrup", 4.75),
    ("Latanoprost", "eye drops", 12.75), ("Metformin", "tablet", 3.25),
    ("Methotrexate", "injection", 24.5), ("Paracetamol", "tablet", 1.75),
    ("Paracetamol for children", "syrup", 4.0), ("Prednisolone", "tablet", 5.5),
    ("Salbutamol", "inhaler", 9.25), ("Sumatriptan", "injection", 31.0),
    ("Timolol", "eye drops", 6.5), ("Topiramate", "tablet", 17.0), ("Tramadol", "capsule", 8.0),
    ("Zinc oxide", "cream", 2.75),
)  # fmt: skip
_NEVER_PRESCRIBED = (8, 15, 22)
_CITIES = ("Lyon", "Villeurbanne", "Vénissieux", "Saint-Priest", "Bron", "L'Arbresle", "Écully")
_INSURERS = ("Nordkasse", "Mutuelle des Trois Ponts", "Civitas Plus", "Aurelia Health")


def make_rows(rng: random.Random) -> Rows:
    """7 departments, 27 doctors, 380 patients and 2,300 appointments over two years."""
    crowd = people(rng)
    doctors = [_doctor(rng, number, next(crowd)) for number in range(1, 28)]
    patients = [_patient(rng, number, next(crowd)) for number in range(1, 381)]
    appointments = _appointments(rng)
    return {
        "department": [(i, *row) for i, row in enumerate(_DEPARTMENTS, 1)],
        "doctor": doctors,
        "patient": patients,
        "appointment": appointments,
        "diagnosis": _diagnoses(rng, appointments, {row[0]: row[3] for row in doctors}),
        "medicine": [(i, *row) for i, row in enumerate(_MEDICINES, 1)],
        "prescription": _prescriptions(rng, appointments),
    }


def _doctor(rng: random.Random, number: int, person: Person) -> Row:
    # every department has one of the first seven; the last two have just started
    department = number if number <= 7 else rng.choices(range(1, 8), (4, 3, 6, 3, 4, 4, 2))[0]
    hired = day(rng, "2001-01-01", "2023-01-01") if number < 26 else "2024-12-02"
    salary = rng.randint(102, 236) * 50
    return number, person.first_name, person.last_name, department, hired, salary


def _patient(rng: random.Random, number: int, person: Person) -> Row:
    city = rng.choices(_CITIES, (40, 22, 12, 9, 8, 5, 4))[0]
    # two small towns where some insurers have nobody, so that there is something to find
    missing = {"L'Arbresle": _INSURERS[3:], "Écully": _INSURERS[2:]}.get(city, ())
    insurer = rng.choices((*_INSURERS, None), (34, 28, 17, 9, 12))[0]
    phone = f"04 72 {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)}"
    return (
        number,
        person.first_name,
        person.last_name,
        person.sex,
        day(rng, "1931-01-01", "2022-12-31"),
        city,
        insurer if insurer not in missing else _INSURERS[0],
        phone if rng.random() < 0.85 else None,
    )


def _appointments(rng: random.Random) -> list[Row]:
    days = sorted(day(rng, "2023-01-02", "2025-01-31") for _ in range(2300))
    popularity = [rng.uniform(0.5, 2) for _ in range(25)]
    return [
        _appointment(rng, number, when, rng.choices(range(1, 26), popularity)[0])
        for number, when in enumerate(days, 1)
    ]


def _appointment(rng: random.Random, number: int, when: str, doctor: int) -> Row:
    patient = min(rng.randint(1, 380), rng.randint(1, 420))
    minutes = rng.choices((10, 15, 20, 30, 45, 60), (8, 30, 28, 20, 9, 5))[0]
    status = rng.choices(("completed", "cancelled", "missed"), (80, 13, 7))[0]
    if when > "2024-12-15":
        status = "booked"
    fee = 20 + minutes * rng.choice((0.5, 1, 1.5)) if status == "completed" else None
    return number, patient, doctor, when, minutes, status, fee


def _diagnoses(
    rng: random.Random, appointments: Sequence[Row], departments: Mapping[int, int]
) -> list[Row]:
    found: list[Row] = []
    for number, _, doctor, _, _, status, _ in appointments:
        if status != "completed":
            continue
        illnesses = _ILLNESSES[departments[doctor]]
        for illness in rng.sample(illnesses, rng.choices((0, 1, 2), (25, 68, 7))[0]):
            severity = rng.choices(("mild", "moderate", "severe"), (55, 33, 12))[0]
            found.append((len(found) + 1, number, illness, severity))
    return found


def _prescriptions(rng: random.Random, appointments: Sequence[Row]) -> list[Row]:
    choices = [i for i in range(1, len(_MEDICINES) + 1) if i not in _NEVER_PRESCRIBED]
    weights = [rng.uniform(0.3, 3) for _ in choices]
    return [
        (row[0], medicine, rng.choices((1, 2, 3, 4), (60, 24, 12, 4))[0])
        for row in appointments
        if row[5] == "completed"
        for medicine in sorted(set(rng.choices(choices, weights, k=rng.choice((0, 0, 1, 1, 2)))))
    ]


QUESTIONS = (
    Question("How many patients are on our books?", "SELECT count(*) FROM patient"),
    Question(
        "On which floor do I find Dermatology?",
        "SELECT floor FROM department WHERE name = 'Dermatology'",
    ),
    Question(
        "How long does a completed appointment take on average?",
        "SELECT avg(minutes) FROM appointment WHERE status = 'completed'",
    ),
    Question(
        "How many patients have no insurance?",
        "SELECT count(*) FROM patient WHERE insurer IS NULL",
    ),
    Question(
        "Which illnesses have been diagnosed more than 100 times?",
        "SELECT illness FROM diagnosis GROUP BY illness HAVING count(*) > 100",
    ),
    Question(
        "Who are our three best-paid doctors? First and last names, please.",
        "SELECT first_name, last_name FROM doctor ORDER BY monthly_salary DESC LIMIT 3",
    ),
    Question(
        "Give me the first and last names of all doctors in Paediatrics.",
        "SELECT T1.first_name, T1.last_name FROM doctor AS T1 JOIN department AS T2 "
        "ON T1.department_id = T2.department_id WHERE T2.name = 'Paediatrics'",
    ),
    Question(
        "How many appointments were missed in 2024?",
        "SELECT count(*) FROM appointment "
        "WHERE status = 'missed' AND appointment_date LIKE '2024%'",
    ),
    Question(
        "Show me each department with the number of doctors working there.",
        "SELECT T2.name, count(*) FROM doctor AS T1 JOIN department AS T2 "
        "ON T1.department_id = T2.department_id GROUP BY T2.department_id",
    ),
    Question(
        "How many different people have been diagnosed with a migraine?",
        "SELECT count(DISTINCT T2.patient_id) FROM diagnosis AS T1 JOIN appointment AS T2 "
        "ON T1.appointment_id = T2.appointment_id WHERE T1.illness = 'Migraine'",
    ),
    Question(
        "First and last names of patients born before 1935?",
        "SELECT first_name, last_name FROM patient WHERE birth_date < '1935-01-01'",
    ),
    Question(
        "Which medicines have never been prescribed?",
        "SELECT name FROM medicine WHERE medicine_id NOT IN (SELECT medicine_id FROM prescription)",
    ),
    Question(
        "List the last names of doctors who earn more than the average doctor.",
        "SELECT last_name FROM doctor "
        "WHERE monthly_salary > (SELECT avg(monthly_salary) FROM doctor)",
    ),
    Question(
        "In which city do most of our patients live?",
        "SELECT city FROM patient GROUP BY city ORDER BY count(*) DESC LIMIT 1",
    ),
    Question(
        "In which cities do we have patients insured with Civitas Plus but nobody insured "
        "with Aurelia Health?",
        "SELECT city FROM patient WHERE insurer = 'Civitas Plus' "
        "EXCEPT SELECT city FROM patient WHERE insurer = 'Aurelia Health'",
    ),
    Question(
        "Which department took the most money in fees overall?",
        "SELECT T3.name FROM appointment AS T1 JOIN doctor AS T2 ON T1.doctor_id = T2.doctor_id "
        "JOIN department AS T3 ON T2.department_id = T3.department_id "
        "GROUP BY T3.department_id ORDER BY sum(T1.fee) DESC LIMIT 1",
    ),
    Question(
        "Which five medicines were prescribed in the largest quantities, and how many packs "
        "of each?",
        "SELECT T2.name, sum(T1.packs) FROM prescription AS T1 JOIN medicine AS T2 "
        "ON T1.medicine_id = T2.medicine_id GROUP BY T2.medicine_id "
        "ORDER BY sum(T1.packs) DESC LIMIT 5",
    ),
    Question(
        "Find the first and last names of patients who have had a completed appointment in "
        "Cardiology as well as one in Neurology.",
        "SELECT T1.first_name, T1.last_name FROM patient AS T1 JOIN appointment AS T2 "
        "ON T1.patient_id = T2.patient_id JOIN doctor AS T3 ON T2.doctor_id = T3.doctor_id "
        "JOIN department AS T4 ON T3.department_id = T4.department_id "
        "WHERE T4.name = 'Cardiology' AND T2.status = 'completed' "
        "INTERSECT SELECT T1.first_name, T1.last_name FROM patient AS T1 JOIN appointment AS T2 "
        "ON T1.patient_id = T2.patient_id JOIN doctor AS T3 ON T2.doctor_id = T3.doctor_id "
        "JOIN department AS T4 ON T3.department_id = T4.department_id "
        "WHERE T4.name = 'Neurology' AND T2.status = 'completed'",
    ),
)

SAMPLE = Sample("clinic", DDL, make_rows, QUESTIONS)
