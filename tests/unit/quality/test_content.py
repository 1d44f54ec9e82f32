"""Completions, languages, labels, coverage and drift."""

import pytest
from quality_builders import Pair, marked, pair, prose, scan_of

from tunedrop.quality.coverage import drift
from tunedrop.quality.scan import QualityScan

ENGLISH = "The answer is that it was not for them to say which of these they would have had."
GERMAN = "Die Antwort ist, dass es nicht für sie war, zu sagen, welche von den beiden sie haben."
FRENCH = "La réponse est que les deux sont dans la maison, et ce ne sont pas des choses pour nous."
SPANISH = "La respuesta es que no hay una casa para los dos, pero son muy buenos en lo que se hace."
RUSSIAN = "Ответ в том, что это не для них, и они не должны были говорить, как это было."
JAPANESE = "答えは、それらのどれを持っていたかを言うのは彼らではなかったということです。"
TOPICS = {
    "billing": "invoice payment refund charge card amount credit price receipt balance",
    "delivery": "parcel courier address shipment tracking arrive late box driver door",
    "account": "password login profile email username locked reset verify sign settings",
}


def labelled(count: int) -> list[Pair]:
    """Records of three topics that words tell apart."""
    names = sorted(TOPICS)
    return [
        (" ".join((prose(n, 6), *_shuffled(TOPICS[names[n % 3]].split(), n))), names[n % 3])
        for n in range(count)
    ]


def _shuffled(words: list[str], seed: int) -> list[str]:
    return [words[(seed * 7 + place * 3) % len(words)] for place in range(6)]


def test_clean_records_have_no_findings() -> None:
    assert scan_of([pair(number) for number in range(60)]).report().findings == ()


def test_empty_dataset_has_a_report() -> None:
    report = QualityScan().report()
    assert (report.records["train"], report.findings, report.effective_records) == (0, (), 0)


def test_trivial_completions_stand_out_among_long_ones() -> None:
    pairs = [*(pair(n) for n in range(30)), (prose(98), "Ok."), (prose(99), "...")]
    assert marked(pairs, "trivial-completion") == [30, 31]


def test_short_completions_are_not_trivial_where_all_are_short() -> None:
    pairs = [(prose(n), f"Number {n * 7919}") for n in range(300)]
    assert marked(pairs, "trivial-completion") == []


@pytest.mark.parametrize("end", [",", " and", " of the", " yellow", "(", " every other wor"])
def test_completion_that_breaks_off_is_truncated(end: str) -> None:
    cut = prose(77, 30).rstrip(".") + end
    pairs = [*(pair(n) for n in range(40)), (prose(99), cut)]
    assert marked(pairs, "truncated-completion") == [40]


@pytest.mark.parametrize("end", [".", "!", '."', ")", "…", "。", "```", "\n\n"])
def test_completion_that_ends_with_a_mark_is_whole(end: str) -> None:
    whole = prose(77, 30) + end
    assert marked([*(pair(n) for n in range(40)), (prose(99), whole)], "truncated-completion") == []


def test_texts_without_marks_are_not_truncated_where_that_is_usual() -> None:
    pairs = [(prose(n), prose(n + 50, 30).rstrip(".")) for n in range(40)]
    assert marked(pairs, "truncated-completion") == []


def test_same_completion_everywhere_is_told() -> None:
    pairs = [(prose(n), "I cannot help with this request at all.") for n in range(30)]
    report = scan_of([*pairs, pair(99)]).report()
    assert report.counts["same-completion"] == 30
    assert report.same_completion_share == pytest.approx(30 / 31, abs=1e-3)


def test_prompt_that_holds_its_answer_is_told() -> None:
    answer = "Because the river freezes in a cold winter."
    assert marked([pair(1), (f"Why? {answer} Say it.", answer)], "answer-in-prompt") == [1]


@pytest.mark.parametrize("foreign", [GERMAN, FRENCH, SPANISH, RUSSIAN, JAPANESE])
def test_completion_in_another_language_is_told(foreign: str) -> None:
    pairs = [(prose(n), f"{ENGLISH} {prose(n + 50, 8)}") for n in range(30)]
    assert marked([*pairs, (prose(99), foreign)], "wrong-language") == [30]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", ENGLISH),
        ("de", GERMAN),
        ("fr", FRENCH),
        ("es", SPANISH),
        ("ru", RUSSIAN),
        ("ja", JAPANESE),
    ],
)
def test_language_is_recognized(code: str, text: str) -> None:
    assert scan_of([("Say it.", text)]).report().summary.languages == {code: 1}


def test_languages_may_mix_where_that_is_usual() -> None:
    pairs = [(prose(n), (ENGLISH, GERMAN)[n % 2] + prose(n, 9)) for n in range(30)]
    assert marked(pairs, "wrong-language") == []


def test_labels_and_their_distribution_are_found() -> None:
    labels = scan_of(labelled(300)).report().labels
    assert labels is not None
    assert labels.labels == (("account", 100), ("billing", 100), ("delivery", 100))
    assert (labels.dominant, labels.rare, labels.similar, labels.noisy) == (None, (), (), 0)


def test_free_text_is_not_taken_for_labels() -> None:
    assert scan_of([pair(number) for number in range(300)]).report().labels is None


def test_wrong_labels_are_suspected_with_the_right_one() -> None:
    pairs = labelled(300)
    for number in (30, 60, 90):
        pairs[number] = (pairs[number][0], "delivery")
    labels = scan_of(pairs).report().labels
    assert labels is not None
    assert [(record, labels.labels[label][0]) for record, label in labels.noise] == [
        (30, "account"),
        (60, "account"),
        (90, "account"),
    ]


def test_dominant_rare_and_similar_labels_are_told() -> None:
    pairs = [(prose(n), "negative") for n in range(300)]
    pairs += [(prose(n), label) for n, label in enumerate(("Negative", "negativ", "other"), 300)]
    report = scan_of(pairs).report()
    assert report.labels is not None
    assert report.labels.dominant == "negative"
    assert report.labels.rare == ("Negative", "negativ", "other")
    assert ("Negative", "negative") in report.labels.similar
    codes = {finding.code for finding in report.findings}
    assert {"label-imbalance", "rare-label", "similar-labels"} <= codes


def test_labels_that_count_are_not_misspelt() -> None:
    pairs = [(prose(n), f"category {n % 4}") for n in range(300)]
    labels = scan_of(pairs).report().labels
    assert labels is not None
    assert labels.similar == ()


def test_agreement_of_repeated_prompts_is_measured() -> None:
    pairs = labelled(300)
    pairs += [(pairs[0][0], "account"), (pairs[0][0], "billing"), (pairs[3][0], "account")]
    labels = scan_of(pairs).report().labels
    assert labels is not None
    assert (labels.agreement, labels.disagreeing) == (0.8, 3)


def test_confidential_label_is_not_shown() -> None:
    pairs = [(prose(n), ("jane.doe@contoso.io", "other")[n % 2]) for n in range(300)]
    labels = scan_of(pairs).report().labels
    assert labels is not None
    assert {name for name, _ in labels.labels} == {"(confidential)", "other"}


def test_test_set_of_another_subject_is_not_covered() -> None:
    trained = [(prose(n % 10) + prose(n, 5), prose(n % 7)) for n in range(60)]
    foreign = [(f"Quartz {n} beneath velvet", f"sings opera {n} sideways") for n in range(20)]
    report = scan_of(trained, test=foreign).report()
    assert report.coverage is not None
    assert report.coverage.uncovered == 20
    assert "uncovered-test-set" in {finding.code for finding in report.findings}


def test_test_set_of_the_same_kind_is_covered() -> None:
    trained = [pair(n) for n in range(200)]
    report = scan_of(trained, test=[pair(n) for n in range(300, 330)]).report()
    assert report.coverage is not None
    assert report.coverage.share == pytest.approx(report.coverage.usual, abs=0.05)


def test_drift_is_none_between_alike_and_large_between_strangers() -> None:
    one = scan_of([pair(n) for n in range(200)]).report()
    alike = scan_of([pair(n) for n in range(200, 400)]).report(before=one.summary)
    strange = scan_of([(GERMAN * 9, f"Nein {n}") for n in range(50)]).report(before=one.summary)
    assert alike.drift is not None
    assert strange.drift is not None
    assert alike.drift.words < 0.2
    assert strange.drift.words > 0.5
    assert alike.drift.languages == pytest.approx(0, abs=0.1)
    assert strange.drift.languages > 0.5
    assert drift(one.summary, one.summary).prompt_lengths == 0


def test_redundancy_is_measured() -> None:
    fresh = scan_of([pair(n) for n in range(50)]).report()
    stale = scan_of([pair(n % 5) for n in range(50)]).report()
    assert (fresh.effective_records, stale.effective_records) == (50, 5)
    assert stale.distinct_share < fresh.distinct_share / 5
    assert stale.compression_ratio > fresh.compression_ratio


def test_report_stays_small_however_much_is_wrong() -> None:
    pairs = [
        (f"{prose(n % 700)} mail{n}@contoso.io", f"{prose(n % 350, 20)} and") for n in range(3000)
    ]
    report = scan_of(pairs).report()
    assert report.duplicates.groups > 100
    assert len(report.to_json()) < 65_536


def test_places_are_named_as_the_caller_wants() -> None:
    scan = scan_of([pair(1), pair(1)])
    finding = scan.report(place=lambda record: f"train.jsonl line {record + 10}").findings[0]
    assert finding.message == "records that say the same as an earlier one: 1 (train.jsonl line 11)"
