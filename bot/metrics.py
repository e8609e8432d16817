"""Everything that this program counts and measures: ``tallystick_…``, units at the end of the name.

Counters and histograms are moved where it happens; gauges are set just before they are read, by
``bot/health``. Label values are words of ours or of Discord's events and a shard's number, and
never anybody's id or text. What is told of all guilds together (lag, effects) every process tells
alike: look at the maximum over the processes, not at the sum.
"""

from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from functools import cache
from math import nan
from time import perf_counter
from typing import Final

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from sql.health import Acts, Backlog
from sql.pool import Use

disable_created_metrics()  # type: ignore[no-untyped-call]  # twice as many series, for a time that nobody asks for

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES: Final = (1, 3, 10, 30, 100, 300, 1000)

# Capture: from Discord's payloads to facts in the lake.
PAYLOADS = Counter("tallystick_payloads", "Payloads taken in from the gateway.", ["event_name"])
IGNORED = Counter("tallystick_payloads_ignored", "Payloads that tell no new fact.", ["reason"])
ignored = cache(IGNORED.labels)
"""The counter of one reason: looked up once, because half of all that is seen is known already."""
QUARANTINED = Counter(
    "tallystick_payloads_quarantined", "Payloads that could not be understood.", ["event_name"]
)
RECORDED = Counter("tallystick_events_recorded", "Events new in the lake.", ["event_type"])
DUPLICATES = Counter(
    "tallystick_events_duplicate", "Events that were there already.", ["event_type"]
)
CONFLICTS = Counter(
    "tallystick_events_conflicting", "Events whose key is taken by another fact.", ["event_type"]
)
GAPS = Counter("tallystick_gaps", "Gaps that were recorded, in all servers.", ["reason"])
GAPS_FILLED = Counter("tallystick_gaps_filled", "Gaps of which the rest has been fetched.")
LOST = Counter("tallystick_lost", "Payloads or events that were not recorded.", ["reason"])
CAPTURE_QUEUE = Gauge("tallystick_capture_queue_payloads", "Payloads that wait to be recorded.")
SPOOL_DEPTH = Gauge("tallystick_spool_depth", "Steps that wait on disk for the database.")
SPOOL_BYTES = Gauge("tallystick_spool_bytes", "Bytes of steps that wait on disk for the database.")
SPOOL_AGE = Gauge("tallystick_spool_age_seconds", "How long the oldest step has waited on disk.")
CAPTURE_SECONDS = Histogram(
    "tallystick_capture_page_seconds",
    "Numbering and recording one page of payloads.",
    buckets=_SECONDS,
)

# The writer in front of the lake.
WRITER_QUEUE = Gauge("tallystick_writer_queue_events", "Events that wait to be written.")
WRITER_SECONDS = Histogram(
    "tallystick_writer_batch_seconds", "Appending one batch, commit included.", buckets=_SECONDS
)
WRITER_EVENTS = Histogram("tallystick_writer_batch_events", "Events in a batch.", buckets=_SIZES)

# Workers, and what follows the log.
WORKER_SECONDS = Histogram(
    "tallystick_worker_page_seconds", "Folding one guild's page, commit included.", buckets=_SECONDS
)
FOLDED = Counter("tallystick_worker_events", "Events that this process has folded.")
LAG_EVENTS = Gauge("tallystick_lag_events", "Events not taken in, in all guilds.", ["follower"])
LAG_SECONDS = Gauge(
    "tallystick_lag_seconds", "How long the oldest event not taken in has waited.", ["follower"]
)
STOPPED = Gauge("tallystick_stopped_guilds", "Guilds in which it stands still.", ["follower"])

# Commands and buttons.
ACKNOWLEDGED = Histogram(
    "tallystick_acknowledge_seconds",
    "From the time in an interaction's id to our acknowledgement; Discord allows three seconds.",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 5, 10),
)
INTERACTIONS = Histogram(
    "tallystick_interaction_seconds",
    "The work for an interaction, by how it ended.",
    ["kind", "outcome"],
    buckets=_SECONDS,
)
COMMANDS_WAITING = Gauge("tallystick_commands_waiting", "Commands that nobody is at yet.")
COMMAND_SECONDS = Histogram(
    "tallystick_command_batch_seconds",
    "The transaction of one batch of commands.",
    buckets=_SECONDS,
)

# Effects: acts in Discord.
EFFECTS_PENDING = Gauge("tallystick_effects_pending", "Acts still to be done.", ["effect"])
EFFECTS_FAILED = Gauge(
    "tallystick_effects_failed", "Acts still to be done that have failed before.", ["effect"]
)
ROLES_REFUSED = Counter(
    "tallystick_roles_refused", "Roles that Discord did not let us give or take.", ["way"]
)
NOTICES_REFUSED = Counter("tallystick_notices_refused", "Messages that Discord did not take.")
INVALID_REQUESTS = Counter(
    "tallystick_invalid_requests",
    "Requests that Discord answered with 401, 403 or 429.",
    ["status"],
)
NOTICES_DROPPED = Counter(
    "tallystick_notices_dropped", "Messages that waited until they were no news.", ["reason"]
)
BREAKERS_OPENED = Counter(
    "tallystick_breakers_opened",
    "Times Discord refused an act so often that it is put off.",
    ["way"],
)

# Discord's gateway.
GUILDS = Gauge("tallystick_guilds", "Guilds that the client knows.")
CONNECTED = Gauge("tallystick_gateway_connected", "Whether the shard is connected.", ["shard"])
HEARTBEAT = Gauge(
    "tallystick_gateway_heartbeat_seconds", "From a heartbeat to its answer.", ["shard"]
)
SESSIONS = Counter("tallystick_gateway_sessions", "New sessions, each after an identify.")
RESUMES = Counter("tallystick_gateway_resumes", "Sessions taken up again.")
DISCONNECTS = Counter("tallystick_gateway_disconnects", "Connections that ended.")
IDENTIFY_LEFT = Gauge("tallystick_identify_remaining", "Identifies that Discord still allows.")
IDENTIFY_RESET = Gauge(
    "tallystick_identify_reset_seconds", "Until Discord allows the full number again."
)
for gauge in (IDENTIFY_LEFT, IDENTIFY_RESET):
    gauge.set(nan)  # Discord has not said it yet, or this process does not speak to it

# The process.
POOL_OPEN = Gauge("tallystick_pool_connections", "Connections to the database that are open.")
POOL_IDLE = Gauge("tallystick_pool_idle_connections", "Connections that nobody uses.")
POOL_WAITING = Gauge("tallystick_pool_waiting", "Threads that wait for a connection.")


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Measure the block, however it ends."""
    started = perf_counter()
    try:
        yield
    finally:
        histogram.observe(perf_counter() - started)


@contextmanager
def writing(events: Sized) -> Iterator[None]:
    """Measure the writing of one batch."""
    WRITER_EVENTS.observe(len(events))
    with timed(WRITER_SECONDS):
        yield


def show_pool(use: Use) -> None:
    """Set how the connections are used."""
    POOL_OPEN.set(use.open)
    POOL_IDLE.set(use.idle)
    POOL_WAITING.set(use.waiting)


def show_waiting(backlogs: Iterable[Backlog], acts: Iterable[Acts]) -> None:
    """Set what is behind and what is to be done."""
    for backlog in backlogs:
        LAG_EVENTS.labels(backlog.name).set(backlog.events)
        LAG_SECONDS.labels(backlog.name).set(backlog.seconds)
        STOPPED.labels(backlog.name).set(backlog.stopped)
    EFFECTS_PENDING.clear()
    EFFECTS_FAILED.clear()
    for act in acts:
        EFFECTS_PENDING.labels(act.effect).set(act.pending)
        EFFECTS_FAILED.labels(act.effect).set(act.failed)


def forget_waiting() -> None:
    """What cannot be looked at now is not shown: an old number would look like a good one."""
    for gauge in (LAG_EVENTS, LAG_SECONDS, STOPPED, EFFECTS_PENDING, EFFECTS_FAILED):
        gauge.clear()
