"""API Gateway's part."""
