"""Where media may lie, and how they are read there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_builders import jpeg, mp4, png

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.media_files import (
    FIRST_BYTES,
    MediaFile,
    MediaInBucket,
    MediaOnThisMachine,
    MediaVersion,
    PartsOfFile,
)
from tunedrop.dataset.media_headers import read_header
from tunedrop.dataset.media_places import S3Place, beside, place_of
from tunedrop.dataset.records import Media


def code_of(found: object) -> str:
    assert isinstance(found, Fault)
    return found.code


@pytest.mark.parametrize("uri", ["a.png", "images/a b.png", "./images//ä.png"])
def test_a_path_is_relative_to_the_dataset(uri: str) -> None:
    assert place_of(uri, "image", "shop") == uri.removeprefix("./")


@pytest.mark.parametrize(
    ("uri", "found"),
    [("i/a.png", "october/i/a.png"), ("s3://b/a.png", "s3://b/a.png"), ("/a.png", "/a.png")],
)
def test_a_path_leads_from_the_folder_of_its_file(uri: str, found: str) -> None:
    assert beside(Media("image", "png", uri), "october").uri == found


def test_an_object_in_the_folder_of_the_recipe_is_in_its_place() -> None:
    place = place_of("s3://data/datasets/shop/i/a.png", "image", "shop", "data")
    assert place == S3Place("data", "datasets/shop/i/a.png")


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        (
            "s3://other/datasets/shop/a.png",
            "another bucket; it must lie in s3://data/datasets/shop/",
        ),
        ("s3://data/datasets/shop-two/a.png", "outside of the recipe's folder"),
        ("s3://data/a.png", "it must lie in datasets/shop/"),
    ],
)
def test_an_object_elsewhere_is_misplaced(uri: str, words: str) -> None:
    found = place_of(uri, "image", "shop", "data")
    assert isinstance(found, Fault)
    assert (found.code, words in found.message) == ("media-misplaced", True)


def test_any_object_will_do_where_recipe_and_bucket_are_not_known() -> None:
    assert place_of("s3://other/a.png", "image", None) == S3Place("other", "a.png")


@pytest.mark.parametrize(
    "uri",
    [
        "", " ", "https://x.org/a.png", "file:///a.png", "data:image/png;base64,AAAA", "C:\\a.png",
        "/etc/passwd", "../a.png", "images/", "s3://", "s3://data", "s3://data/", "s3://data/i/",
        "s3:///a.png", "s3://Data_/a.png", "s3://data/datasets/shop/../x/a.png", "a\0.png",
        "\ud800.png", "x" * 1025,
    ],
)  # fmt: skip
def test_what_names_no_file_is_refused(uri: str) -> None:
    assert code_of(place_of(uri, "image", "shop", "data")) == "media-uri"


def test_an_s3_uri_in_capitals_is_told_what_to_write() -> None:
    found = place_of("S3://data/datasets/shop/a.png", "image", "shop", "data")
    assert isinstance(found, Fault)
    assert found.message == "the image is named by S3:// in capitals; write s3://"


@given(st.text())
def test_no_uri_crashes_it(uri: str) -> None:
    assert isinstance(place_of(uri, "image", "shop"), (str, S3Place, Fault))


class Bucket:
    """Objects by bucket and key; words instead of bytes are a refusal."""

    def __init__(self, **objects: bytes | str) -> None:
        self._objects = objects

    def open(self, bucket: str, key: str) -> MediaFile | str | None:
        found = self._objects.get(f"{bucket}/{key}")
        if not isinstance(found, bytes):
            return found
        return PartsOfFile(MediaVersion(size=len(found), key=key), found, lambda *_: b"")


def test_paths_and_objects_of_a_recipe_are_the_same_files() -> None:
    store = MediaInBucket(Bucket(**{"data/datasets/shop/i/a.png": png()}), "data", "shop")
    for uri in ("i/a.png", "s3://data/datasets/shop/i/a.png"):
        found = store.open(uri, "image")
        assert not isinstance(found, Fault)
        assert found.version.key == "datasets/shop/i/a.png"
    assert not store.skips("s3://data/datasets/shop/i/a.png")


def test_paths_may_be_relative_to_another_folder_of_the_bucket() -> None:
    store = MediaInBucket(Bucket(**{"data/mine/i/a.png": png()}), "data", None, "mine/")
    for uri in ("i/a.png", "s3://data/mine/i/a.png"):
        assert not isinstance(store.open(uri, "image"), Fault)
    elsewhere = store.open("s3://other/mine/i/a.png", "image")
    assert isinstance(elsewhere, Fault)
    assert elsewhere.message == "the image lies in another bucket; it must lie in s3://data/"


def test_what_is_not_there_and_what_may_not_be_read_are_told_apart() -> None:
    store = MediaInBucket(Bucket(**{"data/datasets/shop/b": "it is archived"}), "data", "shop")
    assert code_of(store.open("a", "image")) == "media-not-found"
    refused = store.open("b", "video")
    assert isinstance(refused, Fault)
    assert refused.message == "the video cannot be read: it is archived"


def test_files_beside_the_dataset_are_read_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "i").mkdir()
    (tmp_path / "i" / "a.png").write_bytes(png(700, 600))
    store = MediaOnThisMachine(tmp_path, "shop")
    found = store.open("i/a.png", "image")
    assert not isinstance(found, Fault)
    assert read_header(found).width == 700
    assert [code_of(store.open(uri, "image")) for uri in ("i", "b.png")] == ["media-not-found"] * 2


def test_a_file_that_may_not_be_read_is_named_so(tmp_path: Path) -> None:
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    found = MediaOnThisMachine(tmp_path, None).open("loop.png", "image")
    assert code_of(found) in ("media-not-found", "media-not-readable")


def test_objects_are_skipped_on_this_machine_unless_s3_may_be_asked(tmp_path: Path) -> None:
    uri = "s3://data/datasets/shop/a.png"
    assert MediaOnThisMachine(tmp_path, "shop").skips(uri)
    asking = MediaOnThisMachine(tmp_path, "shop", Bucket(**{uri.removeprefix("s3://"): png()}))
    assert not asking.skips(uri)
    assert not isinstance(asking.open(uri, "image"), Fault)


def test_a_misplaced_object_is_told_without_asking_s3(tmp_path: Path) -> None:
    store = MediaOnThisMachine(tmp_path, "shop")
    assert not store.skips("s3://data/a.png")
    assert code_of(store.open("s3://data/a.png", "image")) == "media-misplaced"


class Fetching:
    """A file of which parts are fetched, and counted."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.fetched: list[tuple[int, int]] = []
        version = MediaVersion(size=len(data))
        self.file = PartsOfFile(version, data[:FIRST_BYTES], self._fetch)

    def _fetch(self, offset: int, length: int) -> bytes:
        self.fetched.append((offset, length))
        return self.data[offset : offset + length]


def test_a_header_at_the_start_is_read_with_the_first_part_alone() -> None:
    picture = Fetching(jpeg(64, 48) + b"x" * 100_000)
    assert read_header(picture.file).height == 48
    assert picture.fetched == []


def test_a_header_behind_half_a_megabyte_of_segments_takes_few_parts() -> None:
    picture = Fetching(jpeg(64, 48, frame=0xC2, segments=(b"x" * 65_000,) * 9) + b"x" * 10**6)
    assert read_header(picture.file).height == 48
    assert len(picture.fetched) <= 4


def test_a_movie_header_behind_the_pictures_takes_one_more_part() -> None:
    whole = mp4(33)
    long = whole.replace(b"\0\0\0\x6cmdat", (108 + 5_000_000).to_bytes(4, "big") + b"mdat")
    at = long.index(b"mdat") + 104
    film = Fetching(long[:at] + b"\0" * 5_000_000 + long[at:])
    assert read_header(film.file).seconds == 33
    assert len(film.fetched) == 1


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 99))))
def test_parts_are_the_bytes_of_the_file_in_any_order(
    data: bytes, asked: list[tuple[int, int]]
) -> None:
    version = MediaVersion(size=len(data))
    file = PartsOfFile(version, data[:10], lambda at, length: data[at : at + length])
    for offset, length in asked:
        assert file.at(offset, length) == data[offset : offset + length]
