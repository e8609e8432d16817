"""XP that fades while a member is away, once a week where a guild has it so, and its undoing.

Source ids: ``{period}:xp_decay:{chunk}`` (the period is a week, 2026-W07; chunks, counted from 0,
keep an event small; a week in which nobody was concerned has an empty chunk 0), and
``{source id of what is undone}:undone``.
"""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from events.engine.event import Count, Event, Label, Snowflake


class XpShare(BaseModel):
    """How much XP a member loses, or gets back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_id: Snowflake
    xp: Count


class XpShares(Event):
    """Base of the facts that say how much XP each of many members loses or gets back."""

    shares: list[XpShare]

    def members(self) -> tuple[int, ...]:
        """Beside those the event names, everybody who has a share."""
        return tuple(sorted({*super().members(), *(share.user_id for share in self.shares)}))

    @classmethod
    def trusted(cls, fields: dict[str, Any]) -> Self:
        """As the base does, with the shares as objects again."""
        fields["shares"] = [XpShare.model_construct(**share) for share in fields["shares"]]
        return super().trusted(fields)


class XpDecayed(XpShares):
    """A part of one week's run: ``rate`` hundredths of a percent of the XP that counts for the
    level, rounded down, of those unseen for ``idle_days``, and never below ``floor``."""

    event_type: ClassVar[str] = "xp_decay"

    period: Label
    chunk: Count
    rate: Count
    idle_days: Count
    floor: Count

    def factors(self) -> dict[str, Any]:
        """By which rules, for ``/why``."""
        return {"rate": self.rate, "idle_days": self.idle_days}


class XpRestored(XpShares):
    """The admin ``user_id`` undid the decay ``undoes``: everybody gets back what it took."""

    event_type: ClassVar[str] = "xp_restore"

    undoes: Label
    reason: Label
    interaction_id: Snowflake
    """The interaction that asked for it: the same one asking twice undoes once."""

    def factors(self) -> dict[str, Any]:
        """Who did it and why, for ``/why``."""
        return {"by": self.user_id, "reason": self.reason}
