"""gunicorn for a measurement: the product's own worker class and threads, no jobs beside it."""

worker_class = "serving.worker.Worker"
workers = 1
threads = 4
loglevel = "error"
control_socket_disable = True
