"""Builds the service from its settings: every AWS client, gateway and desk, on first use.

A property imports what it builds, so that a function loads only what its state needs.
"""

from tunedrop.services.serving import Serving
from tunedrop.services.tuning import Tuning


class Services(Tuning, Serving):
    """One stage's service, as a Lambda function or the command line sees it."""
