"""Interactions: every command, button, select and form, and how it ended.

Source id: ``{interaction}:interaction``. Facts that a command causes carry the same snowflake:
``{interaction}:{event type}``.
"""

from typing import ClassVar, Literal

from pydantic import Field

from events.engine.event import Count, Event, Label, Snowflake

Kind = Literal["slash", "user_menu", "message_menu", "button", "select", "modal"]
Outcome = Literal["ok", "refused", "error"]
OptionValue = int | bool | Label | None


class InteractionUsed(Event):
    """``user_id`` used ``name``; the time is the one inside the interaction's id."""

    event_type: ClassVar[str] = "interaction"
    restated: ClassVar[frozenset[str]] = frozenset({"duration_ms"})

    interaction_id: Snowflake
    kind: Kind
    name: Label
    """The full command name (``settings set``) or the part of a custom id before the first ':'."""
    options: dict[Label, OptionValue]
    """Numbers, booleans, ids and fixed choices; free text is replaced by None."""
    outcome: Outcome
    refusal: Label | None = None
    """What the member was told when it was refused: our own sentence."""
    caused: list[Label] = Field(default_factory=list)
    """Source ids of the facts that were recorded together with it."""
    duration_ms: Count
    """From the interaction's arrival to its answer."""
