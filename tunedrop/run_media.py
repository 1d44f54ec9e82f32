"""The images and videos of a run: looked at where they were dropped, copied for Bedrock to read."""

from dataclasses import dataclass
from typing import Any

from tunedrop.dataset.media_copies import MediaCopies
from tunedrop.dataset.media_files import MediaInBucket, MediaVersion
from tunedrop.dataset.media_inspection import MediaInspection
from tunedrop.dataset.media_manifest import MediaManifest
from tunedrop.dataset.target import Target
from tunedrop.media_objects import MediaObjects
from tunedrop.objects import Objects
from tunedrop.run import Run

_MANIFEST = "media.json"
_LARGEST_MANIFEST = 256 << 20


@dataclass(frozen=True, kw_only=True)
class RunMedia:
    """Media lie in the folder of the recipe, and are copied beside the run's training file."""

    objects: MediaObjects
    datasets: Objects
    artifacts: Objects

    def inspection(self, run: Run) -> MediaInspection:
        """A checker of what the records of a run name."""
        store = MediaInBucket(self.objects, self.datasets.bucket, run.recipe)
        return MediaInspection(store, Target.of(run.plan))

    def pin(self, run: Run, manifest: MediaManifest) -> dict[str, Any]:
        """Write down which versions were looked at; the part of the record that sums them up."""
        if not manifest.media:
            return {}
        key = run.layout.dataset(_MANIFEST)
        self.artifacts.write(key, manifest.to_json(), "application/json")
        versions = manifest.versions
        return {
            "files": len(versions),
            "bytes": sum(each.size for each in versions),
            "digest": manifest.digest,
        }

    def copies(self, run: Run) -> MediaCopies:
        """A plan that copies what usable records name, as it was when it was looked at."""

        def copy(version: MediaVersion, name: str) -> None:
            self.objects.copy(
                self.datasets.bucket,
                version,
                to_bucket=self.artifacts.bucket,
                to_key=run.layout.dataset(name),
            )

        return MediaCopies(
            self._manifest(run),
            Target.of(run.plan),
            copy=copy,
            uri_of=lambda name: self.artifacts.uri(run.layout.dataset(name)),
        )

    def _manifest(self, run: Run) -> MediaManifest:
        if not run.dataset.get("media"):
            return MediaManifest()
        key = run.layout.dataset(_MANIFEST)
        return MediaManifest.from_json(self.artifacts.read(key, limit=_LARGEST_MANIFEST))
