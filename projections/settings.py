"""Settings as an admin sees them: the value in force, who set it, when, and how often."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.settings import SettingChanged
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class SettingRow:
    """One setting that was ever changed; a ``value`` of None is the default again."""

    key: str
    value: dict[str, Any] | None
    changed_by: int | None
    changed_at: datetime
    revision: int
    position: int


SETTINGS_TABLE = Table("settings", SettingRow, "state", key=("key",))
READ_MODEL = ReadModel("settings", version=1, tables=(SETTINGS_TABLE,))


@READ_MODEL.on(SettingChanged)
def changed(event: SettingChanged, to: WorkingSet) -> None:
    """The newest change of a key is the one in force."""
    value = None if event.value is None else {"value": event.value}
    row = SettingRow(
        event.key, value, event.user_id, event.occurred_at, event.revision, to.position
    )
    to.put(SETTINGS_TABLE, row)
