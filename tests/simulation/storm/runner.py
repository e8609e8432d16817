"""Runs seeds in a process of its own, on a server of its own."""

import multiprocessing
import shutil
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.simulation.storm.seeds import Outcome, run
from tests.support import postgres


def runner(seeds: list[int], logs: Path, results: "multiprocessing.Queue[Outcome]") -> None:
    """Run ``seeds``, one after another; of those that fail the processes' logs stay in ``logs``."""
    with postgres.server() as server:
        for seed in seeds:
            folder = logs / f"seed-{seed}"
            shutil.rmtree(folder, ignore_errors=True)
            started = time.monotonic()
            try:
                outcome = run(seed, server, folder)
            except Exception:
                seconds = time.monotonic() - started
                outcome = Outcome(seed, 0, Counter(), seconds, [traceback.format_exc()])
            if not outcome.faults:
                shutil.rmtree(folder, ignore_errors=True)
            results.put(outcome)
