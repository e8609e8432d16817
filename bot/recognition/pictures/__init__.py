"""Pictures: PNGs drawn with Pillow, each by a function that is called outside the event loop."""
