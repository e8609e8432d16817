"""What members prefer.

Source ids: ``{interaction}:timezone_set``, ``{interaction}:notice_chosen``,
``{interaction}:board_hidden``, ``{interaction}:github_linked``, ``{interaction}:locale_chosen``.
"""

from typing import ClassVar, Literal, TypeAlias

from events.engine.event import Event, Label

Notice: TypeAlias = Literal["level_up", "achievement", "award"]
"""What a member may be told of: a level, an achievement or badge, an award by an admin."""

Way: TypeAlias = Literal["channel", "dm", "none"]
"""How: in the server's channel for it, in a direct message, or not at all."""


class TimezoneSet(Event):
    """``user_id`` lives by ``zone`` (a name of the IANA database) from this position on."""

    event_type: ClassVar[str] = "timezone_set"

    zone: Label
    previous: Label
    """The zone in force until then."""


class NoticeChosen(Event):
    """``user_id`` wants to be told of such things in another way than until now."""

    event_type: ClassVar[str] = "notice_chosen"

    notice: Notice
    way: Way
    previous: Way


class BoardHidden(Event):
    """``user_id`` does not want to stand on boards, or wants to again."""

    event_type: ClassVar[str] = "board_hidden"

    hidden: bool


class GithubLinked(Event):
    """``user_id`` says that they are ``login`` on GitHub; None takes it back."""

    event_type: ClassVar[str] = "github_linked"

    login: Label | None
    previous: Label | None


class LocaleChosen(Event):
    """``user_id`` reads numbers as ``locale`` writes them (Discord's word for a language)."""

    event_type: ClassVar[str] = "locale_chosen"

    locale: Label
    previous: Label
