"""The shape of a payload that could not be understood: keys, types and ids, never its text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

MOST_KEYS: Final = 60
MOST_ITEMS: Final = 3
DEEPEST: Final = 6
MOST_PROBLEMS: Final = 20


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One payload as it is kept. ``guild_id`` is None when the payload does not tell."""

    guild_id: int | None
    event_name: str
    problems: list[dict[str, Any]]
    skeleton: Any
    received_at: datetime


def quarantined(event_name: str, data: Any, error: Exception, at: datetime) -> Quarantined:
    """The record of a payload whose translation raised ``error``."""
    return Quarantined(
        guild_id=guild_of(event_name, data),
        event_name=event_name,
        problems=_problems(error),
        skeleton=skeleton(data),
        received_at=at,
    )


def guild_of(event_name: str, data: Any) -> int | None:
    """The guild that a payload names, if it is readable."""
    if not isinstance(data, dict):
        return None
    named = event_name in {"GUILD_CREATE", "GUILD_DELETE"}
    value: Any = data.get("id" if named else "guild_id")
    return int(value) if _is_id(value) else None


def skeleton(value: Any, key: str = "", depth: int = 0) -> Any:
    """``value`` with its text taken out: numbers and strings become the names of their types,
    except snowflakes under a key that says so. Cut at a bounded size."""
    if depth > DEEPEST:
        return "..."
    if isinstance(value, dict):
        items = list(value.items())[:MOST_KEYS]
        return {_key(k): skeleton(v, str(k), depth + 1) for k, v in items}
    if isinstance(value, list):
        some = [skeleton(item, key, depth + 1) for item in value[:MOST_ITEMS]]
        return some if len(value) <= MOST_ITEMS else [*some, f"... {len(value)} in all"]
    if key.endswith(("id", "ids")) and _is_id(value):
        return str(value)
    return type(value).__name__


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdigit() and len(value) < 20 and int(value) < 2**63
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _key(key: Any) -> str:
    """A field's name as it is; a key that might be text of somebody's is not repeated."""
    text = str(key)[:50]
    return text if text.isascii() and text.replace("_", "").isalnum() else "?"


def _problems(error: Exception) -> list[dict[str, Any]]:
    """Where and what, without the values that pydantic would quote; the first of many."""
    if not isinstance(error, ValidationError):
        return [{"loc": [], "type": type(error).__name__}]
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        {"loc": [_key(part) for part in one["loc"]], "type": one["type"]}
        for one in found[:MOST_PROBLEMS]
    ]
