"""Questions made up over training databases, in the words people use beside the schema's own.

Spider's questions name columns by their names, count rather than add up, hardly ever ask for what
is missing and write dates as the database does. Here a synchronous grammar writes the question and
its query side by side, over what a table is seen to hold: things with names, measures, kinds,
dates, and the keys between them.
"""

from train.pocket.synthesis.compose import compose

__all__ = ["compose"]
