"""The commands of ``text2sql``: each module is a command of the same name.

A module's docstring is its help text, followed by ``EXAMPLES``. ``add_arguments(parser)`` declares
its flags; ``run(args)`` does the work and returns the exit status. Slow imports belong inside
``run``, so that ``--help`` is fast. A new module is found without registration.
"""
