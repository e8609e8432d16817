"""The fingerprint: every object of the schema in words, compared with what this code expects.

``fingerprint.json`` is written by ``python -m bot db fingerprint`` and a test holds it in step
with the migrations and the read models' tables.
"""

import json
from collections.abc import Collection, Iterator

from sql.pool import Connection
from sql.statements import ROOT, query

EXPECTED = ROOT / "fingerprint.json"

Fingerprint = dict[str, dict[str, str]]
"""``{table: {object: definition}}``."""


def take(conn: Connection) -> Fingerprint:
    """The fingerprint of the database as it is now."""
    found: Fingerprint = {}
    rows = conn.execute(query("queries/migrations.sql", "fingerprint")).fetchall()
    for table, name, definition in rows:
        found.setdefault(table, {})[name] = definition
    return found


def expected() -> Fingerprint:
    """The fingerprint that this code was written against."""
    fingerprint: Fingerprint = json.loads(EXPECTED.read_text("utf-8"))
    return fingerprint


def drift(
    actual: Fingerprint, wanted: Fingerprint, *, ignoring: Collection[str] = ()
) -> Iterator[str]:
    """One sentence for each object that is missing, unexpected or different.

    ``ignoring`` names the tables of read models that are about to be rebuilt.
    """
    for table in sorted({*actual, *wanted} - set(ignoring)):
        have, want = actual.get(table, {}), wanted.get(table, {})
        for name in sorted({*have, *want}):
            if name not in have:
                yield f"{name} is missing; expected: {want[name]}"
            elif name not in want:
                yield f"{name} is not known to this code: {have[name]}"
            elif have[name] != want[name]:
                yield f"{name} differs; expected: {want[name]}; found: {have[name]}"
