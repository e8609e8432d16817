"""``python -m tests.simulation``: seeds of the storm, one after another or several at a time.

``--seed 17`` repeats one; ``--seeds 200 --first 1 --at-once 4`` runs many. Each prints its line;
what was wrong follows it, and the logs of its processes are kept.
"""

import argparse
import multiprocessing
import queue
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.simulation.storm.runner import runner
from tests.simulation.storm.seeds import Outcome

MOST_SHOWN = 12


def main() -> int:
    """Run what is asked for; 1 if anything was wrong."""
    asked = _asked()
    started, outcomes = time.monotonic(), list[Outcome]()
    seeds = [asked.seed] if asked.seed is not None else list(_many(asked.first, asked.seeds))
    share = [seeds[n :: asked.at_once] for n in range(asked.at_once)]
    results: multiprocessing.Queue[Outcome] = multiprocessing.get_context("spawn").Queue()
    runners = [
        multiprocessing.get_context("spawn").Process(target=runner, args=(own, asked.logs, results))
        for own in share
        if own
    ]
    for one in runners:
        one.start()
    while len(outcomes) < len(seeds):
        try:
            outcome = results.get(timeout=1)
        except queue.Empty:
            if any(one.is_alive() for one in runners):
                continue
            break
        outcomes.append(outcome)
        print(outcome, flush=True)
        for fault in outcome.faults[:MOST_SHOWN]:
            print(f"    {fault}", flush=True)
    failed = sorted(one.seed for one in outcomes if one.faults)
    met = sum((one.weather for one in outcomes), Counter[str]())
    print(
        f"{len(outcomes)} seeds, {sum(one.events for one in outcomes):,} events, "
        f"{met.total()} mishaps, {time.monotonic() - started:.0f} s; failed: {failed or 'none'}"
    )
    return 1 if failed or len(outcomes) < len(seeds) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="repeat this one")
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--at-once", type=int, default=2, help="how many at a time")
    parser.add_argument(
        "--logs", type=Path, default=Path(tempfile.gettempdir()) / "tallystick-soak"
    )
    return parser.parse_args()


def _many(first: int, count: int) -> Iterator[int]:
    yield from range(first, first + count)


if __name__ == "__main__":
    sys.exit(main())
