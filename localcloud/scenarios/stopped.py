"""An execution that is stopped by hand, in the worst of moments."""

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import Stage, expect

SAYS = "Stopped while throughput is being created: it lands after all, and is taken down."
RECIPE = "routing"
_IN_FLIGHT = 4.0


def play(stage: Stage) -> str:
    """Stop the execution between the intent to create throughput and its creation."""
    operation = "CreateProvisionedModelThroughput"
    stage.service.faults.order("slow", operation=operation, delay=_IN_FLIGHT)
    run_id = stage.start(RECIPE, "stopped", drawn(ROUTING, seed=15))
    stage.follow(run_id, until="ProvisionThroughput")
    stage.service.eventually(lambda: "deployment" in stage.record(run_id), "an intent")
    execution = stage.service.execution_arn(run_id)
    stage.service.client("stepfunctions").stop_execution(executionArn=execution)
    expect("the call is in flight", holds=stage.in_bedrock(run_id) == {f"{run_id}-1"})
    stage.say("Stopped, as in the console. The throughput that was asked for lands:")
    stage.service.eventually(lambda: _throughput(stage, run_id), "the throughput")
    record = stage.end(run_id, "RunCancelled")
    expect("its cause says what bills", holds="Still billing: nothing" in record["cause"])
    expect("nothing is left of it", holds=not stage.in_bedrock(run_id))
    return "The throughput landed after the run was stopped, and clean-up took it down."


def _throughput(stage: Stage, run_id: str) -> bool:
    listed = stage.service.bedrock.list_provisioned_model_throughputs(nameContains=run_id)
    return bool(listed["provisionedModelSummaries"])
