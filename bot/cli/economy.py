"""``economy``: a server's money over a year, simulated."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from random import Random
from typing import Annotated

import typer

from bot.cli.context import NotFound
from bot.cli.output import Json, Record, bar, names, say, show
from bot.economy.model.checks import QUARTER, Growth, Report, report
from bot.economy.model.habits import SPENDING, spending
from bot.economy.model.member import WEEK
from bot.economy.model.year import Supply, simulate
from events.engine.errors import Refused
from events.settings import NEWEST_VERSION, SETTINGS, defaults

_DEFAULTS = defaults(NEWEST_VERSION)
LEAST_DAYS = (QUARTER + 1) * WEEK
Members = Annotated[int, typer.Option(help="How many members.", min=10, max=100_000)]
Days = Annotated[int, typer.Option(help="How many days.", min=LEAST_DAYS, max=3_650)]
Seed = Annotated[int, typer.Option(help="The same seed, the same members.", min=0)]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting other than its default: weekly_coins=3000. Repeatable."),
]
Spends = Annotated[
    list[int] | None,
    typer.Option(
        "--spends",
        min=0,
        max=100,
        help="What part of all they have members spend in a week, in per cent. Repeatable; "
        "each is a year of its own.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Does the economy hold?", no_args_is_help=True)
    group.callback()(_economy)
    group.command("simulate")(run)
    app.add_typer(group, name="economy")


def _economy() -> None:
    """Does the economy hold?"""


def run(
    members: Members = 1_000,
    days: Days = 365,
    seed: Seed = 1,
    changed: Set = None,
    spends: Spends = None,
    as_json: Json = False,
) -> None:
    """Simulate a server's money and check its growth, what activities pay, what bets return.

    The amounts are those of the settings; how members behave is assumed, in
    bot/economy/model/habits.py, and a year is simulated for members who spend 10, 25 and 40 per
    cent of all they have in a week. Growth is checked by what members hold and by what was made
    less what was destroyed, which is what /economy supply shows. No database is needed.

    Example: python -m bot economy simulate --set weekly_coins=3000

    Exit codes: 0 fine, 1 a check failed, 2 there is no such setting.
    """
    numbers = settings_with(changed or [])
    parts = sorted(set(spends or SPENDING))
    with bar("simulating", days * len(parts)) as advance:
        years = {
            part: simulate(
                numbers,
                Random(seed),
                members=members,
                days=days,
                habits=spending(part),
                advance=advance,
            )
            for part in parts
        }
    found = report(numbers, years)
    if as_json:
        print(json.dumps(asdict(found) | {"passed": found.passed}, default=_rounded))
    else:
        _print(found)
    if not found.passed:
        raise typer.Exit(1)


def settings_with(changed: Sequence[str]) -> dict[str, int]:
    """The default settings, but for those in ``changed`` (``key=value``). Raises NotFound."""
    numbers = {key: value for key, value in _DEFAULTS.items() if isinstance(value, int)}
    for text in changed:
        key, _, typed = text.partition("=")
        setting = SETTINGS.get(key)
        if setting is None or key not in numbers:
            raise NotFound(f"There is no setting {key!r}. There are: {names(numbers)}")
        try:
            value = setting.parse(typed)
        except Refused as refused:
            raise NotFound(f"{key}: {refused}") from None
        numbers[key] = int(value)
    return numbers


def _print(found: Report) -> None:
    supply = [
        _quarter(growth.spends, number, end)
        for growth in found.growth
        for number, end in enumerate(growth.quarters, start=1)
    ]
    _show(supply, "Money at the end of each quarter, in coins")
    _show([_growth(one) for one in found.growth], "Largest growth in a week, after a quarter")
    pay = [
        {"activity": name, "coins a minute": f"{float(pay):.2f}"} for name, pay in found.pay.items()
    ]
    _show(pay, "What activities pay")
    returns = [
        {"what": name, "of a coin": f"{float(back):.3f}"} for name, back in found.returns.items()
    ]
    _show(returns, "What comes back on average")
    say(f"A freeze token saves at most {found.most_saved:,} coins: sold for less, it can pay.")
    checks = [
        {
            "check": check.name,
            "found": f"{float(check.figure):.4f}",
            "must be": check.limit,
            "holds": check.passed,
        }
        for check in found.checks
    ]
    _show(checks, "Checks")
    say("The economy holds." if found.passed else "The economy does not hold.")


def _quarter(spends: int, number: int, end: Supply) -> Record:
    return {
        "spent a week": f"{spends} %",
        "quarter": number,
        "members hold": f"{end.held:,}",
        "made less destroyed": f"{end.supply:,}",
        "made so far": f"{end.minted:,}",
        "destroyed so far": f"{end.burned:,}",
    }


def _growth(one: Growth) -> Record:
    return {
        "spent a week": f"{one.spends} %",
        "members hold": f"{float(one.held):.4f}",
        "made less destroyed": f"{float(one.supply):.4f}",
    }


def _show(records: Sequence[Record], title: str) -> None:
    show(records, as_json=False, title=title, empty="Nothing.")


def _rounded(value: object) -> float:
    assert isinstance(value, Fraction)
    return round(float(value), 4)
