"""The use cases: answer a request, stream it, go on with it in a worker, look a job up."""
