"""gunicorn for these tests: the product's own worker class with two threads, which are soon busy."""

import runpy

from config import ROOT
from serving import patience

worker_class = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["worker_class"]
threads = 2
graceful_timeout = 8
loglevel = "warning"
accesslog = "-"
control_socket_disable = True

patience.HEADER_WITHIN = 4  # seconds: the tests wait for it
