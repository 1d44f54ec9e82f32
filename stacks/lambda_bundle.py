"""The one Lambda asset: third-party packages by pip, then our own source beside them."""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_lambda as lambda_

from stacks.config import ROOT

BUILD = ROOT / ".build"
REQUIREMENTS = ROOT / "lambdas" / "requirements.txt"

_SOURCE_PACKAGES = ("tunedrop", "lambdas")
_NOT_CARRIED = shutil.ignore_patterns("__pycache__", "*.pyc", "cli", "requirements.txt")


class BundleError(Exception):
    """The asset could not be put together; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """Where the bundle is to run, as pip takes it."""

    name: str
    pip_options: tuple[str, ...] = ()


LAMBDA = Platform(
    name="python3.14-arm64",
    pip_options=(
        "--platform=manylinux2014_aarch64",
        "--platform=manylinux_2_28_aarch64",  # older than the runtime's Amazon Linux 2023
        "--python-version=3.14",
        "--implementation=cp",
        "--only-binary=:all:",
    ),
)
THIS_MACHINE = Platform(name=f"python{sys.version_info[0]}.{sys.version_info[1]}-{sys.platform}")


def bundled_code() -> lambda_.Code:
    """The asset that every function shares."""
    return lambda_.Code.from_asset(str(bundle(LAMBDA)))


def bundle(platform: Platform) -> Path:
    """A directory with everything that the functions import; made once per content."""
    packages = _packages(platform)
    target = BUILD / "bundles" / _digest([packages.name, *_fingerprints()])
    if not target.exists():
        with _appearing(target) as draft:
            # Hard links: packages do not change once they are there, and there are many files.
            shutil.copytree(packages, draft, copy_function=os.link, dirs_exist_ok=True)
            for name in _SOURCE_PACKAGES:
                shutil.copytree(ROOT / name, draft / name, ignore=_NOT_CARRIED)
    return target


def used_services(modules: Iterable[Path]) -> list[str]:
    """The AWS services that modules create clients of: `client("s3")` and the like."""
    nodes = (
        node
        for module in modules
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    )
    return sorted({service for node in nodes if (service := _service_of(node))})


def _service_of(node: ast.AST) -> str | None:
    match node:
        case ast.Call(
            func=ast.Attribute(attr="client") | ast.Name(id="client"),
            args=[ast.Constant(value=str(service)), *_],
        ):
            return service
    return None


def _packages(platform: Platform) -> Path:
    services = used_services(sources())
    if not services:
        raise BundleError(
            'No module of tunedrop/ or lambdas/ creates a client, as in client("s3"): the bundle '
            "would carry no service model at all."
        )
    content = [REQUIREMENTS.read_text(encoding="utf-8"), platform.name, *services]
    target = BUILD / "packages" / _digest([*content, Path(__file__).read_text(encoding="utf-8")])
    if not target.exists():
        print(f"Bundling packages for {platform.name} ...", file=sys.stderr)  # noqa: T201
        with _appearing(target) as draft:
            _install(platform, draft)
            _trim(draft, services)
    return target


def _install(platform: Platform, target: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    # Without --no-deps a requirement that is not pinned would slip in.
    options = ["--quiet", "--no-compile", "--no-deps", f"--target={target}", *platform.pip_options]
    done = subprocess.run(
        [*pip, *options, f"--requirement={REQUIREMENTS}"],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BundleError(
            f"pip could not install {REQUIREMENTS.relative_to(ROOT)} for {platform.name}. "
            f"It says:\n{done.stderr.strip()}\n"
            "Check the pins and the access to the package registry, then synthesize again."
        )


def _trim(packages: Path, services: list[str]) -> None:
    """Take out what no function reads: service models of others, examples, tests, metadata."""
    models = packages / "botocore" / "data"
    unused = [d for d in models.iterdir() if d.is_dir() and d.name not in services]
    useless = [
        *unused,
        *packages.glob("*.dist-info"),
        *packages.rglob("examples-*.json*"),
        *packages.rglob("__pycache__"),
        *packages.glob("*/tests"),
        packages / "bin",
        packages / "boto3" / "examples",
        packages / "boto3" / "data",  # the models of resources; clients do without
        *_unused_of_numpy(packages / "numpy"),
    ]
    for path in useless:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _unused_of_numpy(numpy: Path) -> Iterator[Path]:
    """Its tests, its headers, the types of its functions and its bridge to Fortran."""
    yield from numpy.rglob("tests")
    yield from numpy.rglob("*.pyi")
    yield from numpy.rglob("*.a")
    yield numpy / "f2py"
    yield numpy / "_core" / "include"


def sources() -> list[Path]:
    """Our own modules that the bundle carries."""
    files = (f for name in _SOURCE_PACKAGES for f in sorted((ROOT / name).rglob("*")))
    return [f for f in files if f.suffix == ".py" and "cli" not in f.relative_to(ROOT).parts]


def _fingerprints() -> Iterator[str]:
    for name in _SOURCE_PACKAGES:
        for file in sorted((ROOT / name).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield str(file.relative_to(ROOT))
                yield hashlib.sha256(file.read_bytes()).hexdigest()


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """A directory to fill, which becomes `target` at once or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".draft-"))
    try:
        yield draft
        draft.chmod(0o755)
        # A synth beside this one may have made the same directory meanwhile; either will do.
        with suppress(OSError):
            draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
