"""IAM for everything but Bedrock: asks the roles' policies about the requests that they sign."""
