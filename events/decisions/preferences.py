"""May a member live by this zone, be told so, be hidden, be linked to this GitHub account?"""

import re
from dataclasses import dataclass, field
from typing import Final, get_args

from events.decisions import locales, zones
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.preferences import (
    BoardHidden,
    GithubLinked,
    LocaleChosen,
    Notice,
    NoticeChosen,
    TimezoneSet,
    Way,
)

NOTICES: Final[tuple[Notice, ...]] = get_args(Notice)
WAYS: Final[tuple[Way, ...]] = get_args(Way)
USUAL: Final[Way] = "channel"

_LOGIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,38}", re.IGNORECASE)
"""GitHub's own rule for a login: at most 39 letters, digits and single hyphens inside."""
_ADDRESS: Final = re.compile(r"(?:https?://)?(?:www\.)?github\.com/([^/?#]+)/?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a member prefers now."""

    zone: str = zones.DEFAULT
    ways: dict[str, str] = field(default_factory=dict)
    hidden: bool = False
    github: str | None = None
    locale: str = locales.DEFAULT

    def way(self, notice: Notice) -> Way:
        """How they want to be told of it."""
        chosen = self.ways.get(notice)
        return next((way for way in WAYS if way == chosen), USUAL)


def set_timezone(asked: Asked, text: str, *, current: str) -> TimezoneSet:
    """``asked.user_id``, who lives by ``current``, typed the name of another zone.

    Raises Refused for an unknown name and for the zone in force.
    """
    zone = zones.named(text)
    if zone == current:
        raise Refused(f"Your time zone is {zone} already.")
    return TimezoneSet(
        **asked.envelope,
        source_id=asked.source_id(TimezoneSet.event_type),
        zone=zone,
        previous=current,
    )


def choose_way(asked: Asked, notice: str, way: str, *, current: Preferences) -> NoticeChosen:
    """``asked.user_id`` wants to be told of ``notice`` in this way.

    Raises Refused for a choice that does not exist and for the one in force.
    """
    wanted = next((one for one in NOTICES if one == notice), None)
    chosen = next((one for one in WAYS if one == way), None)
    if wanted is None or chosen is None:
        raise Refused("There is no such choice any more. Ask for /preferences again.")
    if chosen == current.way(wanted):
        raise Refused("It is so already. Nothing was changed.")
    return NoticeChosen(
        **asked.envelope,
        source_id=asked.source_id(NoticeChosen.event_type),
        notice=wanted,
        way=chosen,
        previous=current.way(wanted),
    )


def hide(asked: Asked, hidden: bool, *, current: Preferences) -> BoardHidden:
    """``asked.user_id`` leaves the boards, or comes back. Raises Refused when it is so already."""
    if hidden == current.hidden:
        where = "on no board" if hidden else "on the boards"
        raise Refused(f"You are {where} already. Nothing was changed.")
    return BoardHidden(
        **asked.envelope, source_id=asked.source_id(BoardHidden.event_type), hidden=hidden
    )


def link_github(asked: Asked, text: str, *, current: Preferences) -> GithubLinked:
    """``asked.user_id`` typed a GitHub login or the address of a profile; nothing unlinks.

    Raises Refused for what cannot be a login and for the one that is linked.
    """
    typed = text.strip().removeprefix("@")
    address = _ADDRESS.fullmatch(typed)
    login = (address[1] if address else typed) or None
    if login is not None and not _LOGIN.fullmatch(login):
        raise Refused(
            "That is no GitHub login. It has up to 39 letters, digits and single hyphens, "
            "like octocat. Nothing was changed."
        )
    if login == current.github:
        raise Refused("It is so already. Nothing was changed.")
    return GithubLinked(
        **asked.envelope,
        source_id=asked.source_id(GithubLinked.event_type),
        login=login,
        previous=current.github,
    )


def choose_locale(asked: Asked, word: str, *, current: Preferences) -> LocaleChosen:
    """``asked.user_id`` wants to read numbers as this language writes them.

    Raises Refused for one that is not known and for the one in force.
    """
    locale = locales.named(word)
    if locale == current.locale:
        raise Refused("It is so already. Nothing was changed.")
    return LocaleChosen(
        **asked.envelope,
        source_id=asked.source_id(LocaleChosen.event_type),
        locale=locale,
        previous=current.locale,
    )
