"""Gateway to the topic that tells people of runs."""

from typing import Any

from tunedrop.gateway import aws

_LONGEST_SUBJECT = 100


class Notifications:
    """Sends plain messages to the topic's subscribers."""

    def __init__(self, client: Any, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def send(self, *, subject: str, message: str) -> None:
        """Tell the subscribers; SNS takes one line of at most 100 ASCII characters as subject."""
        line = subject.encode("ascii", "replace").decode()[:_LONGEST_SUBJECT]
        with aws("publish a notification"):
            self._client.publish(TopicArn=self._topic_arn, Subject=line, Message=message)
