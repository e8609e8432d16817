"""May this badge be made, given, passed on, taken back?"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from events.badges import BadgeDefined, BadgeGiven, BadgeRevoked, Passing, Rarity
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.decisions.levels import BADGE_LEVELS
from events.engine.errors import Refused

MAX_ID: Final = 24
MAX_NAME: Final = 50
MAX_EMOJI: Final = 60
MAX_TEXT: Final = 200
MAX_REASON: Final = 150
MAX_KINDS: Final = 200
MAX_CASCADE: Final = 500
"""Awards that are taken back at once."""
_ID: Final = re.compile(r"(?=.*[a-z0-9])[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Kind:
    """A badge as it is now; the meanings are those of ``BadgeDefined``."""

    badge: str
    name: str
    revision: int = 0
    emoji: str = "\N{SPORTS MEDAL}"
    description: str = ""
    rarity: Rarity = "common"
    passing: Passing = "admins"
    role_id: int | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Award:
    """A badge that ``user_id`` was given, by its place in the log."""

    award: int
    user_id: int
    badge: str


@dataclass(frozen=True, slots=True)
class Giver:
    """Whoever gives: whether as an admin, the award by which they have the badge themselves, who is
    before them in its line, and the roles they have."""

    is_admin: bool
    award: Award | None
    line: Collection[int] = ()
    roles: Collection[int] = ()


def _level(level: int) -> Kind:
    steps: tuple[tuple[int, Rarity], ...] = (
        (40, "legendary"),
        (30, "epic"),
        (20, "rare"),
        (10, "uncommon"),
    )
    rarity: Rarity = next((rarity for least, rarity in steps if level >= least), "common")
    text = f"Reached level {level}."
    return Kind(f"level-{level}", f"Level {level}", description=text, rarity=rarity)


SHIPPED: Final = {kind.badge: kind for kind in map(_level, BADGE_LEVELS)}
"""The badges that every guild knows without having made them."""


def unknown(badge: str) -> Kind:
    """A badge that was earned and that nobody has described."""
    return Kind(badge, badge.replace("-", " ").capitalize())


def key(badge: str, revision: int) -> str:
    """The source id of a badge's change."""
    return f"badge:{badge}:{revision}"


def define(asked: Asked, wanted: Kind, *, known: Collection[Kind], based_on: int) -> BadgeDefined:
    """The admin ``asked.user_id`` wants the badge to be as ``wanted``; it was at revision
    ``based_on`` when they looked. Raises Refused for what a badge cannot be."""
    check_id(wanted.badge)
    _check(wanted)
    if wanted in known:
        raise Refused("The badge is like that already. Nothing was changed.")
    others = [kind for kind in known if kind.badge != wanted.badge]
    if any(kind.name.lower() == wanted.name.lower() for kind in others):
        raise Refused("Another badge has that name. Pick a different one, or change that badge.")
    if len(others) >= MAX_KINDS:
        raise Refused(f"A server has at most {MAX_KINDS} badges. Change one that is not needed.")
    return BadgeDefined(
        **asked.envelope,
        source_id=key(wanted.badge, based_on + 1),
        badge=wanted.badge,
        revision=based_on + 1,
        name=wanted.name,
        emoji=wanted.emoji,
        description=wanted.description,
        rarity=wanted.rarity,
        passing=wanted.passing,
        role_id=wanted.role_id,
        retired=wanted.retired,
        interaction_id=asked.interaction_id,
    )


def check_id(badge: str) -> None:
    """Raises Refused for what cannot be the id of a badge."""
    if len(badge) > MAX_ID or not _ID.fullmatch(badge):
        raise Refused(
            f"A badge's id is made of lower-case letters, digits and hyphens, at most {MAX_ID} of "
            "them, like `good-neighbour`."
        )


def can_be_seen(name: str) -> bool:
    """Whether there is anything in a name that leaves ink."""
    return any(letter.isprintable() and not letter.isspace() for letter in name)


def _check(wanted: Kind) -> None:
    if not can_be_seen(wanted.name) or len(wanted.name) > MAX_NAME or "\n" in wanted.name:
        raise Refused(f"A badge needs a name of one line and at most {MAX_NAME} letters.")
    if len(wanted.emoji) > MAX_EMOJI or "\n" in wanted.emoji:
        raise Refused("Pick one emoji for the badge, or none.")
    if len(wanted.description) > MAX_TEXT:
        raise Refused(f"A description has at most {MAX_TEXT} letters. Make it shorter.")
    if wanted.role_id is not None and wanted.passing == "admins":
        raise Refused(
            "A role says which holders may pass the badge on, and only admins give this one. "
            "Let holders pass it on, or leave the role out."
        )


def give(
    asked: Asked, kind: Kind, receiver: Member, reason: str | None, giver: Giver, *, has_it: bool
) -> BadgeGiven:
    """``asked.user_id`` gives ``receiver`` a badge: passes their own on where they may, or gives a
    new one as an admin. Raises Refused when they may not, or ``receiver`` cannot have it."""
    if kind.retired:
        raise Refused("That badge is not given any more. An admin can bring it back.")
    if receiver.is_bot:
        raise Refused("Bots take no part in this. Pick a member.")
    if not receiver.present:
        raise Refused("That member has left this server. Pick somebody who is here.")
    if has_it:
        raise Refused("That member has this badge already. /badge lineage shows from whom.")
    obstacle = _obstacle(kind, receiver, giver)
    if obstacle is not None and not giver.is_admin:
        raise Refused(obstacle)
    parent = giver.award.award if giver.award is not None and obstacle is None else None
    return BadgeGiven(
        **asked.envelope,
        source_id=asked.source_id(BadgeGiven.event_type),
        target_id=receiver.user_id,
        badge=kind.badge,
        parent=parent,
        reason=reason,
    )


def _obstacle(kind: Kind, receiver: Member, giver: Giver) -> str | None:
    """Why the giver cannot pass their own on to the receiver."""
    if kind.passing == "admins":
        return "Only admins give this badge. Ask one of them."
    if giver.award is None:
        return "Only who has this badge can pass it on, and you do not have it."
    if kind.role_id is not None and kind.role_id not in giver.roles:
        return f"Only holders with the role <@&{kind.role_id}> can pass this badge on."
    if receiver.user_id in giver.line:
        return (
            "Your badge comes from that member, so it cannot go back to them. An admin can give "
            "it to them anew."
        )
    return None


def revoke(
    asked: Asked, root: Award, below: Sequence[Award], *, everything: bool
) -> list[BadgeRevoked]:
    """The admin ``asked.user_id`` takes ``root`` back, and (``everything``) whatever was passed on
    from it: ``below``, as far as it was not taken back before. Raises Refused for too many."""
    taken = [root, *below] if everything else [root]
    if len(taken) > MAX_CASCADE:
        raise Refused(
            f"At most {MAX_CASCADE} awards are taken back at once and these are {len(taken):,}. "
            "Begin further down the tree."
        )
    return [
        BadgeRevoked(
            **asked.envelope,
            source_id=revocation(one.award),
            target_id=one.user_id,
            award=one.award,
            badge=one.badge,
            root=root.award,
            interaction_id=asked.interaction_id,
        )
        for one in taken
    ]


def revocation(award: int) -> str:
    """The source id of an award's end."""
    return f"{award}:{BadgeRevoked.event_type}"
