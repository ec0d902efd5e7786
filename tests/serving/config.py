"""gunicorn for these tests: the product's own worker class with two threads, which are soon busy."""

worker_class = "serving.worker.Worker"
threads = 2
graceful_timeout = 8
loglevel = "warning"
accesslog = "-"
control_socket_disable = True
