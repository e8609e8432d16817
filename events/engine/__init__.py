"""The machinery under every event type: base class, catalogue, canonical bytes, snowflakes."""
