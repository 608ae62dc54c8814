"""gunicorn as it is shipped: one process that writes (SQLite), eight threads. With PostgreSQL: WEB_CONCURRENCY = 2 x cores."""

import os
import sys

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("THREADS", "8"))
control_socket_disable = True
timeout = 60
graceful_timeout = 20
keepalive = 15
backlog = 256
max_requests = 0
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(L)s'  # no query and no referrer: searches may name persons
forwarded_allow_ips = "127.0.0.1"
preload_app = False

# Threads take turns every half millisecond: one that holds the write lock waits less for the others (default 5 ms).
sys.setswitchinterval(0.0005)


def post_worker_init(worker):
    """What was being done when the last process ended is taken up again: lists that came in, provinces to be counted anew."""
    from survey.exchange.runner import resume_all
    from survey.recounting import resume

    resume_all()
    resume()
