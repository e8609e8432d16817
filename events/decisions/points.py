"""May these points be given by hand?"""

from events.decisions.asked import Asked
from events.decisions.economy import Member, check_award
from events.engine.errors import Refused
from events.points import PointsAwarded


def award_points(
    asked: Asked, receiver: Member, kind: str, amount: int, reason: str, *, has: int, most: int
) -> PointsAwarded:
    """The admin ``asked.user_id`` gives ``receiver``, who has ``has``, ``amount`` of ``kind``
    (``xp`` or ``stars``), ``most`` at once; below zero takes. Raises Refused for a bot, for
    nothing, for too much, and where nothing may be given (``most`` is 0)."""
    check_award(receiver, amount)
    if most == 0:
        raise Refused("Points are not given by hand in this server (/settings, Awards by hand).")
    if abs(amount) > most:
        raise Refused(f"One award moves at most {most:,} {kind} in this server.")
    if has + amount < 0:
        raise Refused(f"That member has {has:,} {kind}; at most those can be taken.")
    return PointsAwarded(
        **asked.envelope,
        source_id=asked.source_id(PointsAwarded.event_type),
        target_id=receiver.user_id,
        xp=amount if kind == "xp" else 0,
        stars=amount if kind == "stars" else 0,
        reason=reason,
    )
