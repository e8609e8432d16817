"""What can go wrong with an import.

TallystickError
+-- ImportRefused  a file cannot be imported; says which, why, and what to do
"""

from events.engine.errors import TallystickError


class ImportRefused(TallystickError):
    """A file is not an export that can be read. The text is for the person who gave it."""
