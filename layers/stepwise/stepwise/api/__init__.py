"""HTTP: read requests; make responses, streams and problem documents."""
