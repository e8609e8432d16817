"""May this achievement be offered, given, taken back? And what is the fact when one is reached?"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from events.achievements import (
    LIFETIME,
    AchievementDefined,
    AchievementEarned,
    AchievementRevoked,
    Scope,
    Way,
)
from events.badges import Rarity
from events.decisions.asked import Asked
from events.decisions.badges import can_be_seen
from events.decisions.economy import Member
from events.decisions.goals import GOALS, Goal
from events.engine.errors import Refused
from events.ledger import MAX_BALANCE, MINT, Posting, move, wallet

MAX_ID: Final = 24
MAX_NAME: Final = 50
MAX_EMOJI: Final = 60
MAX_TEXT: Final = 200
MAX_REASON: Final = 150
MAX_TIER: Final = 100
MAX_REWARD: Final = 1_000_000
MAX_TEMPLATES: Final = 250
_ADDRESS: Final = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?(/[!-~]*)?", re.I)
"""What Discord takes for the address of an image."""
_ID: Final = re.compile(r"(?=.*[a-z0-9])[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Template:
    """An achievement as it is offered now; the meanings are those of ``AchievementDefined``."""

    achievement: str
    name: str
    goal: str
    threshold: int
    revision: int = 0
    emoji: str = "\N{TROPHY}"
    description: str = ""
    scope: Scope = "lifetime"
    series: str | None = None
    tier: int = 1
    rarity: Rarity = "common"
    xp: int = 0
    coins: int = 0
    image_url: str | None = None
    announce_channel_id: int | None = None
    retired: bool = False
    position: int = field(default=0, compare=False)
    changed_at: datetime | None = field(default=None, compare=False)
    """Where and when it was last defined: what happened before is looked back on."""

    @property
    def asks_for(self) -> Goal:
        """The goal; one that this release does not know is nobody's to reach."""
        return GOALS.get(self.goal, _UNKNOWN)


_UNKNOWN: Final = Goal("", "Unknown", "custom", "", 1)


@dataclass(frozen=True, slots=True)
class Held:
    """An award that a member has, or (``revoked``) had."""

    award: int
    user_id: int
    achievement: str
    season: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A member reached a template's threshold by the event at ``position``, in ``season``."""

    user_id: int
    season: int
    position: int
    at: datetime


def key(achievement: str, revision: int) -> str:
    """The source id of a template's change."""
    return f"rule:achievement:{achievement}:{revision}"


def award_key(user_id: int, achievement: str, season: int) -> str:
    """The source id of the first award of this to this member (in this season)."""
    ending = f":{season}" if season != LIFETIME else ""
    return f"{user_id}:achievement:{achievement}{ending}"


def define(
    asked: Asked, wanted: Template, *, known: Collection[Template], based_on: int
) -> AchievementDefined:
    """The admin ``asked.user_id`` wants the template to be as ``wanted``; it was at revision
    ``based_on`` when they looked. Raises Refused for what it cannot be."""
    check_id(wanted.achievement)
    _check_texts(wanted)
    _check_goal(wanted)
    _check_extras(wanted)
    if wanted in known:
        raise Refused("The achievement is like that already. Nothing was changed.")
    others = [one for one in known if one.achievement != wanted.achievement]
    if len(others) >= MAX_TEMPLATES:
        raise Refused(f"A server has at most {MAX_TEMPLATES} achievements. Change one of them.")
    offered = [one for one in others if not one.retired]
    if not wanted.retired:
        _check_beside(wanted, offered)
    return AchievementDefined(
        **asked.envelope,
        source_id=key(wanted.achievement, based_on + 1),
        achievement=wanted.achievement,
        revision=based_on + 1,
        name=wanted.name,
        emoji=wanted.emoji,
        description=wanted.description,
        goal=wanted.goal,
        threshold=wanted.threshold,
        scope=wanted.scope,
        series=wanted.series,
        tier=wanted.tier,
        rarity=wanted.rarity,
        xp=wanted.xp,
        coins=wanted.coins,
        image_url=wanted.image_url,
        announce_channel_id=wanted.announce_channel_id,
        retired=wanted.retired,
        interaction_id=asked.interaction_id,
    )


def check_id(achievement: str) -> None:
    """Raises Refused for what cannot be the id of an achievement."""
    if len(achievement) > MAX_ID or not _ID.fullmatch(achievement):
        raise Refused(
            f"An achievement's id is made of lower-case letters, digits and hyphens, at most "
            f"{MAX_ID} of them, like `night-owl`."
        )


def _check_texts(wanted: Template) -> None:
    if not can_be_seen(wanted.name) or len(wanted.name) > MAX_NAME or "\n" in wanted.name:
        raise Refused(f"An achievement needs a name of one line and at most {MAX_NAME} letters.")
    if len(wanted.emoji) > MAX_EMOJI or "\n" in wanted.emoji:
        raise Refused("Pick one emoji for the achievement, or none.")
    if len(wanted.description) > MAX_TEXT:
        raise Refused(f"A description has at most {MAX_TEXT} letters. Make it shorter.")
    url = wanted.image_url
    if url is not None and (len(url) > MAX_TEXT or not _ADDRESS.fullmatch(url)):
        raise Refused(
            f"The image is an address that begins with https:// and has at most {MAX_TEXT} letters."
        )


def _check_goal(wanted: Template) -> None:
    goal = GOALS.get(wanted.goal)
    if goal is None:
        raise Refused(f"There is no such goal. Pick one of: {', '.join(GOALS)}.")
    if not 1 <= wanted.threshold <= goal.most:
        raise Refused(f"{goal.title}: ask for a whole number from 1 to {goal.most:,}.")
    if wanted.scope == "season" and not goal.seasonal:
        raise Refused(f"{goal.title} cannot be counted by season. Use the scope lifetime.")


def _check_extras(wanted: Template) -> None:
    if not (0 <= wanted.xp <= MAX_REWARD and 0 <= wanted.coins <= MAX_REWARD):
        raise Refused(f"A reward is a whole number of XP or coins from 0 to {MAX_REWARD:,}.")
    if not 1 <= wanted.tier <= MAX_TIER:
        raise Refused(f"A tier is a whole number from 1 to {MAX_TIER}.")
    if wanted.series is None:
        if wanted.tier != 1:
            raise Refused("Tiers are the steps of a series. Name the series, or use tier 1.")
    elif len(wanted.series) > MAX_ID or not _ID.fullmatch(wanted.series):
        raise Refused(
            f"A series is named with lower-case letters, digits and hyphens, at most {MAX_ID} of "
            "them, like `talker`."
        )


def _check_beside(wanted: Template, offered: Collection[Template]) -> None:
    """What holds between those that are offered at the same time."""
    if any(one.name.lower() == wanted.name.lower() for one in offered):
        raise Refused("Another achievement has that name. Pick a different one.")
    if wanted.series is None:
        return
    for one in (one for one in offered if one.series == wanted.series):
        if one.tier == wanted.tier:
            raise Refused(
                f"Tier {one.tier} of that series is `{one.achievement}` already. Pick another tier."
            )
        if (one.goal, one.scope) != (wanted.goal, wanted.scope) or wanted.goal == "custom":
            continue
        if (one.tier < wanted.tier) != (one.threshold < wanted.threshold):
            raise Refused(
                f"A higher tier asks for more, and tier {one.tier} (`{one.achievement}`) asks for "
                f"{one.threshold:,}. Change the number or the tier."
            )


def reach(
    guild_id: int, template: Template, reached: Reached, way: Way, *, balance: int = 0
) -> AchievementEarned:
    """The fact that a member, whose wallet holds ``balance``, has reached it. The key is made of
    member and template (and season), so it is recorded once however often it is decided."""
    coins = _room(template.coins, balance)
    return AchievementEarned(
        guild_id=guild_id,
        source_id=award_key(reached.user_id, template.achievement, reached.season),
        user_id=reached.user_id,
        occurred_at=reached.at,
        achievement=template.achievement,
        revision=template.revision,
        season=reached.season,
        way=way,
        xp=template.xp,
        coins=coins,
        unpaid=template.coins - coins,
        cause_position=reached.position,
        reason=None,
        interaction_id=None,
        postings=_paid(coins, reached.user_id),
    )


def give(
    asked: Asked,
    template: Template,
    receiver: Member,
    reason: str | None,
    *,
    season: int | None,
    had: Collection[Held],
    balance: int = 0,
) -> AchievementEarned:
    """The admin ``asked.user_id`` gives ``receiver``, who has and ``had`` these, an achievement, in
    the ``season`` that is open. One that was taken back is given anew without what it brings; a
    wallet that holds ``balance`` gets what it has room for. Raises Refused."""
    if template.retired:
        raise Refused("That achievement is retired. /achievement edit brings it back.")
    if receiver.is_bot:
        raise Refused("Bots take no part in this. Pick a member.")
    if not receiver.present:
        raise Refused("That member has left this server. Pick somebody who is here.")
    if template.scope == "season" and season is None:
        raise Refused("That one counts by season and no season is open. Wait for the next one.")
    number = (season or LIFETIME) if template.scope == "season" else LIFETIME
    before = [h for h in had if (h.achievement, h.season) == (template.achievement, number)]
    if any(not held.revoked for held in before):
        raise Refused(
            "That member has this achievement already. /achievements shows what they have."
        )
    base = award_key(receiver.user_id, template.achievement, number)
    xp, whole = (0, 0) if before else (template.xp, template.coins)
    coins = _room(whole, balance)
    return AchievementEarned(
        **asked.envelope,
        source_id=f"{base}:again:{asked.interaction_id}" if before else base,
        target_id=receiver.user_id,
        achievement=template.achievement,
        revision=template.revision,
        season=number,
        way="hand",
        xp=xp,
        coins=coins,
        unpaid=whole - coins,
        cause_position=None,
        reason=reason,
        interaction_id=asked.interaction_id,
        postings=_paid(coins, receiver.user_id),
    )


def _room(coins: int, balance: int) -> int:
    """How many of ``coins`` fit into a wallet that holds ``balance``."""
    return max(0, min(coins, MAX_BALANCE - balance))


def _paid(coins: int, user_id: int) -> list[Posting]:
    return move(coins, source=MINT, to=wallet(user_id)) if coins else []


def revoke(asked: Asked, held: Held) -> AchievementRevoked:
    """The admin ``asked.user_id`` takes an award back. Raises Refused when it was taken before."""
    if held.revoked:
        raise Refused("Somebody has taken that back already. Nothing more was changed.")
    return AchievementRevoked(
        **asked.envelope,
        source_id=revocation(held.award),
        target_id=held.user_id,
        award=held.award,
        achievement=held.achievement,
        interaction_id=asked.interaction_id,
    )


def revocation(award: int) -> str:
    """The source id of an award's end."""
    return f"{award}:{AchievementRevoked.event_type}"
