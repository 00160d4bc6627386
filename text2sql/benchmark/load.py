"""What becomes of the page when many people use it at once.

Starts the page in one or more processes, lets clients ask, run, compare, send files, run slow
queries and vanish, and prints the errors by kind, how long each call took, who was told that a
line is full and how soon, the memory of the page and its workers, and what is left of it all.
With --visitors, clients read what they get and ask twice a minute, which says how many visitors a
machine carries. The table at the end is the one of docs/security.md. Only this machine is reached.
Memory, processes and the time of cores are known on Linux only.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from text2sql.arguments import add_json

__all__ = ["add_arguments", "run"]

_MOST_CLIENTS = 200
_MOST_PROCESSES = 8
_MOST_STATEMENTS = 10_000


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--clients",
        type=_clients,
        nargs="+",
        default=[20, 100],
        metavar="N",
        help="one run for each of these numbers (default: 20 100)",
    )
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="of each run (default: %(default)g)"
    )
    parser.add_argument(
        "--after",
        type=float,
        default=5.0,
        metavar="MINUTES",
        help="to wait after each run before memory is read again (default: %(default)g)",
    )
    parser.add_argument(
        "--processes",
        type=_processes,
        default=1,
        metavar="N",
        help="of the page, among which the clients are divided (default: %(default)s)",
    )
    _add_clients(parser)
    parser.add_argument("--seed", type=int, default=1, help="of what clients do, and when")
    add_json(parser)


def _add_clients(parser: ArgumentParser) -> None:
    """Add the kinds of clients besides those that ask as fast as they can."""
    parser.add_argument(
        "--visitors",
        action="store_true",
        help="let clients ask the samples' questions, one each half minute, and nothing hostile",
    )
    parser.add_argument(
        "--hostile",
        type=_statements,
        default=0,
        metavar="N",
        help="also send this many hostile statements, and measure how much slower a visitor's "
        "calls get beside them (default: none)",
    )
    parser.add_argument(
        "--leaving",
        type=_clients,
        default=0,
        metavar="N",
        help="also let N visitors send two files of 7 MB each and leave, and measure what the page "
        "holds afterwards (default: none)",
    )


def _clients(text: str) -> int:
    return _up_to(_MOST_CLIENTS, text)


def _processes(text: str) -> int:
    return _up_to(_MOST_PROCESSES, text)


def _statements(text: str) -> int:
    return _up_to(_MOST_STATEMENTS, text)


def _up_to(most: int, text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= most:
        raise ArgumentTypeError(f"{text!r}: write a number from 1 to {most}")
    return int(text)


def run(args: Namespace) -> int:
    import json

    from text2sql.benchmark.loading.measure import Load, measured
    from text2sql.benchmark.loading.report import lines, table

    found = []
    for clients in args.clients:
        load = Load(
            clients,
            60 * args.minutes,
            60 * args.after,
            args.seed,
            args.processes,
            args.visitors,
            args.hostile,
            args.leaving,
        )
        figures = measured(load)
        found.append(figures)
        if not args.json:
            print("\n".join([*lines(figures), "", *table(figures), ""]), flush=True)
    if args.json:
        print(json.dumps(found))
    return 0
