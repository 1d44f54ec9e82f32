"""Media of a dataset: looked at together, each once, their faults given to their records."""

from dataclasses import replace
from threading import Barrier

import pytest
from media_builders import gif, png
from media_targets import TILES, MemoryStore, captioned, dialogue, image, target_with, video
from msgspec import structs

from tunedrop.dataset.formats.media import fields_of
from tunedrop.dataset.media_copies import MediaCopies, copied_name
from tunedrop.dataset.media_files import MediaVersion
from tunedrop.dataset.media_inspection import MediaInspection
from tunedrop.dataset.media_manifest import MediaManifest, with_media
from tunedrop.dataset.records import AnyRecord, Media, Passage
from tunedrop.dataset.target import Target
from tunedrop.errors import DatasetRejectedError, ServiceBusyError


def inspect(
    store: MemoryStore, *records: AnyRecord, target: Target | None = None
) -> tuple[list[tuple[int, str, str | None]], MediaManifest]:
    """Line, code and field of every fault, sorted, and the manifest."""
    given = target or target_with()
    with MediaInspection(store, given, pause=lambda _: None) as inspection:
        for line, record in enumerate(records, 1):
            inspection.take(record, "data.jsonl", line)
        found = [(line, fault.code, fault.field) for _, line, fault in inspection.faults()]
        return sorted(found), inspection.manifest()


def test_every_record_of_a_faulty_image_is_named_and_the_image_read_once() -> None:
    store = MemoryStore({"good.png": png(), "small.png": png(64, 64)})
    records = [captioned("small.png"), captioned("good.png"), captioned("small.png")]
    found, _ = inspect(store, *records)
    assert found == [(1, "image-size", "image-ref"), (3, "image-size", "image-ref")]
    assert sorted(store.opened) == ["good.png", "small.png"]


def test_the_field_is_that_of_the_turn_and_its_part() -> None:
    store = MemoryStore({"good.png": png()})
    found, _ = inspect(store, dialogue(image("good.png"), image("gone.png"), video("gone.mp4")))
    assert found == [
        (1, "media-not-found", "messages[0].content[2].image"),
        (1, "media-not-found", "messages[0].content[3].video"),
    ]


def test_one_file_under_two_formats_is_judged_by_each() -> None:
    store = MemoryStore({"a": gif()})
    found, _ = inspect(store, dialogue(image("a", "gif")), dialogue(image("a", "png")))
    assert found == [(2, "media-format-stated", "messages[0].content[1].image")]


def test_many_records_are_looked_at_and_each_fault_is_kept() -> None:
    names = [f"{number}.png" for number in range(3000)]
    store = MemoryStore({name: png() for number, name in enumerate(names) if number % 3})
    found, manifest = inspect(store, *map(captioned, names))
    assert [line for line, _, _ in found] == list(range(1, 3001, 3))
    assert len(manifest.media) == len(store.opened) == 3000


def test_files_are_opened_at_the_same_time() -> None:
    class Meeting(MemoryStore):
        def open(self, uri: str, kind: str) -> object:  # type: ignore[override]
            together.wait()
            return super().open(uri, "image")

    together = Barrier(8, timeout=30)
    names = [f"{number}.png" for number in range(8)]
    found, _ = inspect(Meeting({name: png() for name in names}), *map(captioned, names))
    assert found == []


def test_images_of_a_record_count_as_tokens_together() -> None:
    target = target_with(max_tokens=4_000, image_tokens=TILES)
    store = MemoryStore({"a": gif(512, 512), "b": gif(512, 513), "wide": gif(1200, 512)})
    two = dialogue(image("a"), image("b"))
    wider = dialogue(image("a"), image("wide"))
    found, _ = inspect(store, two, wider, target=target)
    assert found == [(2, "too-many-tokens", None)]


def test_what_is_not_looked_at_is_one_warning_at_its_first_line() -> None:
    uri = "s3://data/a.png"
    store = MemoryStore({"b.png": png()}, skipped=frozenset({uri}))
    with MediaInspection(store, target_with()) as inspection:
        for line, name in enumerate(["b.png", uri, uri], 1):
            inspection.take(captioned(name), "data.jsonl", line)
        [(file, line, fault)] = inspection.faults()
    assert (file, line, fault.is_error) == ("data.jsonl", 2, False)
    assert fault.message == "media in S3 are not looked at here: 2 from this record on"
    assert store.opened == ["b.png"]


def test_a_busy_store_is_asked_again() -> None:
    store = MemoryStore({"a.png": png()}, failures=[ServiceBusyError("slow down")] * 3)
    assert inspect(store, captioned())[0] == []
    assert store.opened == ["a.png"] * 4


def test_a_store_that_stays_busy_fails_the_validation() -> None:
    store = MemoryStore({"a.png": png()}, failures=[ServiceBusyError("slow down")] * 100)
    with pytest.raises(ServiceBusyError, match="slow down"):
        inspect(store, captioned())


def test_nobody_waits_for_a_busy_store_once_all_is_over() -> None:
    store = MemoryStore({"a.png": png()}, failures=[ServiceBusyError("slow down")] * 100)
    with MediaInspection(store, target_with()) as inspection:
        inspection.take(captioned(), "data.jsonl", 1)
    assert len(store.opened) <= 2


def test_a_model_of_texts_alone_looks_at_nothing() -> None:
    store = MemoryStore({})
    texts = target_with()
    how = texts.customization
    limits = structs.replace(how.limits, media=None)
    texts = replace(texts, customization=structs.replace(how, limits=limits))
    assert inspect(store, captioned(), target=texts) == ([], MediaManifest())
    assert store.opened == []


def test_a_failure_ends_the_taking_of_records() -> None:
    store = MemoryStore({}, failures=[RuntimeError("broken")])
    with (
        pytest.raises(RuntimeError, match="broken"),
        MediaInspection(store, target_with()) as inspection,
    ):
        for line in range(1, 100_000):
            inspection.take(captioned(f"{line}.png"), "data.jsonl", line)
    assert len(store.opened) < 99_999


def test_records_without_media_name_no_fields() -> None:
    assert fields_of(Passage("text")) == fields_of(dialogue()) == []


# Pinning and moving


def pinned(*names: str) -> MediaManifest:
    store = MemoryStore({name: png() for name in names})
    return inspect(store, *map(captioned, names))[1]


def test_a_manifest_pins_what_was_read_and_survives_as_json() -> None:
    manifest = pinned("a.png")
    [found] = manifest.media
    assert found.version == MediaVersion(size=len(png()), key="a.png", version_id="1", etag="e")
    assert MediaManifest.from_json(manifest.to_json()) == manifest


def test_a_manifest_with_faults_survives_as_json() -> None:
    _, manifest = inspect(MemoryStore({"a.png": gif(5, 5)}), captioned(), captioned("gone"))
    assert MediaManifest.from_json(manifest.to_json()) == manifest


def test_the_digest_is_of_the_versions_in_any_order() -> None:
    assert pinned("a.png", "b.png").digest == pinned("b.png", "a.png").digest
    assert pinned("a.png").digest not in ("", pinned("b.png").digest)
    assert pinned().digest == ""


def copies(manifest: MediaManifest, made: list[tuple[str, str]]) -> MediaCopies:
    return MediaCopies(
        manifest,
        target_with(),
        copy=lambda version, name: made.append((version.key, name)),
        uri_of=lambda name: f"s3://artifacts/{name}",
    )


def test_each_file_is_copied_once_under_a_clean_name_and_the_record_names_the_copy() -> None:
    made: list[tuple[str, str]] = []
    strange = "strange name (1).PNG"
    manifest = pinned(strange, "b.png")
    with copies(manifest, made) as plan:
        moved = [with_media(captioned(name), plan.move) for name in (strange, "b.png", strange)]
    assert sorted(key for key, _ in made) == ["b.png", strange]
    assert moved[0] == moved[2] != moved[1]
    [(name,)] = [[name for key, name in made if key == strange]]
    assert moved[0].media[0].uri == f"s3://artifacts/{name}"
    assert name.startswith("media/")
    assert name.endswith(".png")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789/.")


def test_the_format_of_the_file_is_written_whatever_the_record_said() -> None:
    mistaken = image("a.gif", "gif")
    _, manifest = inspect(MemoryStore({"a.gif": png()}), dialogue(mistaken))
    with copies(manifest, []) as plan:
        moved = plan.move(mistaken)
    assert moved.format == "png"
    assert moved.uri.endswith(".png")


def test_the_names_of_copies_are_the_same_every_time() -> None:
    [first], [second] = pinned("a.png").media, pinned("a.png").media
    assert copied_name(first) == copied_name(second)


def test_what_is_never_moved_is_never_copied() -> None:
    made: list[tuple[str, str]] = []
    with copies(pinned("a.png"), made):
        pass
    assert made == []


def test_a_copy_that_fails_is_told_when_all_are_done() -> None:
    def fail(_version: MediaVersion, _name: str) -> None:
        raise DatasetRejectedError("gone")

    plan = MediaCopies(pinned("a.png"), target_with(), copy=fail, uri_of=str)
    with pytest.raises(DatasetRejectedError, match="gone"), plan:
        plan.move(image("a.png"))


def test_a_plan_finds_the_same_faults_as_the_inspection() -> None:
    store = MemoryStore({"small": gif(5, 5), "good": gif()})
    records = [dialogue(image("good"), image("small")), dialogue(image("good"))]
    found, manifest = inspect(store, *records)
    plan = copies(MediaManifest.from_json(manifest.to_json()), [])
    again = [
        (line, fault.code, fault.field)
        for line, record in enumerate(records, 1)
        for fault in plan.faults(record)
    ]
    assert again == found


def test_texts_around_media_stay_where_they_are() -> None:
    record = dialogue(image("a"), video("b"))
    moved = with_media(record, lambda media: Media(media.kind, media.format, "s3://x/y"))
    assert [each if isinstance(each, str) else each.uri for each in moved.turns[0].parts] == [
        "look", "s3://x/y", "s3://x/y",
    ]  # fmt: skip
    assert moved.turns[1] == record.turns[1]
    assert with_media(Passage("text"), lambda media: media) == Passage("text")
