"""What goes wrong, and when: each fault is a value, the same in a test and in a script.

Every fault matches occasions of its kind. It lets the first ``after`` of them pass, then strikes
``times`` times (None: for ever), each time with the chance ``chance``, and only for ``seconds``
after it was added (None: for ever). ``struck`` counts.
"""

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import TypeVar


@dataclass(kw_only=True)
class Fault:
    """What all faults have in common."""

    times: int | None = 1
    after: int = 0
    chance: float = 1.0
    seconds: float | None = None
    struck: int = field(default=0, init=False)
    added: float = field(default=0.0, init=False)


@dataclass(kw_only=True)
class OfDispatch(Fault):
    """A fault of one dispatch to one session; ``event`` may have ``*`` in it."""

    event: str = "*"
    guild: int | None = None
    shard: int | None = None


@dataclass(kw_only=True)
class Drop(OfDispatch):
    """It is never sent, also not when the session is resumed."""


@dataclass(kw_only=True)
class Duplicate(OfDispatch):
    """It is sent twice: with the same sequence number, or as if it had happened twice."""

    renumbered: bool = False


@dataclass(kw_only=True)
class Reorder(OfDispatch):
    """It is sent after the one that follows, or after ``patience`` seconds if none does."""

    patience: float = 0.2


@dataclass(kw_only=True)
class Delay(OfDispatch):
    """It is sent ``by`` seconds later; what follows overtakes it."""

    by: float = 0.1


@dataclass(kw_only=True)
class OfSocket(Fault):
    """A fault of a connection. Without ``event`` it strikes those that are open, at once; with it,
    when such a dispatch should be sent, which is then sent only when the session is resumed."""

    event: str | None = None
    guild: int | None = None
    shard: int | None = None


@dataclass(kw_only=True)
class Cut(OfSocket):
    """The connection is gone without a word."""


@dataclass(kw_only=True)
class Close(OfSocket):
    """Discord closes the connection with a code; after 4004, 4010 to 4014 the client gives up, and
    after 4007 and 4009 there is no session to resume."""

    code: int = 4000


@dataclass(kw_only=True)
class Invalidate(OfSocket):
    """Invalid session (op 9); one that is not resumable is forgotten."""

    resumable: bool = False


@dataclass(kw_only=True)
class Reconnect(OfSocket):
    """Discord asks the client to connect anew and resume (op 7)."""


@dataclass(kw_only=True)
class Deaf(Fault):
    """A heartbeat is not answered."""

    shard: int | None = None


@dataclass(kw_only=True)
class Refuse(Fault):
    """A connection to the gateway is refused with ``status``."""

    status: int = 503


@dataclass(kw_only=True)
class OfRequest(Fault):
    """A fault of a REST request: ``route`` is like ``POST /channels/*/messages``."""

    route: str = "*"
    guild: int | None = None


@dataclass(kw_only=True)
class RateLimited(OfRequest):
    """429; ``scope`` is ``user`` (this route), ``shared`` (by everybody), ``global``, or
    ``cloudflare``: not even Discord has seen it, and it is no use to ask again soon."""

    scope: str = "user"
    retry_after: float = 0.05


@dataclass(kw_only=True)
class Fails(OfRequest):
    """Answered with ``status``, and nothing is done; ``code`` is Discord's own (403 with 50013)."""

    status: int = 500
    code: int = 0
    message: str = ""


@dataclass(kw_only=True)
class Silent(OfRequest):
    """Nothing is done and for ``wait`` seconds nothing answered; then the connection is cut."""

    wait: float = 60.0


@dataclass(kw_only=True)
class LostAnswer(OfRequest):
    """It is done, and the connection is cut instead of an answer."""


@dataclass(kw_only=True)
class Slow(OfRequest):
    """It is done and answered, ``by`` seconds late."""

    by: float = 0.5


F = TypeVar("F", bound=Fault)


class Faults:
    """The faults that are to come."""

    def __init__(self, seed: int = 0) -> None:
        """Without faults; ``seed`` decides whether those with a chance strike."""
        self._random = Random(seed)
        self._waiting: list[Fault] = []
        self.strike_sockets = _nothing

    def add(self, fault: F) -> F:
        """From now on. A fault of sockets without an event strikes at once."""
        fault.added = asyncio.get_running_loop().time()
        if isinstance(fault, OfSocket) and fault.event is None:
            self.strike_sockets(fault)
            fault.struck += 1
        else:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()

    def of_dispatch(
        self, event: str, guild: int | None, shard: int
    ) -> "OfDispatch | OfSocket | None":
        """What goes wrong with a dispatch."""
        for fault in self._waiting:
            if (
                isinstance(fault, OfDispatch | OfSocket)
                and fnmatchcase(event, fault.event or "")
                and fault.guild in (None, guild)
                and fault.shard in (None, shard)
                and self._strikes(fault)
            ):
                return fault
        return None

    def of_heartbeat(self, shard: int) -> bool:
        """Whether a heartbeat goes unanswered."""
        return any(
            isinstance(fault, Deaf) and fault.shard in (None, shard) and self._strikes(fault)
            for fault in self._waiting
        )

    def of_connection(self) -> Refuse | None:
        """Whether a connection is refused."""
        for fault in self._waiting:
            if isinstance(fault, Refuse) and self._strikes(fault):
                return fault
        return None

    def of_request(self, route: str, guild: int | None) -> OfRequest | None:
        """What goes wrong with a request, like ``GET /guilds/5/roles``."""
        for fault in self._waiting:
            if (
                isinstance(fault, OfRequest)
                and fnmatchcase(route, fault.route)
                and fault.guild in (None, guild)
                and self._strikes(fault)
            ):
                return fault
        return None

    def _strikes(self, fault: Fault) -> bool:
        """Whether a fault that matches an occasion strikes it."""
        age = asyncio.get_running_loop().time() - fault.added
        if fault.seconds is not None and age > fault.seconds:
            return False
        if fault.times is not None and fault.struck >= fault.times:
            return False
        if fault.after > 0:
            fault.after -= 1
            return False
        if fault.chance < 1 and self._random.random() >= fault.chance:
            return False
        fault.struck += 1
        return True


def _nothing(fault: OfSocket) -> None:
    """Before there is a gateway."""
