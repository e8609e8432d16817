"""Commands to events: what was asked, what is known, what is decided. Pure: state and time are
passed in, facts are returned, and whoever may not do a thing is told so by ``Refused``."""
