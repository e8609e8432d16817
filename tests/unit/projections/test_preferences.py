"""What members prefer: the newest choice of each thing is in force, and touches nothing else."""

from events.preferences import (
    BoardHidden,
    GithubLinked,
    LocaleChosen,
    Notice,
    NoticeChosen,
    TimezoneSet,
    Way,
)
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN = 2001, 2002


def chosen(number: int, user: int, notice: Notice, way: Way) -> NoticeChosen:
    return NoticeChosen(
        guild_id=GUILD,
        source_id=f"{number}:notice_chosen",
        user_id=user,
        occurred_at=at(number),
        notice=notice,
        way=way,
        previous="channel",
    )


def hidden(number: int, user: int, *, hidden: bool) -> BoardHidden:
    return BoardHidden(
        guild_id=GUILD,
        source_id=f"{number}:board_hidden",
        user_id=user,
        occurred_at=at(number),
        hidden=hidden,
    )


def linked(number: int, user: int, login: str | None) -> GithubLinked:
    return GithubLinked(
        guild_id=GUILD,
        source_id=f"{number}:github_linked",
        user_id=user,
        occurred_at=at(number),
        login=login,
        previous=None,
    )


def locale(number: int, user: int, word: str) -> LocaleChosen:
    return LocaleChosen(
        guild_id=GUILD,
        source_id=f"{number}:locale_chosen",
        user_id=user,
        occurred_at=at(number),
        locale=word,
        previous="en-US",
    )


def zone(number: int, user: int, name: str) -> TimezoneSet:
    return TimezoneSet(
        guild_id=GUILD,
        source_id=f"{number}:timezone_set",
        user_id=user,
        occurred_at=at(number),
        zone=name,
        previous="UTC",
    )


def test_each_thing_has_its_newest_choice() -> None:
    given(
        "preferences",
        chosen(11, ANN, "level_up", "dm"),
        chosen(12, ANN, "award", "none"),
        chosen(13, ANN, "level_up", "none"),
        hidden(14, BEN, hidden=True),
        linked(15, ANN, "octocat"),
        zone(16, BEN, "Asia/Tokyo"),
        locale(17, ANN, "de"),
        locale(18, ANN, "fr"),
    ).then(
        "preferences",
        "user_id zone zone_since zone_changes notices hidden github locale position",
        (ANN, None, None, 0, {"level_up": "none", "award": "none"}, False, "octocat", "fr", 8),
        (BEN, "Asia/Tokyo", at(16), 1, None, True, None, None, 6),
    )


def test_what_is_taken_back_is_as_if_it_had_never_been() -> None:
    given(
        "preferences",
        hidden(11, ANN, hidden=True),
        linked(12, ANN, "octocat"),
        hidden(13, ANN, hidden=False),
        linked(14, ANN, None),
    ).then("preferences", "user_id hidden github zone", (ANN, False, None, None))


def test_a_zone_keeps_the_other_choices_and_has_its_line() -> None:
    folded = given(
        "preferences",
        hidden(11, ANN, hidden=True),
        zone(12, ANN, "Asia/Tokyo"),
        zone(13, ANN, "UTC"),
    )
    folded.then("preferences", "zone zone_changes hidden", ("UTC", 2, True))
    folded.then(
        "zone_changes",
        "position line user_id zone since",
        (2, 1, ANN, "Asia/Tokyo", at(12)),
        (3, 1, ANN, "UTC", at(13)),
    )
