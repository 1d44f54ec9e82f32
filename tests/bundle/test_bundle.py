"""The Lambda asset: complete by itself, small, and the same for the same content."""

import io
import re
import struct
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from stacks.lambda_bundle import (
    LAMBDA,
    REQUIREMENTS,
    THIS_MACHINE,
    BundleError,
    Platform,
    bundle,
    sources,
    used_services,
)
from stacks.task_functions import TASKS, module_of
from tunedrop.settings import Settings

MEGABYTE = 1_000_000
_AARCH64 = 183
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)

# Runs with the standard library and the bundle, and with nothing else to import from.
_IMPORT_ALONE = """
import sys
bundle, *modules = sys.argv[1:]
sys.path.insert(0, bundle)
from importlib import import_module
for module in modules:
    import_module(module)
from functools import cached_property
from tunedrop.services import Services
from tunedrop.settings import Settings
services = Services(Settings.from_environment())
for kind in Services.__mro__:
    for name, member in vars(kind).items():
        if isinstance(member, cached_property):
            getattr(services, name)
for service in SERVICES:
    print(services.client(service).meta.service_model.service_name)
files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
outside = [file for file in files if "site-packages" in file]
sys.exit(f"imported from outside the bundle: {outside}" if outside else 0)
"""


@pytest.fixture(scope="session")
def asset() -> Path:
    return bundle(LAMBDA)


def test_every_handler_and_every_client_comes_from_the_bundle_alone() -> None:
    services = used_services(sources())
    variables = {name.upper(): "1" for name in Settings.__dataclass_fields__}
    done = subprocess.run(
        [
            *(sys.executable, "-I", "-S", "-B", "-c"),
            _IMPORT_ALONE.replace("SERVICES", repr(services)),
            str(bundle(THIS_MACHINE)),
            *(f"lambdas.{module_of(name)}" for name in TASKS),
        ],
        env={**variables, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == services


def test_service_models_are_those_of_the_clients_that_the_code_creates(asset: Path) -> None:
    models = {d.name for d in (asset / "botocore" / "data").iterdir() if d.is_dir()}
    assert models == set(used_services(sources()))
    assert {"bedrock", "bedrock-runtime", "dynamodb", "s3", "stepfunctions"} <= models


def test_used_services_are_read_off_calls_of_client(tmp_path: Path) -> None:
    code = 'boto3.client("s3", config=c)\nself.client("sns")\nclient(name)\nother("sqs")\n'
    (tmp_path / "a.py").write_text(code)
    assert used_services([tmp_path / "a.py"]) == ["s3", "sns"]


def test_the_asset_is_small(asset: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for file in asset.rglob("*"):
            archive.write(file, file.relative_to(asset))
    assert buffer.tell() <= 30 * MEGABYTE


def test_nothing_useless_is_carried(asset: Path) -> None:
    useless = [
        *asset.rglob("__pycache__"),
        *asset.rglob("*.dist-info"),
        *asset.glob("*/tests"),
        *asset.glob("bin"),
        asset / "tunedrop" / "cli",
        asset / "lambdas" / "requirements.txt",
    ]
    assert not [path for path in useless if path.exists()]


def test_data_files_of_the_domain_are_carried(asset: Path) -> None:
    root = REQUIREMENTS.parent.parent
    for file in (root / "tunedrop").rglob("*"):
        if file.suffix in (".json", ".html", ".css") and "cli" not in file.parts:
            assert (asset / file.relative_to(root)).is_file(), file


def test_compiled_modules_are_for_arm64_and_the_runtimes_python(asset: Path) -> None:
    compiled = list(asset.rglob("*.so"))
    assert compiled
    for file in compiled:
        assert struct.unpack_from("<H", file.read_bytes(), 18) == (_AARCH64,), file
        assert "cpython-314" in file.name or file.parent.name == "numpy.libs"


def test_the_same_content_is_the_same_directory(asset: Path) -> None:
    assert bundle(LAMBDA) == asset
    assert bundle(THIS_MACHINE) != asset


def test_the_functions_carry_the_versions_that_the_tests_run_on() -> None:
    pins = dict(_PIN.findall(REQUIREMENTS.read_text()))
    assert {name: version(name) for name in pins} == pins


def test_what_pip_says_is_passed_on_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stacks.lambda_bundle.BUILD", tmp_path)
    impossible = Platform(name="python9", pip_options=("--python-version=nine",))
    with pytest.raises(BundleError, match=r"requirements\.txt for python9\. It says:\n[\s\S]*nine"):
        bundle(impossible)
    assert not list((tmp_path / "packages").iterdir())
