"""What the log says of requests."""

import logging


class WithoutNeedlessTraceback(logging.Filter):
    """Django logs each refusal of a request (4xx) with a traceback, which is for faults of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
