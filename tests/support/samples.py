"""Writes a stored sample of each event type's current version, once: old ones are never touched.

python -m tests.support.samples
"""

from pathlib import Path

import orjson

from events.engine import canonical
from events.engine.catalogue import event_types
from events.engine.event import ENVELOPE
from tests.support.histories import of_every_type

FOLDER = Path(__file__).parents[1] / "samples" / "events"


def write() -> list[str]:
    """Write what is missing; the names of the new files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    newest = {event.event_type: event for event in of_every_type(1)}
    written = []
    for name, cls in event_types().items():
        path = FOLDER / f"{name}.v{cls.schema_version}.json"
        if path.exists():
            continue
        row = canonical.stored(newest[name], 1)
        envelope = {field: getattr(row, field) for field in ENVELOPE}
        sample = {"envelope": envelope, "payload": orjson.loads(row.payload)}
        path.write_bytes(orjson.dumps(sample, option=orjson.OPT_INDENT_2) + b"\n")
        written.append(path.name)
    return written


if __name__ == "__main__":
    print("\n".join(write()) or "Every sample is there.")
