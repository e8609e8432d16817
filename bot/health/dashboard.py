"""The Grafana dashboard, as a list of panels; ``python -m bot.health.dashboard`` prints the file.

A new metric gets a panel (or a line in one) here; then
``python -m bot.health.dashboard > bot/health/grafana.json``.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

ACROSS: Final = 3
WIDTH: Final = 24 // ACROSS
HEIGHT: Final = 8
SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
OURS: Final = '{job=~"$job"}'


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture: PromQL and how each line is called; ``unit`` is Grafana's name of it."""

    title: str
    unit: str
    lines: Sequence[tuple[str, str]]


def label(name: str) -> str:
    """The value of a label, in what a line is called."""
    return "{{" + name + "}}"


def rate(metric: str, by: str) -> tuple[str, str]:
    """How often a second, a line for each ``by``."""
    return f"sum by ({by}) (rate({metric}{OURS}[$__rate_interval]))", label(by)


def total_rate(metric: str, legend: str) -> tuple[str, str]:
    """How often a second, all together."""
    return f"sum(rate({metric}{OURS}[$__rate_interval]))", legend


def times(metric: str, of: str = "") -> list[tuple[str, str]]:
    """The median and the hundredth slowest of a histogram, for each ``of`` if it is given."""
    by = f"le, {of}" if of else "le"
    buckets = f"sum by ({by}) (rate({metric}_bucket{OURS}[$__rate_interval]))"
    name = f"{label(of)} " if of else ""
    return [
        (f"histogram_quantile({share}, {buckets})", f"{name}{word}")
        for share, word in ((0.5, "half"), (0.99, "99 of 100"))
    ]


def most(metric: str, by: str = "") -> tuple[str, str]:
    """What every process tells alike."""
    if by:
        return f"max by ({by}) ({metric}{OURS})", label(by)
    return f"max({metric}{OURS})", "all"


def each(metric: str, legend: str = "{{instance}}") -> tuple[str, str]:
    """What each process tells of itself."""
    return f"{metric}{OURS}", legend


ROWS: Final[Sequence[tuple[str, Sequence[Panel]]]] = (
    (
        "From Discord into the log",
        (
            Panel("Payloads", "ops", [rate("tallystick_payloads_total", "event_name")]),
            Panel("New events", "ops", [rate("tallystick_events_recorded_total", "event_type")]),
            Panel(
                "Known already",
                "ops",
                [
                    rate("tallystick_events_duplicate_total", "event_type"),
                    rate("tallystick_payloads_ignored_total", "reason"),
                ],
            ),
            Panel(
                "Not recorded",
                "ops",
                [
                    rate("tallystick_lost_total", "reason"),
                    rate("tallystick_payloads_quarantined_total", "event_name"),
                    rate("tallystick_events_conflicting_total", "event_type"),
                ],
            ),
            Panel(
                "Gaps, and those that were filled",
                "ops",
                [
                    rate("tallystick_gaps_total", "reason"),
                    total_rate("tallystick_gaps_filled_total", "filled"),
                ],
            ),
            Panel(
                "Waiting to be recorded",
                "short",
                [
                    each("tallystick_capture_queue_payloads", "payloads {{instance}}"),
                    each("tallystick_writer_queue_events", "events {{instance}}"),
                ],
            ),
            Panel(
                "Steps on disk while the database is away",
                "short",
                [each("tallystick_spool_depth")],
            ),
            Panel("Their bytes", "bytes", [each("tallystick_spool_bytes")]),
            Panel("Age of the oldest", "s", [each("tallystick_spool_age_seconds")]),
            Panel("A page of capture", "s", times("tallystick_capture_page_seconds")),
            Panel("A batch of the writer", "s", times("tallystick_writer_batch_seconds")),
            Panel("Events in a batch", "short", times("tallystick_writer_batch_events")),
        ),
    ),
    (
        "Read models and what else follows the log",
        (
            Panel("Events not taken in", "short", [most("tallystick_lag_events", "follower")]),
            Panel("Age of the oldest", "s", [most("tallystick_lag_seconds", "follower")]),
            Panel(
                "Guilds in which it stands still",
                "short",
                [most("tallystick_stopped_guilds", "follower")],
            ),
            Panel("Folded", "ops", [rate("tallystick_worker_events_total", "instance")]),
            Panel("A page of a worker", "s", times("tallystick_worker_page_seconds")),
        ),
    ),
    (
        "Commands and buttons",
        (
            Panel("Until Discord hears of us", "s", times("tallystick_acknowledge_seconds")),
            Panel("The work", "s", times("tallystick_interaction_seconds", "kind")),
            Panel("How they end", "ops", [rate("tallystick_interaction_seconds_count", "outcome")]),
            Panel("Waiting", "short", [each("tallystick_commands_waiting")]),
            Panel("A batch of commands", "s", times("tallystick_command_batch_seconds")),
        ),
    ),
    (
        "Acts in Discord",
        (
            Panel("Still to be done", "short", [most("tallystick_effects_pending", "effect")]),
            Panel("Failed, tried again", "short", [most("tallystick_effects_failed", "effect")]),
            Panel(
                "Refused by Discord",
                "ops",
                [
                    rate("tallystick_roles_refused_total", "way"),
                    total_rate("tallystick_notices_refused_total", "notices"),
                ],
            ),
            Panel(
                "Put off, or waited too long",
                "ops",
                [
                    rate("tallystick_breakers_opened_total", "way"),
                    rate("tallystick_notices_dropped_total", "reason"),
                ],
            ),
            Panel(
                "Invalid requests (10,000 in ten minutes are too many)",
                "ops",
                [rate("tallystick_invalid_requests_total", "status")],
            ),
        ),
    ),
    (
        "Discord's gateway",
        (
            Panel("Shards connected", "short", [most("tallystick_gateway_connected", "shard")]),
            Panel("Heartbeat", "s", [most("tallystick_gateway_heartbeat_seconds", "shard")]),
            Panel(
                "Sessions",
                "ops",
                [
                    total_rate("tallystick_gateway_sessions_total", "begun"),
                    total_rate("tallystick_gateway_resumes_total", "taken up again"),
                    total_rate("tallystick_gateway_disconnects_total", "connections lost"),
                ],
            ),
            Panel("Identifies left", "short", [most("tallystick_identify_remaining")]),
            Panel("Until they are full again", "s", [most("tallystick_identify_reset_seconds")]),
            Panel("Guilds", "short", [(f"sum(tallystick_guilds{OURS})", "guilds")]),
        ),
    ),
    (
        "Processes",
        (
            Panel("Memory", "bytes", [each("process_resident_memory_bytes")]),
            Panel(
                "Processor",
                "percentunit",
                [(f"rate(process_cpu_seconds_total{OURS}[$__rate_interval])", "{{instance}}")],
            ),
            Panel(
                "Connections to the database",
                "short",
                [
                    each("tallystick_pool_connections", "open {{instance}}"),
                    each("tallystick_pool_idle_connections", "idle {{instance}}"),
                    each("tallystick_pool_waiting", "waited for {{instance}}"),
                ],
            ),
        ),
    ),
)


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana reads it; it asks for the Prometheus to look at."""
    return {
        "title": "Tallystick",
        "uid": "tallystick",
        "schemaVersion": 39,
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {"list": [_SOURCE, _JOB]},
        "panels": list(_placed()),
    }


_SOURCE: Final = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Source"}
_JOB: Final = {
    "name": "job",
    "type": "query",
    "label": "Job",
    "datasource": SOURCE,
    "query": "label_values(tallystick_pool_connections, job)",
    "refresh": 1,
    "multi": True,
    "includeAll": True,
}


def _placed() -> Iterator[dict[str, Any]]:
    """Each row's title and below it its panels, side by side."""
    at, number = 0, 0
    for title, panels in ROWS:
        number += 1
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "collapsed": False,
            "panels": [],
            "gridPos": {"x": 0, "y": at, "w": 24, "h": 1},
        }
        at += 1
        for place, panel in enumerate(panels):
            number += 1
            down, right = divmod(place, ACROSS)
            corner = {"x": right * WIDTH, "y": at + down * HEIGHT, "w": WIDTH, "h": HEIGHT}
            yield _panel(number, panel) | {"gridPos": corner}
        at += HEIGHT * -(-len(panels) // ACROSS)


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    return {
        "id": number,
        "type": "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "expr": expr, "legendFormat": legend}
            for place, (expr, legend) in enumerate(panel.lines)
        ],
    }


def main() -> None:
    """Print the file."""
    json.dump(dashboard(), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
