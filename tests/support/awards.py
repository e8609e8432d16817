"""Short ways to make what happens to badges."""

from events.badges import BadgeDefined, BadgeGiven, BadgeRevoked
from tests.support.facts import GUILD, at

CHIEF = 2099
"""The admin who makes badges and takes them back."""


def defined_badge(
    badge: str, *, revision: int = 1, seconds: float = 0, **more: object
) -> BadgeDefined:
    """CHIEF makes a badge that its holders may pass on."""
    fields: dict[str, object] = {
        "name": badge.title(),
        "emoji": "",
        "description": "",
        "rarity": "common",
        "passing": "holders",
        "role_id": None,
        "retired": False,
        "interaction_id": 7000 + revision,
    }
    envelope = {
        "guild_id": GUILD,
        "source_id": f"badge:{badge}:{revision}",
        "user_id": CHIEF,
        "occurred_at": at(seconds),
        "badge": badge,
        "revision": revision,
    }
    return BadgeDefined.model_validate(envelope | fields | more)


def given_badge(
    number: int,
    badge: str,
    *,
    by: int,
    to: int,
    parent: int | None = None,
    reason: str | None = None,
    seconds: float = 0,
) -> BadgeGiven:
    """Interaction ``number``: a badge is given, or passed on from the award ``parent``."""
    return BadgeGiven(
        guild_id=GUILD,
        source_id=f"{number}:badge_given",
        user_id=by,
        target_id=to,
        occurred_at=at(seconds),
        badge=badge,
        parent=parent,
        reason=reason,
    )


def revoked_badge(award: int, badge: str, *, of: int, seconds: float = 0) -> BadgeRevoked:
    """CHIEF takes an award back."""
    return BadgeRevoked(
        guild_id=GUILD,
        source_id=f"{award}:badge_revoked",
        user_id=CHIEF,
        target_id=of,
        occurred_at=at(seconds),
        award=award,
        badge=badge,
        root=award,
        interaction_id=7500,
    )
