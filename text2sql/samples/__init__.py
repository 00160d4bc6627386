"""Eight small databases of our own, each with questions and gold SQL to measure with.

``python -m text2sql.samples`` writes them to ``text2sql/assets/samples`` in Spider's layout.
"""

from text2sql.samples import (
    airline,
    bike_shop,
    city_libraries,
    clinic,
    farm_coop,
    film_festival,
    music_label,
    school,
)

__all__ = ["SAMPLES"]

SAMPLES = tuple(
    module.SAMPLE
    for module in (
        airline,
        bike_shop,
        city_libraries,
        clinic,
        farm_coop,
        film_festival,
        music_label,
        school,
    )
)
