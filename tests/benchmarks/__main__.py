"""``make bench``: every figure beside its target and beside plain SQL. A report, so always 0.

python -m tests.benchmarks [NAME ...] [--events N] [--quick] [--json]
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator

from rich.console import Console

from bot.crowd import take_short_turns
from tests.benchmarks import (
    appending,
    crowding,
    drawing,
    folding,
    growing,
    metering,
    overloading,
    paying,
    ruling,
    spooling,
    transferring,
)
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.stage import Stage
from tests.support import postgres

BENCHMARKS: dict[str, Callable[[Stage], Iterator[Figure]]] = {
    "append": appending.through_the_writer,
    "commit": appending.one_by_one,
    "live": folding.live,
    "rebuild": folding.from_nothing,
    "rules": ruling.rules,
    "spool": spooling.through_the_spool,
    "growth": growing.with_history,
    "pay": paying.payments,
    "transfers": transferring.transfers,
    "postings": transferring.many_postings,
    "cards": drawing.cards,
    "crowd": crowding.crowd,
    "metrics": metering.metering,
    "overload": overloading.overload,
}
QUICK_SHARE = 10


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"which to run, of {', '.join(BENCHMARKS)}; all by default",
    )
    parser.add_argument(
        "--events", type=int, default=1_000_000, help="how long the long history is (1,000,000)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one round of a tenth of the work: to see that it runs"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHMARKS):
        parser.error(f"no benchmark called {', '.join(sorted(unknown))}")
    return asked


def main() -> None:
    """Measure and report."""
    asked = arguments()
    take_short_turns()
    names = asked.names or list(BENCHMARKS)
    console = Console(width=None if sys.stdout.isatty() else 110)
    progress = Console(stderr=True)
    figures: list[Figure] = []
    with postgres.server(durable=True) as server:
        stage = Stage(
            server,
            events=asked.events // QUICK_SHARE if asked.quick else asked.events,
            rounds=1 if asked.quick else 3,
            shorter=QUICK_SHARE if asked.quick else 1,
        )
        try:
            for name in names:
                progress.print(f"[dim]measuring {name} ...[/]")
                figures += BENCHMARKS[name](stage)
        finally:
            stage.close()
    if asked.json:
        print(json.dumps([figure.as_dict() for figure in figures], indent=2))
    else:
        console.print(table(figures))


if __name__ == "__main__":
    main()
