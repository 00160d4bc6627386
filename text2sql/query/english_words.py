"""English words for operators and functions."""

from __future__ import annotations

__all__ = ["ARITHMETIC", "CALLS", "COMPARED", "IN_TIME", "WINDOWS"]

ARITHMETIC = {
    "+": "plus", "-": "minus", "*": "times", "/": "divided by", "ratio": "divided by",
    "percent_of": "as a percentage of", "||": "followed by",
}  # fmt: skip
COMPARED = {
    "=": "is", "!=": "is not", ">": "is more than", "<": "is less than",
    ">=": "is at least", "<=": "is at most",
}  # fmt: skip
IN_TIME = {
    ">": "is after", "<": "is before", ">=": "is on or after", "<=": "is on or before",
}  # fmt: skip

#: By name and number of arguments, -1 for any. ``{0}`` and ``{1}`` are arguments; the last two
#: fields are all arguments, listed with "and" and with "or".
CALLS = {
    ("year", 1): "the year of {0}", ("month", 1): "the month of {0}", ("day", 1): "the day of {0}",
    ("weekday", 1): "the day of the week of {0}", ("hour", 1): "the hour of {0}",
    ("minute", 1): "the minute of {0}", ("year_month", 1): "the year and month of {0}",
    ("month_day", 1): "the month and day of {0}", ("clock", 1): "the time of day of {0}",
    ("age", 1): "the age in years since {0}", ("today", 0): "today",
    ("years_between", 2): "the years from {1} to {0}",
    ("days_between", 2): "the days from {1} to {0}",
    ("hours_between", 2): "the hours from {1} to {0}",
    ("minutes_between", 2): "the minutes from {1} to {0}",
    ("date", 1): "the date of {0}", ("date", 2): "the date of {0} moved by {1}",
    ("datetime", 2): "the moment {0} moved by {1}", ("datetime", 1): "the moment {0}",
    ("time", 1): "the time of {0}", ("julianday", 1): "the day number of {0}",
    ("strftime", 2): "{1} in the form {0}",
    ("length", 1): "the length of {0}", ("upper", 1): "{0} in capitals",
    ("lower", 1): "{0} in small letters", ("trim", 1): "{0} without blanks around it",
    ("trim", 2): "{0} without {1} around it", ("substr", 2): "{0} from letter {1}",
    ("substr", 3): "{2} letters of {0} from letter {1}", ("instr", 2): "the place of {1} in {0}",
    ("replace", 3): "{0} with {2} for {1}", ("abs", 1): "the size of {0}",
    ("round", 1): "{0} rounded", ("round", 2): "{0} rounded to {1} places",
    ("cast_integer", 1): "{0} as a whole number", ("cast_real", 1): "{0} as a number",
    ("cast_text", 1): "{0} as text", ("coalesce", 2): "{0}, or else {1},",
    ("nullif", 2): "{0} unless it is {1}", ("negative", 1): "minus {0}",
    ("%", 2): "the rest of {0} divided by {1}", ("group_concat", 1): "the list of {different}{0}",
    ("group_concat", 2): "the list of {different}{0} with {1} between",
    ("max", 2): "the greater of {0} and {1}", ("min", 2): "the smaller of {0} and {1}",
    ("current_date", 0): "today", ("current_timestamp", 0): "now",
}  # fmt: skip

WINDOWS = {
    "row_number": "the place", "rank": "the rank", "dense_rank": "the rank without gaps",
    "ntile": "the part of {0} equal ones", "lag": "the {0} of the row before",
    "lead": "the {0} of the row after",
}  # fmt: skip
