"""What a stage keeps: records, objects and parameters."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tunedrop.services.clients import Clients

if TYPE_CHECKING:
    from tunedrop.answers import Answers
    from tunedrop.intake import DropOrder
    from tunedrop.objects import Objects
    from tunedrop.parameters import Parameters
    from tunedrop.records import RunRecords
    from tunedrop.run import Run
    from tunedrop.serving.champions import Champions
    from tunedrop.serving.promotion import PromotionDesk
    from tunedrop.serving.turns import Turns
    from tunedrop.table import Table


class Stores(Clients):
    """Clients, and the gateways to records, objects and parameters."""

    @cached_property
    def table(self) -> Table:
        from tunedrop.table import Table

        return Table(self.client("dynamodb"), self.settings.runs_table)

    @cached_property
    def records(self) -> RunRecords:
        from tunedrop.records import RunRecords

        return RunRecords(self.table)

    @cached_property
    def champions(self) -> Champions:
        from tunedrop.serving.champions import Champions

        return Champions(self.table, self.records)

    @cached_property
    def turns(self) -> Turns:
        from tunedrop.serving.turns import Turns

        return Turns(self.table, self.records)

    @cached_property
    def drop_order(self) -> DropOrder:
        from tunedrop.intake import DropOrder

        return DropOrder(self.table)

    @cached_property
    def datasets(self) -> Objects:
        from tunedrop.objects import Objects

        return Objects(self.s3, self.settings.datasets_bucket)

    @cached_property
    def artifacts(self) -> Objects:
        from tunedrop.objects import Objects

        return Objects(self.s3, self.settings.artifacts_bucket)

    @cached_property
    def answers(self) -> Answers:
        from tunedrop.answers import Answers

        return Answers(self.artifacts)

    @cached_property
    def parameters(self) -> Parameters:
        from tunedrop.parameters import Parameters

        return Parameters(self.client("ssm"), self.settings.tunedrop_stage)

    @cached_property
    def promotions(self) -> PromotionDesk:
        from tunedrop.serving.promotion import PromotionDesk

        return PromotionDesk(champions=self.champions, parameters=self.parameters)

    def enter(self, run_id: str, state: str) -> Run:
        """The run, which is in `state` now; see `RunRecords.enter`."""
        return self.records.enter(run_id, state, self.now())

    def read_media(self, uri: str) -> bytes:
        """The bytes of an image that a record names by its S3 URI."""
        from tunedrop.objects import Objects

        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return Objects(self.s3, bucket).read(key, limit=64 << 20)
