"""REST about the bot itself: who it is, its commands, where the gateway is."""

import re
from typing import Any, Final

from tests.support.discord import payloads
from tests.support.discord.models import Payload
from tests.support.discord.rest import Call, Refusal, route

MOST: Final = {1: 100, 2: 15, 3: 15}
"""Commands of each type: slash, on a user, on a message."""
_NAME: Final = re.compile(r"^[-_'\w]{1,32}$")


@route("GET", "/users/@me")
def me(call: Call) -> Any:
    """The bot."""
    return payloads.user(call.world.bot) | {"verified": True, "mfa_enabled": False, "flags": 0}


@route("GET", "/users/{user}")
def user(call: Call) -> Any:
    """Anybody."""
    return payloads.user(call.user)


@route("GET", "/oauth2/applications/@me")
def application(call: Call) -> Any:
    """The application."""
    return {
        "id": str(call.world.bot.id),
        "name": call.world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "team": None,
        "owner": payloads.user(call.world.bot),
        "bot": payloads.user(call.world.bot),
    }


@route("GET", "/gateway")
def gateway(call: Call) -> Any:
    """Where to connect to."""
    return {"url": call.discord.gateway_url}


@route("GET", "/gateway/bot")
def gateway_bot(call: Call) -> Any:
    """Where to connect to, with how many shards, and how often."""
    terms = call.discord.terms
    limit = {
        "total": terms.identifies,
        "remaining": call.discord.sessions.left,
        "reset_after": 86_400_000,
        "max_concurrency": terms.max_concurrency,
    }
    return {"url": call.discord.gateway_url, "shards": terms.shards, "session_start_limit": limit}


@route("GET", "/users/@me/guilds")
def guilds(call: Call) -> Any:
    """The servers that the bot is in, by id."""
    after, before = call.asked("after", 0), call.asked("before", 1 << 63)
    found = sorted(
        (guild for guild in call.world.guilds.values() if call.world.bot.id in guild.members),
        key=lambda guild: guild.id,
    )
    told = [guild for guild in found if after < guild.id < before]
    limit = call.asked("limit", 200, 200)
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "owner": False,
            "permissions": str(guild.members[call.world.bot.id].permissions),
            "features": [],
        }
        for guild in told[:limit]
    ]


@route("POST", "/users/@me/channels")
def direct(call: Call) -> Any:
    """Where the bot talks with one user alone."""
    found = call.world.users.get(int(call.body["recipient_id"]))
    if found is None:
        raise Refusal(404, 10013, "Unknown User")
    return payloads.channel(call.world.direct_channel(found))


@route("GET", "/applications/{application}/commands")
def commands(call: Call) -> Any:
    """The commands that were told last."""
    return call.discord.commands


@route("PUT", "/applications/{application}/commands")
def set_commands(call: Call) -> Any:
    """The commands from now on. They are checked against Discord's limits."""
    told = call.request.body
    for kind, most in MOST.items():
        count = sum(command.get("type", 1) == kind for command in told)
        if count > most:
            raise Refusal(400, 30032, f"{count} commands of type {kind}, {most} are allowed")
    for command in told:
        _check(command, command["name"])
    call.discord.commands = [
        {"application_id": str(call.world.bot.id), "version": "1", "type": 1, **command}
        | {"id": str(call.world.new_id())}
        for command in told
    ]
    return call.discord.commands


def _check(told: Payload, where: str) -> None:
    """Raise Refusal for a command or an option that Discord would not take."""
    kind, name, text = told.get("type", 1), told["name"], told.get("description", "")
    is_menu = kind in (2, 3) and "options" not in told and not text
    if not is_menu and (not _NAME.match(name) or name != name.lower()):
        raise Refusal(400, 50035, f"{where}: the name")
    if not is_menu and not 1 <= len(text) <= 100:
        raise Refusal(400, 50035, f"{where}: the description")
    for several in ("options", "choices"):
        if len(told.get(several) or []) > 25:
            raise Refusal(400, 50035, f"{where}: {several}")
    for choice in told.get("choices") or []:
        if not 1 <= len(choice["name"]) <= 100 or len(str(choice["value"])) > 100:
            raise Refusal(400, 50035, f"{where}: the choice {choice['name']}")
    for option in told.get("options") or []:
        _check(option, f"{where} {option['name']}")
