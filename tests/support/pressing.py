"""A way to every button that the bot has: what comes before it, who presses it, where it is."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot import automation, buttons, confirm, schedule
from bot.client import command_modules
from bot.due import xp_decay
from bot.effects.roles import RoleKeeper
from events.engine.catalogue import decode
from events.engine.event import Event
from projections.engine import worker
from sql import lake
from tests.support.currencies import GEMS
from tests.support.facts import message, setting
from tests.support.simulator import World
from tests.support.wealth import give

Way = Callable[[World], Awaitable[tuple[Any, Any]]]
"""Does whatever comes before the button; gives who presses it, and the message that it is on."""
WAYS: dict[str, Way] = {}
ELSEWHERE = {"setversion", "seasonclock", "seasonend", "seasonrepeat"}
"""Those that need more than a command before them: there is one rule version so far, and seasons
need a calendar. They are pressed twice in test_settings.py and test_season_admin.py."""


def way(what: str) -> Callable[[Way], Way]:
    """Declare the way to the button ``what``."""

    def declare(go: Way) -> Way:
        WAYS[what] = go
        return go

    return declare


def declared() -> list[str]:
    """Every button of the bot, by what it is about, and how its id ends where that is not clear."""
    command_modules()
    pressed, sure = set(buttons._PRESSED), set(confirm._ACTS)
    return sorted({f"{one}:press" if one in sure else one for one in pressed} | sure - ELSEWHERE)


def id_of(message: Any, what: str) -> str:
    """The custom id of the button about ``what`` under a message."""
    name, _, end = what.partition(":")
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    found = [
        str(one["custom_id"])
        for row in rows
        for one in row["components"]
        if one.get("custom_id", "").startswith(f"{name}:") and not one.get("disabled")
    ]
    return next(one for one in found if one.endswith((f":{end or 'press'}", ":confirm")))


def facts(w: World) -> list[Event]:
    """Everything that was recorded."""
    with w.database.transaction(w.guild.id) as conn:
        return [decode(row) for row in lake.read(conn, w.guild.id, 0, 1000)]


async def confirmed(w: World, name: str, /, **options: Any) -> None:
    asked = await w.admin.slash(w.channel, name, **options)
    await w.admin.click(asked.response, label="Confirm")


async def of(who: Any, w: World, name: str, /, **options: Any) -> tuple[Any, Any]:
    """The answer to a command."""
    return who, (await who.slash(w.channel, name, **options)).response


async def rich(w: World, *members: Any, coins: int = 10_000) -> None:
    for member in members or (w.alice, w.bob, w.admin):
        give(w.database, w.guild.id, member.id, coins=coins)


@way("pay")
async def _pay(w: World) -> tuple[Any, Any]:
    await rich(w, coins=100_000)
    return await of(w.alice, w, "pay", member=w.bob, amount=90_000)


@way("award")
async def _award(w: World) -> tuple[Any, Any]:
    return await of(w.admin, w, "award", member=w.alice, kind="coins", amount=70)


@way("adjust")
async def _adjust(w: World) -> tuple[Any, Any]:
    return await of(w.admin, w, "economy grant", to=w.alice, amount=70)


@way("reset")
async def _reset(w: World) -> tuple[Any, Any]:
    await rich(w)
    return await of(w.admin, w, "economy reset", member=w.alice)


@way("undo")
async def _undo(w: World) -> tuple[Any, Any]:
    await confirmed(w, "economy grant", to=w.alice, amount=70)
    (act,) = await w.admin.autocomplete(w.channel, "undo", "act", "")
    return await of(w.admin, w, "undo", act=act["value"])


@way("currency")
async def _currency(w: World) -> tuple[Any, Any]:
    return await of(w.admin, w, "currency declare", **GEMS)


@way("bankupgrade")
async def _upgrade(w: World) -> tuple[Any, Any]:
    await rich(w)
    return await of(w.alice, w, "bank upgrade")


async def shop(w: World, hours: int = 24) -> None:
    await rich(w)
    made = {"item": "sword", "name": "Sword", "price": 100, "stock": 9, "refund_hours": hours}
    await w.admin.slash(w.channel, "shop-admin create", **made)


@way("shopbuy:press")
async def _shelf(w: World) -> tuple[Any, Any]:
    await shop(w)
    return await of(w.alice, w, "shop browse")


@way("shopbuy")
async def _buy(w: World) -> tuple[Any, Any]:
    who, shelf = await _shelf(w)
    return who, (await who.click(shelf, label="Sword")).response


@way("shopback")
async def _back(w: World) -> tuple[Any, Any]:
    await shop(w)
    return await of(w.alice, w, "shop buy", item="sword", quantity=2)


@way("sell")
async def _sell(w: World) -> tuple[Any, Any]:
    await shop(w, hours=0)
    await w.alice.slash(w.channel, "shop buy", item="sword", quantity=2)
    return await of(w.alice, w, "shop sell", item="sword", quantity=2)


@way("shopremove")
async def _remove(w: World) -> tuple[Any, Any]:
    await shop(w)
    return await of(w.admin, w, "shop-admin remove", item="sword")


@way("crate")
async def _crate(w: World) -> tuple[Any, Any]:
    give(w.database, w.guild.id, w.alice.id, **{"wooden-crate": 3})
    return await of(w.alice, w, "use", item="wooden-crate")


async def games(w: World) -> None:
    await rich(w)
    await confirmed(w, "settings set", key="games_enabled", value="on")


@way("playagain")
async def _again(w: World) -> tuple[Any, Any]:
    await games(w)
    return await of(w.alice, w, "slots", stake=10)


@way("wager")
async def _wager(w: World) -> tuple[Any, Any]:
    await games(w)
    _, message = await of(w.alice, w, "wager", member=w.bob, amount=60)
    return w.bob, message


@way("tradelook")
@way("tradeoffer")
@way("tradecancel")
@way("tradeconfirm")
async def _trade(w: World) -> tuple[Any, Any]:
    """Bob has confirmed already: Alice's press settles, or gives back."""
    await rich(w)
    await w.alice.slash(w.channel, "trade open", member=w.bob)
    await w.bob.slash(w.channel, "trade offer", what="coins", amount="40")
    _, message = await of(w.bob, w, "trade show")
    await w.bob.click(message, label="Confirm")
    return await of(w.alice, w, "trade show")


@way("auctionask")
@way("auctionlook")
@way("auctionbid")
async def _auction(w: World) -> tuple[Any, Any]:
    await rich(w)
    give(w.database, w.guild.id, w.alice.id, sword=1)
    _, message = await of(w.alice, w, "auction start", what="sword", minimum=50)
    return w.bob, message


@way("transactionsfile")
async def _file(w: World) -> tuple[Any, Any]:
    await rich(w)
    return await of(w.alice, w, "transactions")


@way("hideme")
@way("github")
async def _preferences(w: World) -> tuple[Any, Any]:
    return await of(w.alice, w, "preferences")


@way("settings")
async def _setting(w: World) -> tuple[Any, Any]:
    return await of(w.admin, w, "settings set", key="games_enabled", value="on")


@way("setpreset")
async def _preset(w: World) -> tuple[Any, Any]:
    return w.admin, (await w.admin.slash(w.channel, "settings preset", name="mee6")).response


@way("exclude")
async def _excluded(w: World) -> tuple[Any, Any]:
    return await of(w.admin, w, "points exclude", channel=w.channel)


@way("multiply")
async def _multiplied(w: World) -> tuple[Any, Any]:
    return await of(w.admin, w, "points multiply", percent=50, role=w.role)


@way("pointsgroup")
async def _grouped(w: World) -> tuple[Any, Any]:
    options = {"channel": w.channel, "name": "Art"}
    return w.admin, (await w.admin.slash(w.channel, "points group", **options)).response


@way("prestige")
async def _prestige(w: World) -> tuple[Any, Any]:
    with w.database.transaction(w.guild.id) as conn:
        lake.append(conn, [setting("prestige_level", 2, guild=w.guild.id)])
    await confirmed(w, "award", member=w.alice, kind="xp", amount=300)
    return await of(w.alice, w, "prestige")


@way("undoxp")
async def _faded(w: World) -> tuple[Any, Any]:
    guild = w.guild.id
    happened: list[Event] = [setting("xp_decay_weekly", 1000, guild=guild)]
    happened += [setting("message_xp", 500, guild=guild), message(1, user=w.alice.id, guild=guild)]
    with w.database.transaction(guild) as conn:
        lake.append(conn, happened)
    await w.env.advance_time(60 * 86_400)
    schedule.run_in(w.database, guild, w.env.now(), xp_decay.DUE)
    (act,) = await w.admin.autocomplete(w.channel, "undo", "act", "xp")
    return await of(w.admin, w, "undo", act=act["value"])


async def sheet(w: World, area: str, key: str) -> tuple[Any, Any]:
    await confirmed(w, "settings set", key="games_enabled", value="on")
    await confirmed(w, "settings set", key="tax_weekly", value="1")
    first = await w.admin.slash(w.channel, "settings show")
    second = await w.admin.select(first.response, [area], custom_id="setarea:all:pick")
    third = await w.admin.select(second.response, [key], custom_id=f"setkey:{area}:pick")
    return w.admin, third.response


@way("setto")
@way("setdefault")
@way("setundo")
async def _switch(w: World) -> tuple[Any, Any]:
    return await sheet(w, "games", "games_enabled")


@way("setform")
async def _number(w: World) -> tuple[Any, Any]:
    return await sheet(w, "upkeep", "tax_weekly")


@way("sethistory")
async def _history(w: World) -> tuple[Any, Any]:
    return await of(w.admin, w, "settings show")


@way("badge")
async def _badge(w: World) -> tuple[Any, Any]:
    made = {"badge": "star", "name": "Star", "given_by": "holders"}
    await w.admin.slash(w.channel, "badge define", **made)
    return await of(w.admin, w, "badge give", member=w.alice, badge="star")


@way("badgerevoke")
async def _badge_back(w: World) -> tuple[Any, Any]:
    who, message = await _badge(w)
    await who.click(message, label="Confirm")
    return await of(w.admin, w, "badge revoke", member=w.alice, badge="star")


HERO = {"name": "Hero", "goal": "custom", "reward": "50 XP, 20 coins"}


async def hero(w: World) -> None:
    form = await w.admin.slash(w.channel, "achievement create", achievement="hero")
    await w.admin.submit_modal(form, HERO)


@way("achgive")
async def _achieved(w: World) -> tuple[Any, Any]:
    await hero(w)
    return await of(w.admin, w, "achievement give", member=w.alice, achievement="hero")


@way("achrevoke")
async def _achieved_back(w: World) -> tuple[Any, Any]:
    who, message = await _achieved(w)
    await who.click(message, label="Confirm")
    return await of(w.admin, w, "achievement revoke", member=w.alice, achievement="hero")


@way("achretire")
async def _retired(w: World) -> tuple[Any, Any]:
    await hero(w)
    return await of(w.admin, w, "achievement retire", achievement="hero")


@way("rolereward")
async def _reward(w: World) -> tuple[Any, Any]:
    role = w.guild.create_role("Knights")
    await w.env.settle()
    return await of(w.admin, w, "roles reward add", role=role, level=2)


@way("roleunreward")
async def _reward_back(w: World) -> tuple[Any, Any]:
    who, message = await _reward(w)
    await who.click(message, label="Confirm")
    found = await w.admin.autocomplete(w.channel, "roles reward remove", "reward", "")
    return await of(w.admin, w, "roles reward remove", reward=found[0]["value"])


@way("doctor")
async def _doctor(w: World) -> tuple[Any, Any]:
    """Discord has not let the bot give a role that a member has earned."""
    role = w.guild.create_role("Knights")
    await w.env.settle()
    await confirmed(w, "roles reward add", role=role, level=2)
    await confirmed(w, "award", member=w.alice, kind="xp", amount=500)
    path = f"/guilds/*/members/*/roles/{role.id}"
    w.env.inject_error("PUT", path, status=403, code=50013, message="Missing Permissions")
    worker.drain(w.database)
    automation.drain(w.database)
    worker.drain(w.database)
    assert await RoleKeeper(w.bot, w.database, w.env.now).once()
    return await of(w.admin, w, "doctor")


async def quest(w: World, **more: str) -> Any:
    """A quest as it was written: a draft, with the button that opens it."""
    form = await w.admin.slash(w.channel, "quest-admin create", quest="help")
    written = {"name": "Help out", "goal": "custom", "reward": "50 XP, 20 coins", **more}
    return (await w.admin.submit_modal(form, {"description": "Help.", **written})).response


@way("questopen:press")
async def _draft(w: World) -> tuple[Any, Any]:
    return w.admin, await quest(w, more="approval: yes")


@way("questopen")
async def _opening(w: World) -> tuple[Any, Any]:
    who, draft = await _draft(w)
    return who, (await who.click(draft, label="Open it for members")).response


@way("questclose")
async def _closing(w: World) -> tuple[Any, Any]:
    who, message = await _opening(w)
    await who.click(message, label="Confirm")
    return await of(w.admin, w, "quest-admin close", quest="help")


@way("questclaim")
async def _claiming(w: World) -> tuple[Any, Any]:
    who, message = await _opening(w)
    await who.click(message, label="Confirm")
    return await of(w.alice, w, "quest show", quest="help")


@way("questok")
@way("questno")
async def _handed_in(w: World) -> tuple[Any, Any]:
    who, message = await _claiming(w)
    await who.click(message, label="Take it on")
    await w.alice.slash(w.channel, "quest submit", quest="help")
    return await of(w.admin, w, "quest-admin board")


@way("questyes")
async def _approving(w: World) -> tuple[Any, Any]:
    await _handed_in(w)
    return await of(w.admin, w, "quest-admin approve", member=w.alice, quest="help")


@way("questback")
async def _sending_back(w: World) -> tuple[Any, Any]:
    await _handed_in(w)
    options = {"member": w.alice, "quest": "help", "reason": "Try again."}
    return w.admin, (await w.admin.slash(w.channel, "quest-admin reject", **options)).response
