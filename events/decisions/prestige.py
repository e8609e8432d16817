"""May this member take a prestige?"""

from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.prestige import PrestigeTaken


def take_prestige(asked: Asked, *, level: int, count: int, needed: int) -> PrestigeTaken:
    """``asked.user_id``, at ``level`` and with ``count`` prestiges so far, begins again; ``needed``
    is the level that it takes in this guild, 0 for no prestige. Raises Refused."""
    if needed == 0:
        raise Refused("There is no prestige in this server. Admins can allow it in /settings.")
    if level < needed:
        raise Refused(
            f"Prestige begins at level {needed:,} and you are at level {level:,}. Come back when "
            "you have reached it."
        )
    return PrestigeTaken(
        **asked.envelope,
        source_id=f"{asked.user_id}:{PrestigeTaken.event_type}:{count + 1}",
        count=count + 1,
        level=level,
    )
