"""Seasons: what is planned, the span, when each was really closed, and its final standing."""

from events.engine.snowflake import to_ms
from events.seasons import SeasonEdited, SeasonPlanned
from tests.support.facts import GUILD, at, season, season_end
from tests.support.given import given

ADMIN, ANN, BEN, CARA = 2099, 2001, 2002, 2003
SEASON = "number name starts_at ends_at ended_at board members revision next_at position"
PLAN = "plan_id revision name starts_at ends_at state"


def edited(number: int, *, ends: float, name: str, revision: int = 1) -> SeasonEdited:
    return SeasonEdited(
        guild_id=GUILD,
        source_id=f"rule:season:{number}:edit:{revision}",
        user_id=ADMIN,
        occurred_at=at(7),
        number=number,
        name=name,
        ends_ms=to_ms(at(ends)),
        ahead=[],
        revision=revision,
        interaction_id=8000 + revision,
    )


def planned(plan_id: int, *, starts: float, ends: float, revision: int = 1) -> SeasonPlanned:
    return SeasonPlanned(
        guild_id=GUILD,
        source_id=f"rule:season_plan:{plan_id}:{revision}",
        user_id=ADMIN,
        occurred_at=at(8),
        plan_id=plan_id,
        revision=revision,
        name=f"Cup {plan_id}",
        starts_ms=to_ms(at(starts)),
        ends_ms=to_ms(at(ends)),
        cancelled=revision > 1,
        ahead=[to_ms(at(starts)), to_ms(at(ends))] if revision == 1 else [],
        interaction_id=plan_id,
    )


def test_a_season_opens_closes_and_is_followed() -> None:
    standing = [(1, BEN, 90), (2, ANN, 70), (2, CARA, 70)]
    given(
        "seasons",
        season(4, starts=0, ends=1000, seconds=5),
        season_end(4, seconds=1007, standing=standing),
        season(5, starts=1000, ends=3000, seconds=1008),
    ).then(
        "seasons",
        SEASON,
        (4, "Season 4", at(0), at(1007), at(1007), "xp", 3, 0, None, 2),
        (5, "Season 5", at(1000), at(3000), None, None, 0, 0, None, 3),
    ).then(
        "season_places",
        "position line season rank user_id number",
        (2, 1, 4, 1, BEN, 90),
        (2, 2, 4, 2, ANN, 70),
        (2, 3, 4, 2, CARA, 70),
    )


def test_the_running_season_gets_another_name_and_end() -> None:
    given(
        "seasons",
        season(4, starts=0, ends=1000),
        edited(4, ends=1500, name="Spring"),
        edited(9, ends=1700, name="There is none"),
    ).then(
        "seasons",
        SEASON,
        (4, "Spring", at(0), at(1500), None, None, 0, 1, None, 2),
    )


def test_a_plan_is_fulfilled_or_taken_back() -> None:
    begun = season(2, starts=200, ends=300).model_copy(update={"plan_id": 71})
    given(
        "seasons",
        season(1, starts=0, ends=100),
        planned(71, starts=200, ends=300),
        planned(72, starts=400, ends=500),
        season_end(1, seconds=100),
        begun,
        planned(72, starts=400, ends=550, revision=2),
    ).then(
        "season_plans",
        PLAN,
        (71, 1, "Cup 71", at(200), at(300), "begun"),
        (72, 2, "Cup 72", at(400), at(550), "cancelled"),
    )


def test_a_closed_season_knows_when_the_next_one_begins() -> None:
    facts = [
        season(1, starts=0, ends=100, ahead=[150, 160]),
        season_end(1, seconds=100),
    ]
    assert given("seasons", *facts).rows("seasons", "next_at") == [(at(150),)]
    facts.append(planned(71, starts=200, ends=300))
    assert given("seasons", *facts).rows("seasons", "next_at") == [(at(200),)]
    facts.append(planned(71, starts=200, ends=300, revision=2))
    assert given("seasons", *facts).rows("seasons", "next_at") == [(None,)]


def test_the_end_of_a_season_whose_start_nobody_saw_is_kept() -> None:
    given("seasons", season_end(3, seconds=9)).then(
        "seasons", SEASON, (3, "Season 3", at(0), at(9), at(9), "xp", 0, 0, None, 1)
    )
