"""REST about servers: channels, roles, members, voice, scheduled events."""

from typing import Any

from tests.support.discord import payloads
from tests.support.discord.models import Member
from tests.support.discord.rest import Call, Refusal, route

MANAGE_ROLES = 1 << 28


@route("GET", "/guilds/{guild}")
def guild(call: Call) -> Any:
    """A server, with counts if they are asked for."""
    found = payloads.guild(call.guild)
    if call.request.query.get("with_counts") in ("true", "1"):
        found["approximate_member_count"] = len(call.guild.members)
        found["approximate_presence_count"] = 0
    return found


@route("GET", "/guilds/{guild}/channels")
def channels(call: Call) -> Any:
    """All channels, without threads."""
    return [payloads.channel(one) for one in call.guild.channels.values()]


@route("GET", "/guilds/{guild}/threads/active")
def threads(call: Call) -> Any:
    """All threads that are not archived."""
    found = [one for one in call.guild.threads.values() if not one.archived]
    return {"threads": [payloads.channel(one) for one in found], "members": []}


@route("GET", "/guilds/{guild}/roles")
def roles(call: Call) -> Any:
    """All roles."""
    return [payloads.role(one) for one in call.guild.roles.values()]


@route("GET", "/guilds/{guild}/members")
def members(call: Call) -> Any:
    """Members by id, page by page."""
    if "members" not in call.discord.terms.privileged:
        raise Refusal(403, 50001, "Missing Access")
    after, limit = call.asked("after", 0), call.asked("limit", 1, 1000)
    found = sorted((one for one in call.guild.members.values()), key=lambda one: one.id)
    return [payloads.member(one) for one in found if one.id > after][:limit]


@route("GET", "/guilds/{guild}/members/{user}")
def member(call: Call) -> Any:
    """One member."""
    return payloads.member(call.member)


@route("PATCH", "/guilds/{guild}/members/{user}")
def change_member(call: Call) -> Any:
    """A member's roles or nickname."""
    who = call.member
    if call.body.get("roles") is not None:
        wanted = {int(role_id) for role_id in call.body["roles"]}
        for role_id in wanted ^ who.roles:
            _check_role(call, role_id)
        who.roles = wanted
    if "nick" in call.body:
        who.nick = call.body["nick"] or None
    call.discord.updated(who)
    return payloads.member(who)


@route("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
def give_role(call: Call) -> Any:
    """Give a role."""
    _set_role(call, call.member, given=True)


@route("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
def take_role(call: Call) -> Any:
    """Take a role away."""
    _set_role(call, call.member, given=False)


@route("GET", "/guilds/{guild}/voice-states/{user}")
def voice_state(call: Call) -> Any:
    """How one member stands in voice."""
    voice = call.guild.voices.get(call.user.id)
    if voice is None:
        raise Refusal(404, 10065, "Unknown Voice State")
    return payloads.told_voice(voice)


@route("GET", "/guilds/{guild}/scheduled-events")
def scheduled_events(call: Call) -> Any:
    """The scheduled events that are not over."""
    return [payloads.scheduled_event(one) for one in call.guild.events.values()]


@route("GET", "/guilds/{guild}/scheduled-events/{event}")
def scheduled_event(call: Call) -> Any:
    """One of them."""
    event = call.guild.events.get(call.number("event"))
    if event is None:
        raise Refusal(404, 10070, "Unknown Guild Scheduled Event")
    return payloads.scheduled_event(event)


def _set_role(call: Call, who: Member, *, given: bool) -> None:
    role_id = call.number("role")
    _check_role(call, role_id)
    before = set(who.roles)
    (who.roles.add if given else who.roles.discard)(role_id)
    if who.roles != before:
        call.discord.updated(who)


def _check_role(call: Call, role_id: int) -> None:
    """Raise Refusal for a role that is not there, or not the bot's to give."""
    found, us = call.guild.roles.get(role_id), call.guild.members[call.world.bot.id]
    if found is None:
        raise Refusal(404, 10011, "Unknown Role")
    highest = max((call.guild.roles[one].position for one in us.roles), default=0)
    if not us.permissions & (MANAGE_ROLES | 8) or found.position >= highest or found.managed:
        raise Refusal(403, 50013, "Missing Permissions")
