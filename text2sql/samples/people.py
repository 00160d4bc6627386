"""Invented people: first and last names of many countries, put together by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Person", "people"]

_WOMEN = """
    Aaliyah Agnieszka Aïcha Alba Amara Anaïs Aoife Astrid Beatriz Birgit Brigid Carmen Chiara
    Chloé Daniela Dilara Edith Eleni Elif Emília Esther Fatou Fiona Freya Gabriela Giulia Grace
    Hannah Helga Ines Ingrid Iris Jana Jelena Joséphine Katarína Kirsten Lena Leïla Lucía Maeve
    Małgorzata Marie Mei Mirjam Nadia Naomi Nina Noor Olga Paula Petra Priya Renée Rosa Ruth Sanne
    Saoirse Sigrid Sofía Tamara Teresa Thandiwe Ulla Vera Wanjiru Yasmin Yuki Zoë Zsófia
"""
_MEN = """
    Aarón Abdou Adrián Aleksander André Anton Arjun Bashir Bastien Benoît Bjørn Callum Ciarán Daan
    Dario Dieter Dmitri Eamon Eduardo Emre Erik Étienne Femi Finn François Gábor Giorgos Håkon
    Hamza Henrik Hugo Ibrahim Ivo Jakub Jean-Luc João Joris Julián Kaito Kwame Lars László Liam
    Luca Łukasz Marek Mateo Matthias Mehmet Milan Nils Noah Olivier Oscar Pavel Pedro Rafael Rohan
    Ruben Samuel Seán Sven Tadeusz Thabo Tomás Umar Victor Willem Yannick Zoltán
"""
_SURNAMES = """
    Achterberg Ahlgren Akintola Almqvist Andrade Arslanoğlu Babić Baptista Bauwens Beaulieu
    Berggren Björkman Bondarev Brandsma Brzeziński Carvalhal Castellani Chaudhari D'Amico D'Souza
    Delacroix-Petit Demirtaş Desrosiers Diallo-Sow Doherty Duarte Dube Dąbrowski Eklund
    Engelbrecht Escalante Fairweather Fernández-Rey Fitzwilliam Fjeldstad Galloway Gauthier
    Grünwald Hadžić Halloran Haraldsen Hashemi Heikkinen Hofstetter Horváthová Iglesias Ionescu
    Jankowska Jørgensen Kallio Kamara Katsaros Kovačević Kuznetsova L'Hermite Lindqvist Llorente
    Lundgren MacAskill Maertens Mahlangu Marchetti McAllister Menzies Mihaylov Moretti N'Diaye
    Nakagawa Navarrete Nwosu O'Brien O'Connell O'Shea Okafor Olafsdóttir Ortega Palmgren Papadakis
    Peralta Pettersen Quintero Rautio Reinholt Rosenthal Růžička Saavedra Sandoval Sato Schäfer
    Schönberg Soler Steenkamp Szabó Sørensen Takahara Tavares Tremblay Türkmen Underhill
    Vandersteen Verhoeven Villalobos Virtanen Vázquez Wachowska Wetherby Wójcik Yamauchi Yıldırım
    Zamora Zieliński Østergaard
"""


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    sex: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def people(rng: random.Random) -> Iterator[Person]:
    """People without end, no two of whom share both names.

    There are some thirteen thousand pairs; a sample needs a few hundred.
    """
    first_names = {"F": _WOMEN.split(), "M": _MEN.split()}
    last_names = _SURNAMES.split()
    seen = set()
    while True:
        sex = rng.choice("FM")
        person = Person(rng.choice(first_names[sex]), rng.choice(last_names), sex)
        if person.full_name not in seen:
            seen.add(person.full_name)
            yield person
