"""Settings: a rule of the guild was changed, and the rule version it has adopted.

Source ids: ``rule:setting:{key}:{revision}``, ``rule:version:{revision}``.

The revision in the key makes a stale write collide instead of being merged. Settings are facts in
the guild's own stream, so that a replay sees the rules that were in force then.

What can be set is declared in ``events/areas``. A rule version is what a release takes for
granted: the default of every setting, and the number that a formula may look at. A release that
wants other defaults or another formula raises ``NEWEST_VERSION``; a guild that has not adopted it
goes on as before, and the history of one that has is changed by nothing.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

import events.areas
from events.engine.event import Amount, Count, Event, Label, Snowflake
from events.engine.setting import Area, Setting, Value

FIRST_VERSION = 1
"""The rules of a stream that has adopted none: an import without a bot."""

NEWEST_VERSION = 1
"""What a new guild begins with."""

VersionNumber = Annotated[int, Field(ge=FIRST_VERSION, lt=2**31)]
Words = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


def _areas() -> dict[str, Area]:
    """By title, as admins read them."""
    found: dict[str, Area] = {
        info.name: importlib.import_module(f"events.areas.{info.name}").AREA
        for info in pkgutil.iter_modules(events.areas.__path__)
    }
    return dict(sorted(found.items(), key=lambda one: one[1].title))


def _settings() -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for area in AREAS.values():
        for one in area.settings:
            if found.setdefault(one.key, one) is not one:
                raise ValueError(f"the setting {one.key} is declared twice")
    return found


AREAS: Mapping[str, Area] = MappingProxyType(_areas())
"""Every area by the name of its module."""

SETTINGS: Mapping[str, Setting] = MappingProxyType(_settings())
"""Every setting by its key."""


class SettingChanged(Event):
    """``user_id`` changed ``key`` from ``previous`` to ``value``; None is the default."""

    event_type: ClassVar[str] = "setting_changed"

    key: Label
    value: Amount | Words | None
    previous: Amount | Words | None
    revision: Count
    """How often this key has been changed, this time included."""
    interaction_id: Snowflake
    """The interaction that asked for it: the same one asking twice changes once."""


class RulesAdopted(Event):
    """From here on the guild goes by rule version ``version``; ``user_id`` is nobody when the
    guild began with it. Revision 1 is told by whoever meets the guild first."""

    event_type: ClassVar[str] = "rule_version"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at", "version"})

    version: VersionNumber
    previous: VersionNumber | None = None
    """The version before; None for the first."""
    revision: Count
    """How often the guild has adopted a version, this time included."""


def first_contact(guild_id: int, at: datetime) -> RulesAdopted:
    """A guild is met for the first time: it begins with the newest rules. To be told before
    anything else, and as often as one likes: only the first telling counts."""
    return RulesAdopted(
        guild_id=guild_id,
        source_id="rule:version:1",
        occurred_at=at,
        version=NEWEST_VERSION,
        revision=1,
    )


def defaults(version: int) -> dict[str, Value]:
    """The default of every setting in a rule version."""
    return {key: setting.default_in(version) for key, setting in SETTINGS.items()}
