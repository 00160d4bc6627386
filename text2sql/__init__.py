"""English questions in, SQL that ran and its rows out."""
