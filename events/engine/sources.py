"""What can be set for each source of points: the same seven things for every one of them."""

from typing import Final

from events.engine.setting import Flag, Number, Setting

MAX_COOLDOWN: Final = 86_400
"""Seconds. What is remembered of rewards has to reach twice as far."""


def source(
    key: str, what: str, *, xp: int, stars: int, cooldown: int = 0, on: bool = True
) -> tuple[Setting, ...]:
    """The settings of the source ``key``; ``what`` says in words what it rewards."""
    return (
        Number(f"{key}_xp", xp, f"XP for {what}", 0, 1000, "XP"),
        Number(
            f"{key}_xp_high",
            0,
            f"Most XP for {what}, drawn between the two; 0 for always the same",
            0,
            1000,
            "XP",
        ),
        Number(f"{key}_stars", stars, f"Stars for {what}", 0, 100, "stars"),
        Number(
            f"{key}_cooldown", cooldown, f"Time between rewards for {what}", 0, MAX_COOLDOWN, "s"
        ),
        Number(f"{key}_hour_cap", 0, f"Most XP an hour for {what}; 0 for no limit", 0, 10**6, "XP"),
        Number(f"{key}_day_cap", 0, f"Most XP a day for {what}; 0 for no limit", 0, 10**6, "XP"),
        Flag(f"{key}_on", int(on), f"Whether there are points for {what}"),
    )


def carried(key: str, what: str) -> tuple[Setting, ...]:
    """The settings of a source whose facts carry their points themselves."""
    return (
        Number(
            f"{key}_percent",
            100,
            f"How much of the points of {what} counts; 0 for none",
            0,
            1000,
            "%",
        ),
        Number(f"{key}_hour_cap", 0, f"Most XP an hour for {what}; 0 for no limit", 0, 10**6, "XP"),
        Number(f"{key}_day_cap", 0, f"Most XP a day for {what}; 0 for no limit", 0, 10**6, "XP"),
    )
