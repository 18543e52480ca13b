"""What the service does by itself, beside calls and pages."""

import threading
from datetime import timedelta

from ivr import log
from ivr.bootstrap.wired import WiredServices
from ivr.privacy.retention import RecordingStays
from ivr.records.store import RecordRefused, RecordsUnavailable

SWEEP_S = 1.0
COUNT_S = 1.0  # a new call is on the pages within 5 s
COUNTED_AT_ONCE = 500
MORE_TO_COUNT_S = 0.1  # after an update every call is counted anew
PURGE_S = 600.0
TELL_S = 30.0
KEEP_PROMISES_S = 60.0
ONE_DAY = timedelta(days=1)
_log = log.get("bootstrap")


def count_calls(services: WiredServices) -> None:
    """Count calls for the insights pages as they go; what cannot be read now is counted next time."""
    pause = threading.Event()
    pause_s = COUNT_S
    while not pause.wait(pause_s):
        pause_s = COUNT_S
        try:
            if services.tally.catch_up(services.clock.now(), COUNTED_AT_ONCE) == COUNTED_AT_ONCE:
                pause_s = MORE_TO_COUNT_S
        except RecordsUnavailable as problem:
            _log.warning("not_counted", reason=str(problem))


def tell_of_figures(services: WiredServices) -> None:
    """Write alerts and weekly reports down when they are due, and send what is written."""
    pause = threading.Event()
    while not pause.wait(TELL_S):
        try:
            services.figure_watch.look(services.clock.now())
            services.courier.deliver(services.clock.now())
        except RecordsUnavailable as problem:
            _log.warning("figures_not_told", reason=str(problem))


def keep_promises(services: WiredServices) -> None:
    """Erase whom a live call or a restored backup kept from being erased, and clear out once a night.

    Tell in the log, too, when calls of the last day have no evidence that they heard it was an AI.
    """
    pause = threading.Event()
    told = 0
    while True:
        try:
            services.privacy.eraser.sweep()
            now = services.clock.now()
            without, served = services.trust.share_without(now - ONE_DAY, now)
            if without > told:
                _log.error("calls_without_disclosure", without=without, served=served)
            told = without
            if services.privacy.retention.is_due():
                services.privacy.retention.run()
        except (RecordsUnavailable, RecordRefused, RecordingStays, OSError) as problem:
            _log.error("promises_not_kept", problem=type(problem).__name__)
        pause.wait(KEEP_PROMISES_S)


def sweep(services: WiredServices) -> None:
    """Look after what no webhook will ever tell: lost callbacks, quiet calls, old personal audio."""
    purged_at = services.clock.monotonic()
    pause = threading.Event()
    while not pause.wait(SWEEP_S):
        services.desk.sweep()
        services.messages.sweep()
        services.texts.sweep()
        services.callbacks.sweep()
        services.calls.sweep()
        if services.clock.monotonic() - purged_at > PURGE_S:
            purged_at = services.clock.monotonic()
            services.prompts.purge_personal(services.clock.now())
