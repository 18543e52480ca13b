"""Decides how gunicorn serves the web service: one process, since a call lives in one, and many threads."""

worker_class = "gthread"
workers = 1
# numpy's library waits by spinning: the triage of one sentence took 137 ms of computing time instead of 19.
raw_env = ["OPENBLAS_NUM_THREADS=1"]
# A call holds one thread for its WebSocket; webhooks, audio files and captions need some more.
threads = 128
# gthread reports its own life from its main loop, so a long call is no reason to end the worker.
timeout = 60
graceful_timeout = 10
keepalive = 5
# Twilio's webhooks are small; these are gunicorn's own defaults written down on purpose.
limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
# One writes outside the data folder, and one machine may run the service twice.
control_socket_disable = True
accesslog = None  # a URL may hold a number or a signature
errorlog = "-"
logger_class = "ivr.running.discreet_logger.DiscreetLogger"


def post_worker_init(worker: object) -> None:
    """Take what is loaded out of garbage collection, which else stops all calls at once for 0.15 s."""
    import gc  # gunicorn takes each name of this file for a setting

    gc.collect()
    gc.freeze()
