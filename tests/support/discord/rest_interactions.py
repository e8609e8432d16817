"""REST about interactions: the first answer, and what is sent and changed after it."""

from typing import Any

from simcord.components import ComponentValidationError, validate_modal

from tests.support.discord import payloads
from tests.support.discord.interactions import ACKNOWLEDGE, COMMAND, FORM, Asked
from tests.support.discord.models import LOADING, Message, Payload
from tests.support.discord.rest import Call, Refusal, route
from tests.support.discord.writing import checked, write

PONG, SAY, THINK, THINK_ON, CHANGE, COMPLETE, OPEN = 1, 4, 5, 6, 7, 8, 9
"""Discord's numbers of the ways to answer first."""


@route("POST", "/interactions/{interaction}/{token}/callback")
def callback(call: Call) -> Any:
    """The first answer, which is due within three seconds and given once."""
    one = call.discord.interactions.by_id(call.number("interaction"), call.text("token"))
    now = call.world.clock()
    if one is None or now - one.at > ACKNOWLEDGE:
        raise Refusal(404, 10062, "Unknown interaction")
    if one.acknowledged_at is not None:
        raise Refusal(400, 40060, "Interaction has already been acknowledged.")
    kind, data = call.body["type"], call.body.get("data") or {}
    message = _first(call, one, kind, data)
    one.acknowledged_at = now
    one.changed()
    told: Payload = {"id": str(one.id), "type": one.type, "activity_instance_id": None}
    resource: Payload = {"type": kind}
    if message is not None:
        resource["message"] = payloads.message(message, call.world.bot)
        told |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": message.private,
        }
    return {"interaction": told, "resource": resource}


def _first(call: Call, one: Asked, kind: int, data: Payload) -> Message | None:
    """Do what the first answer says; the message that it is, if it is one."""
    match kind:
        case x if x == SAY:
            one.answer = _say(call, one, checked(call, body=data))
            return one.answer
        case x if x == THINK:
            one.deferred = True
            one.answer = _say(call, one, data | {"flags": data.get("flags", 0) | LOADING})
            return one.answer
        case x if x == THINK_ON and one.message is not None:
            one.deferred = True
            return None
        case x if x == CHANGE and one.message is not None:
            call.discord.rewrite(one.message, checked(call, one.message, data))
            one.answer = one.message
            return one.answer
        case x if x == COMPLETE:
            one.choices = data["choices"]
            return None
        case x if x == OPEN and one.type != FORM:
            try:
                one.form = validate_modal(data)
            except ComponentValidationError as error:
                raise Refusal(400, 50035, str(error)) from error
            return None
    raise Refusal(400, 50035, f"an interaction of type {one.type} cannot be answered with {kind}")


@route("POST", "/webhooks/{application}/{token}")
def follow_up(call: Call) -> Any:
    """One more message; instead of the sign of thinking, if there still is one."""
    one = _asked(call)
    body = checked(call)
    if one.answer is not None and one.answer.flags & LOADING:
        return _edit(call, one, one.answer, body)
    message = _say(call, one, body)
    one.follow_ups.append(message)
    return _told(call, message)


@route("GET", "/webhooks/{application}/{token}/messages/{message}")
def answer(call: Call) -> Any:
    """An answer as it is now."""
    return _told(call, _message(call, _asked(call)))


@route("PATCH", "/webhooks/{application}/{token}/messages/{message}")
def edit(call: Call) -> Any:
    """Change an answer."""
    one = _asked(call)
    message = _message(call, one)
    return _edit(call, one, message, checked(call, message))


@route("DELETE", "/webhooks/{application}/{token}/messages/{message}")
def delete(call: Call) -> Any:
    """Take an answer away."""
    one = _asked(call)
    message = _message(call, one)
    if not message.private:
        call.discord.deletes(message)
    if one.answer is message:
        one.answer = None
    else:
        one.follow_ups.remove(message)


def _asked(call: Call) -> Asked:
    one = call.discord.interactions.by_token(call.text("token"))
    if one is None:
        raise Refusal(401, 50027, "Invalid Webhook Token")
    if one.acknowledged_at is None:
        raise Refusal(404, 10015, "Unknown Webhook")
    return one


def _message(call: Call, one: Asked) -> Message:
    """The message in the path; that which a button sits on is the original of its press."""
    wanted = call.text("message")
    original = one.answer or (one.message if one.deferred else None)
    for message in (original, *one.follow_ups):
        if message is not None and wanted in (str(message.id), "@original"):
            return message
    raise Refusal(404, 10008, "Unknown Message")


def _say(call: Call, one: Asked, body: Payload) -> Message:
    """A message that answers ``one``; everybody is told of it unless it is private."""
    world = call.world
    message = write(
        world,
        one.channel,
        body,
        webhook_id=world.bot.id,
        type=20 if one.type == COMMAND else 0,
        reference=one.message,
        interaction={
            "id": str(one.id),
            "type": one.type,
            "user": payloads.user(one.member.user),
            "authorizing_integration_owners": {"0": str(one.member.guild.id)},
        },
    )
    if not message.private:
        call.discord.tell("MESSAGE_CREATE", one.channel.guild, payloads.told_message(message))
    return message


def _edit(call: Call, one: Asked, message: Message, body: Payload) -> Any:
    if one.answer is None and message is one.message:
        one.answer = message
    call.discord.rewrite(message, body)
    one.changed()
    return _told(call, message)


def _told(call: Call, message: Message) -> Payload:
    return payloads.message(message, call.world.bot)
