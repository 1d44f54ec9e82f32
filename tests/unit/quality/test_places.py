"""Every record that a quality report names can be found by people."""

from quality_builders import pair, scan_of


def test_records_that_are_named_have_their_place() -> None:
    pairs = [pair(seed) for seed in range(30)]
    scan = scan_of([*pairs, pairs[4]], test=[pairs[7]])
    report = scan.report(place=lambda record: f"a.jsonl, line {record + 11}")
    assert report.duplicates.largest[0].members == (4, 30)
    assert report.leaks.examples[0][:2] == (31, 7)
    assert {report.places[record] for record in (4, 30)} == {"a.jsonl, line 15", "a.jsonl, line 41"}
    assert set(report.places) == set(report.named_records) >= {4, 7, 30, 31}
