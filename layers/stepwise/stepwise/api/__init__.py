"""HTTP: requests in, responses, streams and problem documents out."""
