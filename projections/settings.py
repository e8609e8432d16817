"""Settings as an admin sees them: the newest change of each key, and every change there was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.settings import RulesAdopted, SettingChanged
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table

VERSION_KEY = "rule_version"
"""What stands for the key in the changes when a rule version is adopted."""


@dataclass(slots=True)
class SettingRow:
    """One setting that was ever changed; a ``value`` of None is the default again."""

    key: str
    value: dict[str, Any] | None
    changed_by: int | None
    changed_at: datetime
    revision: int
    position: int


@dataclass(slots=True)
class Change:
    """One change: who, when, from what, to what."""

    position: int
    key: str
    revision: int
    changed_by: int | None
    previous: dict[str, Any] | None
    value: dict[str, Any] | None
    occurred_at: datetime


SETTINGS_TABLE = Table("settings", SettingRow, "state", key=("key",))
CHANGES = Table("setting_changes", Change, "journal", key=("position",))
READ_MODEL = ReadModel("settings", version=2, tables=(SETTINGS_TABLE, CHANGES))


@READ_MODEL.on(SettingChanged)
def changed(event: SettingChanged, to: WorkingSet) -> None:
    """The newest change of a key is the one in force."""
    row = SettingRow(
        event.key,
        _kept(event.value),
        event.user_id,
        event.occurred_at,
        event.revision,
        to.position,
    )
    to.put(SETTINGS_TABLE, row)
    _note(to, event, event.key, event.previous, event.value)


@READ_MODEL.on(RulesAdopted)
def adopted(event: RulesAdopted, to: WorkingSet) -> None:
    """The guild goes by another rule version."""
    _note(to, event, VERSION_KEY, event.previous, event.version)


def _note(
    to: WorkingSet,
    event: SettingChanged | RulesAdopted,
    key: str,
    previous: int | str | None,
    value: int | str | None,
) -> None:
    line = Change(
        to.position,
        key,
        event.revision,
        event.user_id,
        _kept(previous),
        _kept(value),
        event.occurred_at,
    )
    to.write(CHANGES, line)


def _kept(value: int | str | None) -> dict[str, Any] | None:
    return None if value is None else {"value": value}
