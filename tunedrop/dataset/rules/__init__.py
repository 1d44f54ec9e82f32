"""Every rule of the validator: a stable code, how bad it is, what it means, what to do."""

from tunedrop.dataset.rules.files import FILE_RULES
from tunedrop.dataset.rules.media import MEDIA_RULES
from tunedrop.dataset.rules.media_files import MEDIA_FILE_RULES
from tunedrop.dataset.rules.records import RECORD_RULES
from tunedrop.dataset.rules.rule import Rule, Severity
from tunedrop.dataset.rules.sizes import SIZE_RULES
from tunedrop.dataset.rules.targets import TARGET_RULES

__all__ = ["RULES", "Rule", "Severity"]

_RULES = (*FILE_RULES, *RECORD_RULES, *TARGET_RULES, *MEDIA_RULES, *MEDIA_FILE_RULES, *SIZE_RULES)

RULES: dict[str, Rule] = {rule.code: rule for rule in _RULES}
