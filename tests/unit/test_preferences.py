"""What a member prefers: the fact of a change, and what is refused."""

import pytest

from events.decisions.asked import Asked
from events.decisions.locales import DEFAULT, LOCALES
from events.decisions.preferences import (
    Preferences,
    choose_locale,
    choose_way,
    hide,
    link_github,
    set_timezone,
)
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from tests.support.facts import GUILD, at

ASKED = Asked(GUILD, snowflake_at(at(30), 7), 2001, 3001)


def test_the_change_says_from_where_to_where() -> None:
    fact = set_timezone(ASKED, "asia/ho chi minh", current="UTC")
    assert (fact.zone, fact.previous) == ("Asia/Ho_Chi_Minh", "UTC")
    assert fact.source_id == f"{ASKED.interaction_id}:timezone_set"
    assert (fact.guild_id, fact.user_id, fact.channel_id) == (GUILD, 2001, 3001)
    assert fact.occurred_at == at(30)


def test_an_unknown_zone_and_the_one_in_force_are_refused() -> None:
    with pytest.raises(Refused, match="no time zone of that name"):
        set_timezone(ASKED, "Atlantis", current="UTC")
    with pytest.raises(Refused, match="Asia/Tokyo already"):
        set_timezone(ASKED, "asia/tokyo", current="Asia/Tokyo")


def test_a_way_is_chosen_for_one_kind_of_notice() -> None:
    before = Preferences(ways={"award": "none"})
    fact = choose_way(ASKED, "level_up", "dm", current=before)
    assert (fact.notice, fact.way, fact.previous) == ("level_up", "dm", "channel")
    assert fact.source_id == f"{ASKED.interaction_id}:notice_chosen"
    assert choose_way(ASKED, "award", "channel", current=before).previous == "none"
    assert (before.way("award"), before.way("achievement")) == ("none", "channel")


def test_a_way_or_a_kind_that_does_not_exist_and_the_one_in_force_are_refused() -> None:
    for notice, way in (("level_up", "pigeon"), ("weather", "dm"), ("level_up", "")):
        with pytest.raises(Refused, match="no such choice"):
            choose_way(ASKED, notice, way, current=Preferences())
    with pytest.raises(Refused, match="so already"):
        choose_way(ASKED, "award", "none", current=Preferences(ways={"award": "none"}))


def test_boards_are_left_and_joined_again() -> None:
    assert hide(ASKED, True, current=Preferences()).hidden
    fact = hide(ASKED, False, current=Preferences(hidden=True))
    assert (fact.hidden, fact.source_id) == (False, f"{ASKED.interaction_id}:board_hidden")
    with pytest.raises(Refused, match="on no board already"):
        hide(ASKED, True, current=Preferences(hidden=True))
    with pytest.raises(Refused, match="on the boards already"):
        hide(ASKED, False, current=Preferences())


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        (" octocat ", "octocat"),
        ("@Octo-Cat-9", "Octo-Cat-9"),
        ("https://github.com/octocat/", "octocat"),
        ("github.com/octocat", "octocat"),
        ("x" * 39, "x" * 39),
    ],
)
def test_a_github_login_is_typed_or_pasted(typed: str, login: str) -> None:
    fact = link_github(ASKED, typed, current=Preferences(github="before"))
    assert (fact.login, fact.previous) == (login, "before")
    assert fact.source_id == f"{ASKED.interaction_id}:github_linked"


@pytest.mark.parametrize(
    "typed",
    ["-octocat", "octocat-", "octo--cat", "x" * 40, "octo cat", "](https://x.y)", "ünïcode", "a/b"],
)
def test_what_cannot_be_a_login_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="no GitHub login"):
        link_github(ASKED, typed, current=Preferences())


def test_an_empty_login_takes_the_link_back() -> None:
    assert link_github(ASKED, "  ", current=Preferences(github="octocat")).login is None
    with pytest.raises(Refused, match="so already"):
        link_github(ASKED, "", current=Preferences())
    with pytest.raises(Refused, match="so already"):
        link_github(ASKED, "octocat", current=Preferences(github="octocat"))


def test_a_language_is_chosen_once() -> None:
    fact = choose_locale(ASKED, "de", current=Preferences())
    assert (fact.locale, fact.previous) == ("de", "en-US")
    assert fact.source_id == f"{ASKED.interaction_id}:locale_chosen"
    with pytest.raises(Refused, match="so already"):
        choose_locale(ASKED, "de", current=Preferences(locale="de"))
    with pytest.raises(Refused, match="no such choice"):
        choose_locale(ASKED, "tlh", current=Preferences())


def test_each_language_writes_numbers_in_its_way() -> None:
    written = {word: LOCALES[word].number(1_234_567) for word in ("en-US", "de", "fr", "pl")}
    assert written == {
        "en-US": "1,234,567",
        "de": "1.234.567",
        "fr": "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567",
        "pl": "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567",
    }
    assert len(LOCALES) <= 25 and DEFAULT in LOCALES
