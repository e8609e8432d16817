"""What commands about seasons share; ``parts`` has the subcommands of ``/season``."""
