"""Every rule of the quality checks: a stable code, how bad it is, what it means, what to do."""

from tunedrop.dataset.rules import Rule

_RULES = (
    Rule(
        "exact-duplicate",
        "warning",
        "Records say the same, apart from case and spacing.",
        "Keep one of each: repeated records are learnt by heart.",
    ),
    Rule(
        "near-duplicate",
        "warning",
        "Records share at least 80 % of their word pairs.",
        "Keep one of each group, or make the records differ in substance.",
    ),
    Rule(
        "contradiction",
        "warning",
        "The same prompt has different completions.",
        "Decide on one completion per prompt, unless the variety is meant.",
    ),
    Rule(
        "same-completion",
        "warning",
        "Nearly all completions are the same.",
        "A model would learn to say this always; add records with other completions.",
    ),
    Rule(
        "common-prompt",
        "warning",
        "Many records have one and the same prompt.",
        "Say in each prompt what sets its record apart: these records are on all sides of the "
        "split, and a test leaves out those whose prompt was trained on.",
    ),
    Rule(
        "trivial-completion",
        "warning",
        "A completion is empty of words, or far shorter than the others.",
        "Write out the answer, or remove the record.",
    ),
    Rule(
        "truncated-completion",
        "warning",
        "A completion ends in the middle of a sentence; most others do not.",
        "Take the whole text from its source again, or remove the record.",
    ),
    Rule(
        "boilerplate",
        "warning",
        "Many records share much of their text.",
        "Shorten what all share, or put it into the system prompt: every repetition is paid for.",
    ),
    Rule(
        "wrong-language",
        "warning",
        "A completion is in another language than nearly all others.",
        "Remove or translate the record, unless the language is meant.",
    ),
    Rule(
        "answer-in-prompt",
        "warning",
        "The prompt holds the whole completion.",
        "Take the answer out of the prompt, unless copying is the task.",
    ),
    Rule(
        "personal-data",
        "error",
        "A record holds personal data.",
        "Remove the data, or let the recipe redact them with `personal_data: redact`.",
    ),
    Rule(
        "possible-personal-data",
        "warning",
        "A record may hold personal data.",
        "Look at the records; with `personal_data: redact` these are redacted, too.",
    ),
    Rule(
        "secret",
        "error",
        "A record holds a key, a token or a password.",
        "Revoke it where it was issued, and remove it: a model may repeat what it was trained on.",
    ),
    Rule(
        "possible-secret",
        "warning",
        "A record may hold a key, a token or a password.",
        "Look at the records, and remove what is real.",
    ),
    Rule(
        "label-imbalance",
        "warning",
        "One label has most of the records.",
        "Add records of the other labels, or leave out some of the frequent one.",
    ),
    Rule(
        "rare-label",
        "warning",
        "A label has too few records to be learnt.",
        "Add records of the label, or merge it with another.",
    ),
    Rule(
        "similar-labels",
        "warning",
        "Labels differ in spelling only.",
        "Spell each label in one way.",
    ),
    Rule(
        "label-noise",
        "warning",
        "A record's label is not that of the records most like it.",
        "Look at the records, and correct what is wrong.",
    ),
    Rule(
        "leakage",
        "error",
        "A record to validate or test with is also trained on, or its prompt is.",
        "Remove it from one of the files: a model is not tested by what it has seen.",
    ),
    Rule(
        "uncovered-test-set",
        "warning",
        "The test set speaks of other things than the training set.",
        "Draw both from the same source, or add training records like those of the test set.",
    ),
    Rule(
        "known-to-champion",
        "warning",
        "A record to test with is one that the champion was trained on.",
        "Nothing to do: it is left out, because the champion has seen the answer.",
    ),
    Rule(
        "left-out",
        "warning",
        "There are more records than the base model takes.",
        "Nothing to do: a part that stands for all is trained on, as `data.too_many: select` asks.",
    ),
)

QUALITY_RULES = {rule.code: rule for rule in _RULES}
