"""Tunedrop: drop a dataset into S3, get a fine-tuned model in service on Amazon Bedrock."""

__version__ = "0.1.0"
