"""DynamoDB, SQS and the answer cache."""
