"""What acts on what has happened: an event leads to a further event.

An automation is not a projection: it has a checkpoint of its own, appends with keys made of what
caused it, and never runs in a rebuild. A flat file here is something you add; it declares
``AUTOMATION``.
"""
