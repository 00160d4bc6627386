"""How fast is it? ``python -m text2sql.benchmark NAME``, with one benchmark a module.

A module's docstring is its help. ``add_arguments(parser)`` declares its flags; ``run(args)`` prints
what it measured and returns the exit status. Adding a module adds the benchmark.
"""
