"""Made-up questions over training databases, in everyday words as well as the schema's own.

Spider's questions call columns by their names, count more often than they add up, hardly ever ask
for missing values, and write dates as the database does. Here a synchronous grammar writes each
question together with its query. It works from the names, measures, kinds and dates found in each
table, and from the keys between tables.
"""

from train.pocket.synthesis.compose import compose

__all__ = ["compose"]
