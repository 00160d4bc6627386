"""A conversation about one database: a follow-up changes the query of the answer before it."""
