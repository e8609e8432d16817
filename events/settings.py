"""Settings: a rule of the guild was changed. Source id: ``rule:setting:{key}:{revision}``.

The revision in the key makes a stale write collide instead of being merged. Settings are facts in
the guild's own stream, so that a replay sees the rules that were in force then.
"""

from dataclasses import dataclass
from typing import ClassVar

from events.engine.event import Count, Event, Label, Snowflake

Value = int | bool | str | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that an admin can set: a whole number within a range."""

    key: str
    default: int
    low: int
    high: int
    description: str


def _settings(*settings: Setting) -> dict[str, Setting]:
    return {s.key: s for s in settings}


SETTINGS = _settings(
    Setting("message_xp", 15, 0, 1000, "XP for a message"),
    Setting("message_stars", 1, 0, 100, "Stars for a message"),
    Setting("message_cooldown", 30, 0, 86400, "Seconds between rewarded messages in a channel"),
    Setting("reaction_given_xp", 5, 0, 1000, "XP for reacting to somebody's message"),
    Setting("reaction_given_stars", 1, 0, 100, "Stars for reacting to somebody's message"),
    Setting("reaction_received_xp", 8, 0, 1000, "XP for getting a reaction"),
    Setting("reaction_received_stars", 2, 0, 100, "Stars for getting a reaction"),
    Setting("thread_xp", 20, 0, 1000, "XP for opening a thread"),
    Setting("thread_stars", 2, 0, 100, "Stars for opening a thread"),
    Setting("voice_xp", 10, 0, 1000, "XP for each voice period in company"),
    Setting("voice_stars", 1, 0, 100, "Stars for each voice period in company"),
    Setting("voice_minutes", 10, 1, 1440, "Minutes in a voice period"),
    Setting("level_coins", 25, 0, 1_000_000, "Coins for reaching a level, times the level"),
    Setting("pay_confirm_above", 10_000, 0, 10**12, "Payments above this are confirmed first"),
    Setting("bank_capacity", 10_000, 0, 10**12, "Coins that fit into a bank without upgrades"),
    Setting("bank_tier_capacity", 5_000, 1, 10**9, "Coins more that fit for each bank upgrade"),
    Setting(
        "bank_tier_price",
        4_000,
        1,
        10**9,
        "Coins for the first bank upgrade; the n-th is n times as much",
    ),
    Setting("games_enabled", 0, 0, 1, "Chance games and wagers: 1 for on, 0 for off"),
    Setting("games_max_stake", 500, 1, 1_000_000_000, "Coins at most on one bet"),
    Setting("games_daily_staked", 5000, 0, 10**12, "Coins that a member may stake in a UTC day"),
    Setting("games_daily_bets", 100, 0, 100_000, "Bets that a member may make in a UTC day"),
    Setting("wager_minutes", 60, 1, 10_080, "Minutes until an unanswered wager ends"),
    Setting("economy_reason_required", 0, 0, 1, "Whether economy acts need a reason; 1 for yes"),
    Setting("interest_weekly", 0, 0, 1000, "Interest on banks a week, in 1/100 %; 0 for none"),
    Setting("tax_weekly", 0, 0, 5000, "Tax on wallets a week, in 1/100 %; 0 for none"),
    Setting("tax_free", 10_000, 0, 10**9, "Coins in a wallet that are not taxed"),
    Setting("decay_weekly", 0, 0, 5000, "Decay of idle wallets a week, in 1/100 %; 0 for none"),
    Setting("decay_idle_days", 30, 7, 365, "Days unseen after which a wallet is idle"),
    Setting("pet_limit", 5, 0, 100, "Pets that a member may adopt"),
    Setting("pet_meal_coins", 25, 0, 1_000_000, "Coins for a pet's meal"),
    Setting("pet_play_minutes", 60, 0, 10_080, "Minutes between two games with a pet"),
    Setting("daily_coins", 1000, 0, 1_000_000, "Coins for /daily; 0 for none"),
    Setting("weekly_coins", 3000, 0, 1_000_000, "Coins for /weekly; 0 for none"),
    Setting("activity_percent", 100, 0, 10_000, "Percent that activities pay; 0 for none"),
    Setting("season_months", 3, 0, 12, "Months in a season; 0 for no seasons"),
    Setting("trade_minutes", 60, 1, 10_080, "Minutes until an open trade runs out"),
    Setting("shop_sell_percent", 50, 0, 100, "Per cent of its price the shop pays for a thing"),
    Setting(
        "shop_keep_days",
        7,
        0,
        365,
        "Days the shop keeps what it took, to buy things back with, before it is destroyed",
    ),
    Setting("auction_fee_percent", 5, 0, 50, "Per cent of an auction's price that go to the fees"),
)
"""Every setting by its key."""


class SettingChanged(Event):
    """``user_id`` changed ``key`` from ``previous`` to ``value``; None is the default."""

    event_type: ClassVar[str] = "setting_changed"

    key: Label
    value: int | bool | Label | None
    previous: int | bool | Label | None
    revision: Count
    """How often this key has been changed, this time included."""
    interaction_id: Snowflake
    """The interaction that asked for it: the same one asking twice changes once."""
