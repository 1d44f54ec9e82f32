"""Training on Bedrock: customization jobs and the losses that they leave behind."""
