"""Short ways to make what happens to achievements."""

from events.achievements import AchievementDefined, AchievementEarned, AchievementRevoked
from events.ledger import MINT, move, wallet
from tests.support.awards import CHIEF
from tests.support.facts import GUILD, at


def offered(
    achievement: str,
    goal: str,
    threshold: int,
    *,
    revision: int = 1,
    seconds: float = 0,
    **more: object,
) -> AchievementDefined:
    """CHIEF offers an achievement."""
    fields: dict[str, object] = {
        "name": achievement.title(),
        "emoji": "",
        "description": "",
        "scope": "lifetime",
        "series": None,
        "tier": 1,
        "rarity": "common",
        "xp": 0,
        "coins": 0,
        "image_url": None,
        "announce_channel_id": None,
        "retired": False,
        "interaction_id": 7000 + revision,
    }
    envelope = {
        "guild_id": GUILD,
        "source_id": f"rule:achievement:{achievement}:{revision}",
        "user_id": CHIEF,
        "occurred_at": at(seconds),
        "achievement": achievement,
        "revision": revision,
        "goal": goal,
        "threshold": threshold,
    }
    return AchievementDefined.model_validate(envelope | fields | more)


def got(
    achievement: str, user: int, *, seconds: float = 0, season: int = 0, coins: int = 0, xp: int = 0
) -> AchievementEarned:
    """``user`` reached an achievement by the event at position 77."""
    return AchievementEarned(
        guild_id=GUILD,
        source_id=f"{user}:achievement:{achievement}:{season}",
        user_id=user,
        occurred_at=at(seconds),
        achievement=achievement,
        revision=1,
        season=season,
        way="live",
        xp=xp,
        coins=coins,
        unpaid=0,
        cause_position=77,
        reason=None,
        interaction_id=None,
        postings=move(coins, source=MINT, to=wallet(user)),
    )


def forfeited(award: int, achievement: str, *, of: int, seconds: float = 0) -> AchievementRevoked:
    """CHIEF takes an award back."""
    return AchievementRevoked(
        guild_id=GUILD,
        source_id=f"{award}:achievement_revoked",
        user_id=CHIEF,
        target_id=of,
        occurred_at=at(seconds),
        award=award,
        achievement=achievement,
        interaction_id=7500,
    )
