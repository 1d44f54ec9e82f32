"""A stand-in for Amazon Bedrock that answers its HTTP API."""
