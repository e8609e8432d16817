"""Wagers as they stand, who wants none, and what everybody staked."""

from events.engine.snowflake import to_ms
from events.games import ChancePlayed, GamesChosen, WagerClosed, WagerOffered, WagerPlayed
from events.ledger import MINT, SINK, escrow, move, wallet
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN, CAT = 2001, 2002, 2003
DAY = 86_400


def offered(number: int, challenger: int, opponent: int, stake: int, seconds: int) -> WagerOffered:
    return WagerOffered(
        guild_id=GUILD,
        source_id=f"{number}:wager_offered",
        user_id=challenger,
        target_id=opponent,
        occurred_at=at(seconds),
        wager_id=number,
        stake=stake,
        expires_ms=to_ms(at(seconds + 600)),
    )


def played(number: int, sides: tuple[int, int], stake: int, roll: int, seconds: int) -> WagerPlayed:
    held = escrow(number)
    return WagerPlayed(
        guild_id=GUILD,
        source_id=f"{number}:wager_end",
        user_id=sides[1],
        target_id=sides[0],
        occurred_at=at(seconds),
        wager_id=number,
        challenger_id=sides[0],
        opponent_id=sides[1],
        stake=stake,
        seed=77,
        roll=roll,
        winner_id=sides[roll],
        payout=2 * stake,
        postings=[
            *move(stake, source=wallet(sides[0]), to=held),
            *move(stake, source=wallet(sides[1]), to=held),
            *move(2 * stake, source=held, to=wallet(sides[roll])),
        ],
    )


def closed(number: int, challenger: int, opponent: int, seconds: int) -> WagerClosed:
    return WagerClosed(
        guild_id=GUILD,
        source_id=f"{number}:wager_end",
        user_id=opponent,
        target_id=challenger,
        occurred_at=at(seconds),
        wager_id=number,
        challenger_id=challenger,
        opponent_id=opponent,
        stake=9,
        end="declined",
    )


def flip(number: int, user: int, stake: int, payout: int, seconds: int) -> ChancePlayed:
    lost = move(stake - payout, source=wallet(user), to=SINK)
    won = move(payout - stake, source=MINT, to=wallet(user))
    return ChancePlayed(
        guild_id=GUILD,
        source_id=f"{number}:chance_played",
        user_id=user,
        occurred_at=at(seconds),
        stake=stake,
        game="coinflip",
        choice="heads",
        rules=1,
        seed=5,
        roll=["heads"],
        multiplier=100 * payout // stake,
        payout=payout,
        postings=won if payout > stake else lost,
    )


def choice(number: int, user: int, seconds: int, *, out: bool) -> GamesChosen:
    return GamesChosen(
        guild_id=GUILD,
        source_id=f"{number}:games_choice",
        user_id=user,
        occurred_at=at(seconds),
        out=out,
    )


def test_a_wager_is_open_until_it_is_played_or_closed() -> None:
    given(
        "wagers",
        offered(71, ANN, BEN, 40, 1),
        offered(72, BEN, CAT, 9, 2),
        offered(73, CAT, ANN, 5, 3),
        played(71, (ANN, BEN), 40, 1, 4),
        closed(72, BEN, CAT, 6),
    ).then(
        "wagers",
        "wager_id challenger_id opponent_id stake state winner_id"
        " offered_at expires_at ended_at position",
        (71, ANN, BEN, 40, "played", BEN, at(1), at(601), at(4), 4),
        (72, BEN, CAT, 9, "declined", None, at(2), at(602), at(6), 5),
        (73, CAT, ANN, 5, "open", None, at(3), at(603), None, 3),
    )


def test_the_end_of_a_wager_that_nobody_offered_changes_nothing() -> None:
    given("wagers", closed(72, BEN, CAT, 6)).then("wagers", "wager_id")


def test_the_newest_word_about_games_counts() -> None:
    given(
        "wagers",
        choice(81, ANN, 1, out=True),
        choice(82, BEN, 2, out=True),
        choice(83, ANN, 3, out=False),
    ).then(
        "games_choices",
        "user_id opted_out chosen_at",
        (ANN, False, at(3)),
        (BEN, True, at(2)),
    )


def test_bets_add_up_by_member_day_and_game() -> None:
    day = at(0).date()
    given(
        "chance_stats",
        flip(91, ANN, 30, 60, 1),
        flip(92, ANN, 20, 0, 2),
        flip(93, ANN, 7, 0, DAY),
        played(71, (ANN, BEN), 40, 1, 4),
    ).then(
        "chance_stats",
        "user_id day game bets staked won",
        (ANN, day, "coinflip", 2, 50, 60),
        (ANN, day, "wager", 1, 40, 0),
        (ANN, at(DAY).date(), "coinflip", 1, 7, 0),
        (BEN, day, "wager", 1, 40, 80),
    )
