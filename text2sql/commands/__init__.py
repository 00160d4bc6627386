"""The commands of ``text2sql``, one module each, called by its name.

A module's docstring is its help; ``EXAMPLES`` is shown below it. ``add_arguments(parser)`` declares
its flags and ``run(args)`` does the work and returns the exit status. Whatever is slow to import is
imported inside ``run``, so that ``--help`` is quick. Adding a module adds the command.
"""
