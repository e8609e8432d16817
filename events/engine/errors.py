"""What can go wrong with an event.

TallystickError
+-- EventError
|   +-- UnknownEventType      a stored row names a type this code does not have
|   +-- UnknownSchemaVersion  a stored row is newer than this code, or an upcast is missing
+-- Refused                   a command may not do this; shown to the member, not an error
"""


class TallystickError(Exception):
    """Base of every error that this program raises on purpose."""


class EventError(TallystickError):
    """An event or a stored row cannot be understood."""


class UnknownEventType(EventError):
    """A stored row names an event type that no class in the catalogue declares."""


class UnknownSchemaVersion(EventError):
    """A stored row has a schema version that no chain of upcasts brings to today's."""


class Refused(TallystickError):
    """A command was understood and declined. The text is written for the member who asked."""
