"""The use cases: answer a request, stream it, continue it in a worker, look up a job."""
