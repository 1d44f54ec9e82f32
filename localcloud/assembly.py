"""Reads a cloud assembly (cdk.out): its stacks in the order of deployment, and their assets."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

_ANNOTATIONS = {"aws:cdk:error": "Error", "aws:cdk:warning": "Warning"}


class AnnotatedAssemblyError(Exception):
    """The assembly carries errors or warnings, which a deployment must not swallow."""


@dataclass(frozen=True, kw_only=True)
class FileAsset:
    """A file or directory to put into the bootstrap bucket."""

    source: Path
    is_directory: bool
    bucket: str
    key: str


@dataclass(frozen=True, kw_only=True)
class StackArtifact:
    """A stack as it is to be deployed; its template is one of its assets."""

    name: str
    template: Path
    region: str
    parameters: dict[str, str]
    tags: dict[str, str]
    assets: tuple[FileAsset, ...]
    termination_protection: bool = False


def read_assembly(directory: Path, *, account: str, region: str) -> tuple[StackArtifact, ...]:
    """The stacks in dependency order; raises AnnotatedAssemblyError."""
    artifacts = json.loads((directory / "manifest.json").read_text()).get("artifacts", {})
    _refuse_annotations(directory, artifacts)
    graph = {name: artifact.get("dependencies", []) for name, artifact in artifacts.items()}
    stacks = []
    for name in TopologicalSorter(graph).static_order():
        artifact = artifacts.get(name, {})
        if artifact.get("type") == "aws:cloudformation:stack":
            place = _Place(account=account, region=_region_of(artifact) or region)
            manifests = _asset_manifests(directory, artifact, artifacts)
            stacks.append(_stack(directory, name, artifact["properties"], manifests, place))
        elif artifact.get("type") == "cdk:cloud-assembly":
            nested = directory / artifact["properties"]["directoryName"]
            stacks.extend(read_assembly(nested, account=account, region=region))
    return tuple(stacks)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What CloudFormation's pseudo parameters stand for in an asset's destination."""

    account: str
    region: str

    def fill_in(self, text: str) -> str:
        values = {"AccountId": self.account, "Region": self.region, "Partition": "aws"}
        for name, value in values.items():
            text = text.replace(f"${{AWS::{name}}}", value)
        return text


def _stack(
    directory: Path, name: str, given: dict[str, Any], manifests: list[Path], place: _Place
) -> StackArtifact:
    return StackArtifact(
        name=given.get("stackName", name),
        template=directory / given["templateFile"],
        region=place.region,
        parameters=given.get("parameters", {}),
        tags=given.get("tags", {}),
        assets=tuple(asset for each in manifests for asset in _file_assets(each, place)),
        termination_protection=given.get("terminationProtection", False),
    )


def _region_of(artifact: dict[str, Any]) -> str | None:
    region: str = artifact["environment"].rpartition("/")[2]
    return None if region == "unknown-region" else region


def _asset_manifests(
    directory: Path, artifact: dict[str, Any], artifacts: dict[str, Any]
) -> list[Path]:
    dependencies = [artifacts[name] for name in artifact.get("dependencies", [])]
    return [
        directory / dependency["properties"]["file"]
        for dependency in dependencies
        if dependency["type"] == "cdk:asset-manifest"
    ]


def _file_assets(manifest: Path, place: _Place) -> Iterator[FileAsset]:
    for asset in json.loads(manifest.read_text()).get("files", {}).values():
        for destination in asset["destinations"].values():
            yield FileAsset(
                source=manifest.parent / asset["source"]["path"],
                is_directory=asset["source"]["packaging"] == "zip",
                bucket=place.fill_in(destination["bucketName"]),
                key=place.fill_in(destination["objectKey"]),
            )


def _refuse_annotations(directory: Path, artifacts: dict[str, Any]) -> None:
    found = [
        f"{_ANNOTATIONS[entry['type']]} at {path}: {entry['data']}"
        for artifact in artifacts.values()
        for path, entries in _metadata(directory, artifact).items()
        for entry in entries
        if entry["type"] in _ANNOTATIONS
    ]
    if found:
        raise AnnotatedAssemblyError(
            "The synthesized stacks carry annotations:\n" + "\n".join(found)
        )


def _metadata(directory: Path, artifact: dict[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = artifact.get("metadata", {})
    if file := artifact.get("additionalMetadataFile"):
        metadata = {**metadata, **json.loads((directory / file).read_text())}
    return metadata
