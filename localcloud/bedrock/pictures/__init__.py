"""Images and videos as bytes: what their headers say, and their pixels."""
