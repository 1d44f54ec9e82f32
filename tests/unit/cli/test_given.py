"""What `tunedrop check` and `submit` take: files, folders and run requests."""

import json
import os
from pathlib import Path

import pytest

from tunedrop.cli import main
from tunedrop.cli.given import given
from tunedrop.cli.main import COULD_NOT_RUN
from tunedrop.errors import InvalidInputError

NOVA = ("--base-model", "amazon.nova-micro-v1:0:128k")


def records(count: int, prompt: str = "p") -> str:
    lines = (json.dumps({"prompt": f"{prompt} {n}", "completion": "c"}) for n in range(count))
    return "".join(f"{line}\n" for line in lines)


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        file = tmp_path / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text)
    return tmp_path


def report(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    main(["check", *map(str, arguments), "--json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_folder_is_checked_with_all_its_sides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder(
        tmp_path,
        train_jsonl=records(30),
        validation_jsonl=records(5, "v"),
        test_jsonl=records(4, "t") + "{}\n",
    )
    found = report(capsys, tmp_path, *NOVA)
    assert [found["records"][each] for each in ("train", "validation", "test", "rejected")] == [
        30,
        5,
        4,
        1,
    ]
    [finding] = found["findings"]
    assert (finding["file"], finding["line"]) == ("test.jsonl", 5)


def test_a_run_request_is_checked_with_the_files_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = "train: [parts/a.jsonl, parts/b.jsonl]\nvalidation: v.jsonl\n"
    folder(
        tmp_path,
        october_run_yaml=request,
        parts__a_jsonl=records(20),
        parts__b_jsonl=records(20, "b") + "{}\n",
        v_jsonl=records(3, "v"),
    )
    for what in (tmp_path, tmp_path / "october.run.yaml"):
        found = report(capsys, what, *NOVA)
        assert found["records"]["rejected"] == 1
        assert [each["file"] for each in found["findings"]] == ["parts/b.jsonl"]


def test_the_one_dataset_of_a_folder_is_trained_on(tmp_path: Path) -> None:
    folder(tmp_path, tickets_jsonl=records(3), images__a_png="")
    assert given(str(tmp_path)).request.train == ("tickets.jsonl",)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "holds no dataset; it must hold train.jsonl"),
        ({"a_jsonl": "", "b_jsonl": ""}, "holds a.jsonl, b.jsonl; it must hold train.jsonl"),
        ({"train_jsonl": "", "b_jsonl": ""}, "holds b.jsonl, train.jsonl; it must"),
        ({"test_jsonl": ""}, "holds test.jsonl; it must hold train.jsonl"),
        ({"a_run_yaml": "", "b_run_yaml": ""}, "2 run requests: a.run.yaml, b.run.yaml. Name one"),
    ],
)
def test_a_folder_that_leaves_open_what_is_meant_is_refused(
    tmp_path: Path, files: dict[str, str], told: str
) -> None:
    folder(tmp_path, **files)
    with pytest.raises(InvalidInputError, match=told):
        given(str(tmp_path))


def test_a_file_that_a_request_names_and_nobody_has_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder(tmp_path, a_run_yaml="train: [a.jsonl, b.jsonl]", a_jsonl=records(9))
    assert main(["check", str(tmp_path / "a.run.yaml"), *NOVA]) == COULD_NOT_RUN
    assert "a.run.yaml names b.jsonl, which is not in" in capsys.readouterr().err


def test_a_wrong_run_request_is_a_finding_for_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder(tmp_path, a_run_yaml="train: a.csv")
    found = report(capsys, tmp_path / "a.run.yaml", *NOVA)
    assert found["fit"] is False
    [finding] = found["findings"]
    assert set(finding) >= {"code", "severity", "line", "field", "message", "hint"}
    assert '"a.csv" must end with .jsonl' in finding["message"]


def test_a_file_that_may_not_be_read_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder(tmp_path, a_jsonl="x") / "a.jsonl"

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(Path, "open", refused)
    assert main(["check", str(file), *NOVA]) == COULD_NOT_RUN
    assert capsys.readouterr().err == f"tunedrop: {file}: Permission denied.\n"


def test_a_pipe_and_no_name_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(InvalidInputError, match="is a pipe or a device"):
        given(str(tmp_path / "pipe.jsonl"))
    with pytest.raises(InvalidInputError, match="no file without a name"):
        given("")
