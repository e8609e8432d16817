"""Raw gateway payloads into typed facts: one flat module per area, found by walking them.

A module declares ``TRANSLATORS``: name of the gateway event -> function. A translator is pure and
decides nothing; a payload that it cannot read raises, and is quarantined by its caller.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from bot.gateway.seen import Arrival, Seen

Translator = Callable[[Any, Arrival], Iterable[Seen]]


@cache
def translators() -> Mapping[str, Translator]:
    """Every translator by the name of its gateway event."""
    found: dict[str, Translator] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found.update(module.TRANSLATORS)
    return MappingProxyType(found)


def translate(event_name: str, data: Any, arrival: Arrival) -> tuple[Seen, ...]:
    """What the payload ``data`` tells. Raises pydantic's ValidationError when it cannot be read."""
    return tuple(translators()[event_name](data, arrival))
