"""What happened: every fact Tallystick can record, as immutable pydantic models.

A flat file here is something you add: one area of community life, one class per event type.
``engine/`` is something you leave alone. Nothing in this package does I/O, reads a clock or
rolls dice; it needs pydantic, orjson and the standard library only.
"""
