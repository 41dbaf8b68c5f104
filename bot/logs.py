"""Logs: one line of JSON each, without anything that is nobody's business."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_SECRET = re.compile(r"(?i)(secret|token|key|code|phone|session)")
_OPENID = re.compile(r"\b[om][_A-Za-z0-9-]{27}\b")


def set_up_logs(level: str, file: TextIO | None = None) -> None:
    """Called once per process."""
    # A tick that is skipped because the one before still works is nothing to report.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file),
    )


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hides values under telling names, and identities wherever they stand."""
    for name, value in event.items():
        if _SECRET.search(name) and not isinstance(value, int):
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = _OPENID.sub(lambda found: found[0][:6] + "…", value)
    return event
