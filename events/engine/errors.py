"""What can go wrong with an event.

TallystickError
+-- EventError
|   +-- CannotRead                a stored row is not what this code can read
|       +-- UnknownEventType      it names a type this code does not have
|       +-- UnknownSchemaVersion  it is newer than this code, or an upcast is missing
|       +-- UnknownRules          what is in force rests on a rule that cannot be read
+-- Refused                   a command may not do this; shown to the member, not an error
"""


class TallystickError(Exception):
    """Base of every error that this program raises on purpose."""


def reason_of(error: Exception) -> str:
    """What an operator is told of an error: its kind and its first line."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]


class EventError(TallystickError):
    """An event or a stored row cannot be understood."""


class CannotRead(EventError):
    """A stored row cannot be understood by this code; ``event_type`` and ``schema_version`` are
    what a release that can must know."""

    def __init__(self, text: str, event_type: str = "", schema_version: int = 0) -> None:
        """Say what, where and why, without content."""
        super().__init__(text)
        self.event_type = event_type
        self.schema_version = schema_version


class UnknownEventType(CannotRead):
    """A stored row names an event type that no class in the catalogue declares."""


class UnknownSchemaVersion(CannotRead):
    """A stored row has a schema version that no chain of upcasts brings to today's."""


class UnknownRules(CannotRead):
    """Nobody can say which rules are in force: one of them cannot be read."""


class Refused(TallystickError):
    """A command was understood and declined. The text is written for the member who asked."""
