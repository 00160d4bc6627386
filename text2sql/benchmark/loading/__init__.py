"""The parts of the load benchmark: the page, its clients, what is measured, the report."""
