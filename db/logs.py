"""Logs of every process: events with fields, never names or texts of people, never secrets."""

import logging
import re
import sys
from typing import Any

import structlog

# Chatty at INFO, and their lines hold addresses with the bot's token or people's words.
QUIET = ("aiogram", "aiohttp", "apscheduler", "waitress", "sqlalchemy", "matplotlib", "fontTools", "PIL", "werkzeug")
SECRET = ("token", "password", "secret", "authorization", "cookie")
# What exceptions of libraries carry in their texts: an address of the Bot API holds the token, a validation error the
# start of what somebody wrote. The code itself has no Cyrillic, so in a log it can only be people's words.
UNSAID = re.compile(
    r"(?<=/bot)\d+:[^/\s'\"]+|\d{6,}:[\w-]{30,}|(?<=input_value=).*?(?=, input_type=)|[\u0400-\u04ff]+", re.ASCII
)


def configure_logging(level: str = "INFO", format: str = "console") -> None:
    """One line an event on stderr: `console` for people, `json` for a collector. Libraries speak from WARNING on."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: list[structlog.types.Processor]
    if format == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        # Plain tracebacks: the pretty ones print local variables, and those hold people's data.
        last = [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, _without_words],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))


def _without_words(_logger: Any, _method: str, line: Any) -> str:
    return UNSAID.sub("…", str(line))


def _without_secrets(_logger: Any, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    for key in event:
        if any(word in key.lower() for word in SECRET):
            event[key] = "…"
    return event
