"""A secondary school, in tables that began as spreadsheets: Title Case names, some with spaces."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from text2sql.samples.days import day
from text2sql.samples.people import Person, people
from text2sql.samples.sample import Question, Row, Rows, Sample

DDL = """
CREATE TABLE Teachers (
    TeacherNo INTEGER PRIMARY KEY,
    "Full Name" TEXT NOT NULL,
    Hired DATE NOT NULL,
    Salary INTEGER NOT NULL,
    Office TEXT
);
CREATE TABLE Classes (
    Class TEXT PRIMARY KEY,
    Grade INTEGER NOT NULL,
    "Class Teacher" INTEGER NOT NULL REFERENCES Teachers (TeacherNo)
);
CREATE TABLE Students (
    StudentNo INTEGER PRIMARY KEY,
    "First Name" TEXT NOT NULL,
    "Last Name" TEXT NOT NULL,
    "Date of Birth" DATE NOT NULL,
    "Home Town" TEXT NOT NULL,
    "Bus Line" TEXT,
    Class TEXT NOT NULL REFERENCES Classes (Class)
);
CREATE TABLE Subjects (
    SubjectCode TEXT PRIMARY KEY,
    Subject TEXT NOT NULL
);
CREATE TABLE Lessons (
    Class TEXT NOT NULL REFERENCES Classes (Class),
    SubjectCode TEXT NOT NULL REFERENCES Subjects (SubjectCode),
    TeacherNo INTEGER NOT NULL REFERENCES Teachers (TeacherNo),
    "Hours per Week" INTEGER NOT NULL,
    PRIMARY KEY (Class, SubjectCode)
);
CREATE TABLE Exams (
    ExamNo INTEGER PRIMARY KEY,
    StudentNo INTEGER NOT NULL REFERENCES Students (StudentNo),
    SubjectCode TEXT NOT NULL REFERENCES Subjects (SubjectCode),
    "Exam Date" DATE NOT NULL,
    Points INTEGER
);
CREATE TABLE Clubs (
    ClubNo INTEGER PRIMARY KEY,
    Club TEXT NOT NULL,
    "Meets On" TEXT NOT NULL,
    TeacherNo INTEGER NOT NULL REFERENCES Teachers (TeacherNo)
);
CREATE TABLE ClubMembers (
    ClubNo INTEGER NOT NULL REFERENCES Clubs (ClubNo),
    StudentNo INTEGER NOT NULL REFERENCES Students (StudentNo),
    "Member Since" DATE NOT NULL,
    PRIMARY KEY (ClubNo, StudentNo)
);
"""

_SUBJECTS = (
    ("MAT", "Mathematics"), ("ENG", "English"), ("FRA", "French"), ("PHY", "Physics"),
    ("CHE", "Chemistry"), ("BIO", "Biology"), ("HIS", "History"), ("GEO", "Geography"),
    ("ART", "Art"), ("MUS", "Music"), ("SPO", "Sports"),
)  # fmt: skip
_WRITTEN = ("MAT", "ENG", "FRA", "PHY", "CHE", "HIS")
_CLASSES = ("7A", "7B", "8A", "8B", "9A", "9B", "10A", "10B", "11A", "11B")
_TOWNS = ("Ballykeel", "Clonmore", "Kilbrin", "Rathard", "St. John's Cross", "Dún Glas")
_CLUBS = (
    ("Chess", "Monday"), ("Choir", "Tuesday"), ("Robotics", "Wednesday"), ("Drama", "Thursday"),
    ("Gardening", "Tuesday"), ("Debating", "Friday"), ("Photography", "Wednesday"),
)  # fmt: skip


def make_rows(rng: random.Random) -> Rows:
    """10 classes with 250 students, 24 teachers, 3,000 exam results, seven clubs."""
    crowd = people(rng)
    teachers = [
        (
            number,
            next(crowd).full_name,
            day(rng, "1990-08-01", "2023-08-31"),
            rng.randint(640, 1180) * 5,
            f"{rng.choice('NSW')}{rng.randint(1, 3)}{rng.randint(10, 29)}" if number % 5 else None,
        )
        for number in range(1, 25)
    ]
    students = [_student(rng, number, next(crowd)) for number in range(1, 251)]
    return {
        "Teachers": teachers,
        "Classes": [
            (name, int(name[:-1]), teacher)
            for name, teacher in zip(_CLASSES, rng.sample(range(1, 25), 10), strict=True)
        ],
        "Students": students,
        "Subjects": list(_SUBJECTS),
        "Lessons": _lessons(rng),
        "Exams": _exams(rng, students),
        "Clubs": [(i, *row, rng.randint(1, 24)) for i, row in enumerate(_CLUBS, 1)],
        "ClubMembers": _members(rng, students),
    }


def _student(rng: random.Random, number: int, person: Person) -> Row:
    class_ = _CLASSES[(number - 1) * len(_CLASSES) // 250]
    born = 2024 - int(class_[:-1]) - 5
    town = rng.choices(_TOWNS, (26, 18, 14, 11, 8, 5))[0]
    lines = {"Ballykeel": (None,), "Kilbrin": ("12",), "Clonmore": ("12", "31", "31", None)}
    bus = rng.choice(lines.get(town, ("31", "44", "44", "12", None)))
    birth = day(rng, f"{born - 1}-09-01", f"{born}-08-31")
    return number, person.first_name, person.last_name, birth, town, bus, class_


def _lessons(rng: random.Random) -> list[Row]:
    staff: Mapping[str, Sequence[int]] = {
        code: rng.sample(range(1, 23), 4) for code, _ in _SUBJECTS
    }
    return [
        (class_, code, rng.choice(staff[code]), 4 if code in ("MAT", "ENG") else rng.randint(1, 3))
        for class_ in _CLASSES
        for code, _ in _SUBJECTS
        if code != "CHE" or int(class_[:-1]) > 7  # chemistry starts in grade 8
    ]


def _exams(rng: random.Random, students: Sequence[Row]) -> list[Row]:
    gifts = {row[0]: rng.gauss(62, 12) for row in students}
    ease = {code: rng.uniform(-9, 9) for code in _WRITTEN}
    rows: list[Row] = []
    for exam in ("2024-01-15", "2024-05-20"):
        for offset, code in enumerate(_WRITTEN):
            when = f"{exam[:8]}{int(exam[8:]) + offset}"
            for row in students:
                if code == "CHE" and row[-1].startswith("7"):
                    continue
                points = round(gifts[row[0]] + ease[code] + rng.gauss(0, 9))
                ill = rng.random() < 0.04
                rows.append(
                    (len(rows) + 1, row[0], code, when, None if ill else max(4, min(100, points)))
                )
    return rows


def _members(rng: random.Random, students: Sequence[Row]) -> list[Row]:
    rows = []
    for club, share in enumerate((0.11, 0.16, 0.1, 0.13, 0.04, 0.08, 0.07), 1):
        for row in students:
            # choir practice clashes with lessons of two classes, chess with those of one
            clash = (club == 2 and row[-1] in ("7B", "11B")) or (club == 1 and row[-1] == "7B")
            if rng.random() < share and not clash:
                rows.append((club, row[0], day(rng, "2021-09-01", "2024-03-31")))
    return rows


QUESTIONS = (
    Question(
        "How many students are in class 8A?", "SELECT count(*) FROM Students WHERE Class = '8A'"
    ),
    Question(
        "What day does the robotics club meet?",
        "SELECT \"Meets On\" FROM Clubs WHERE Club = 'Robotics'",
    ),
    Question(
        "What is the highest number of points anyone has scored in an exam?",
        "SELECT max(Points) FROM Exams",
    ),
    Question(
        "How many students don't take a school bus?",
        'SELECT count(*) FROM Students WHERE "Bus Line" IS NULL',
    ),
    Question(
        "How many students come from each town?",
        'SELECT "Home Town", count(*) FROM Students GROUP BY "Home Town"',
    ),
    Question(
        "Names of the teachers hired before the year 2000, longest-serving first?",
        "SELECT \"Full Name\" FROM Teachers WHERE Hired < '2000-01-01' ORDER BY Hired",
    ),
    Question(
        "First and last names of the students whose last name starts with Mc?",
        'SELECT "First Name", "Last Name" FROM Students WHERE "Last Name" LIKE \'Mc%\'',
    ),
    Question(
        "Who is the class teacher of 9B?",
        'SELECT T2."Full Name" FROM Classes AS T1 JOIN Teachers AS T2 '
        "ON T1.\"Class Teacher\" = T2.TeacherNo WHERE T1.Class = '9B'",
    ),
    Question(
        "What was the average score in each subject?",
        "SELECT T2.Subject, avg(T1.Points) FROM Exams AS T1 JOIN Subjects AS T2 "
        "ON T1.SubjectCode = T2.SubjectCode GROUP BY T2.SubjectCode",
    ),
    Question(
        "Who teaches physics to class 10A?",
        'SELECT T2."Full Name" FROM Lessons AS T1 JOIN Teachers AS T2 '
        "ON T1.TeacherNo = T2.TeacherNo JOIN Subjects AS T3 "
        "ON T1.SubjectCode = T3.SubjectCode WHERE T3.Subject = 'Physics' AND T1.Class = '10A'",
    ),
    Question(
        "Which teachers are not the class teacher of any class?",
        'SELECT "Full Name" FROM Teachers '
        'WHERE TeacherNo NOT IN (SELECT "Class Teacher" FROM Classes)',
    ),
    Question(
        "Which club has the most members?",
        "SELECT T2.Club FROM ClubMembers AS T1 JOIN Clubs AS T2 ON T1.ClubNo = T2.ClubNo "
        "GROUP BY T2.ClubNo ORDER BY count(*) DESC LIMIT 1",
    ),
    Question(
        "How many exam results were better than the average result?",
        "SELECT count(*) FROM Exams WHERE Points > (SELECT avg(Points) FROM Exams)",
    ),
    Question(
        "Which classes have somebody in the chess club but nobody in the choir?",
        "SELECT T1.Class FROM Students AS T1 JOIN ClubMembers AS T2 "
        "ON T1.StudentNo = T2.StudentNo JOIN Clubs AS T3 ON T2.ClubNo = T3.ClubNo "
        "WHERE T3.Club = 'Chess' EXCEPT SELECT T1.Class FROM Students AS T1 "
        "JOIN ClubMembers AS T2 ON T1.StudentNo = T2.StudentNo JOIN Clubs AS T3 "
        "ON T2.ClubNo = T3.ClubNo WHERE T3.Club = 'Choir'",
    ),
    Question(
        "Give me the first and last names of students in class 7A who are in no club at all.",
        'SELECT "First Name", "Last Name" FROM Students WHERE Class = \'7A\' '
        "AND StudentNo NOT IN (SELECT StudentNo FROM ClubMembers)",
    ),
    Question(
        "Who are the top three students in mathematics by average points? First name, last name "
        "and class.",
        'SELECT T1."First Name", T1."Last Name", T1.Class FROM Students AS T1 '
        "JOIN Exams AS T2 ON T1.StudentNo = T2.StudentNo JOIN Subjects AS T3 "
        "ON T2.SubjectCode = T3.SubjectCode WHERE T3.Subject = 'Mathematics' "
        "GROUP BY T1.StudentNo ORDER BY avg(T2.Points) DESC LIMIT 3",
    ),
    Question(
        "Which teachers give more than 20 hours of lessons a week, and how many hours is it?",
        'SELECT T2."Full Name", sum(T1."Hours per Week") FROM Lessons AS T1 '
        "JOIN Teachers AS T2 ON T1.TeacherNo = T2.TeacherNo GROUP BY T2.TeacherNo "
        'HAVING sum(T1."Hours per Week") > 20',
    ),
    Question(
        "From which town do most of the pupils on bus line 12 come?",
        'SELECT "Home Town" FROM Students WHERE "Bus Line" = \'12\' '
        'GROUP BY "Home Town" ORDER BY count(*) DESC LIMIT 1',
    ),
)

SAMPLE = Sample("school", DDL, make_rows, QUESTIONS)
