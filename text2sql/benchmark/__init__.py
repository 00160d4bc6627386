"""Benchmarks of speed and quality: ``python -m text2sql.benchmark NAME``, one per module.

A module's docstring is its help text. ``add_arguments(parser)`` declares its flags. ``run(args)``
prints the measurements and returns the exit status. A new module is found without registration.
"""
