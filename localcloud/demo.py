"""What `make run` shows: a dataset is dropped, and the run is followed to its end."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from localcloud import place
from localcloud.deploy import write_outputs
from localcloud.order import DemoError, Order
from localcloud.progress import Progress, step, told
from localcloud.server import LocalCloud, Options
from localcloud.setting_up import deploy_assembly
from localcloud.synth import synthesize

REJECTED = "DatasetRejected"
SUCCESS = ("RunSucceeded", "RunUnchanged")
_LOOK_EVERY_SECONDS = 0.1
_ANSWER_WITHIN_SECONDS = 60.0


def run(order: Order, options: Options) -> int:
    """Deploy, drop the dataset, follow its run; 0 when it succeeds."""
    print(
        "Tunedrop in an emulation of AWS: everything runs on this machine, nothing is billed.\n",
        flush=True,
    )
    started = time.monotonic()
    with ThreadPoolExecutor(1) as beside, LocalCloud(options) as cloud:
        with step("Synthesizing the stacks"):
            assembly = beside.submit(synthesize, options.state / "cdk.out").result()
        synthesized = time.monotonic()
        with step("Deploying them into the embedded cloud"):
            outputs = deploy_assembly(assembly, cloud.endpoint_url)
            write_outputs(outputs, options.state)
        deployed = time.monotonic()
        status = _Watch(cloud.endpoint_url, outputs, options.state).follow(order)
    phases = {
        "synth": synthesized - started,
        "deploy": deployed - synthesized,
        "run": time.monotonic() - deployed,
    }
    (options.state / "phases.json").write_text(json.dumps(phases))
    return status


class _Watch:
    """Follows one drop through the deployed service, by what the service shows to everybody."""

    def __init__(self, endpoint_url: str, outputs: dict[str, str], state: Path) -> None:
        session = boto3.Session(region_name=place.REGION)
        self._s3 = session.client("s3", endpoint_url=endpoint_url)
        self._stepfunctions = session.client("stepfunctions", endpoint_url=endpoint_url)
        self._outputs = outputs
        self._artifacts = outputs["ArtifactsBucketName"]
        self._state = state

    def follow(self, order: Order) -> int:
        """Drop the dataset, print what happens to it, and say how it ended."""
        bucket = self._outputs["DatasetsBucketName"]
        print(f"\nDropping {order.dataset} at s3://{bucket}/{order.key}\n", flush=True)
        if order.is_folder:
            _submit(order)
        else:
            self._s3.put_object(Bucket=bucket, Key=order.key, Body=order.dataset.read_bytes())
        answer = self._first_answer(order)
        if answer["run_id"]:
            self._watch_states(answer["run_id"])
            answer = self._last_answer(order)
        self._print_end(order, answer)
        return 0 if answer["outcome"] in SUCCESS else 1

    def _first_answer(self, order: Order) -> dict[str, Any]:
        deadline = time.monotonic() + _ANSWER_WITHIN_SECONDS
        while time.monotonic() < deadline:
            answer = self._object(f"answers/{order.key}.json")
            if answer:
                return dict(json.loads(answer))
            time.sleep(_LOOK_EVERY_SECONDS)
        raise DemoError(
            f"The drop was not answered within {_ANSWER_WITHIN_SECONDS:.0f} s. What the functions "
            f"printed is in {self._state / 'logs'}, what the cloud did in "
            f"{self._state / 'localcloud.log'}."
        )

    def _last_answer(self, order: Order) -> dict[str, Any]:
        return dict(json.loads(self._object(f"answers/{order.key}.json") or b"{}"))

    def _watch_states(self, run_id: str) -> None:
        machine = self._outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
        execution = f"{machine}:{run_id}"
        print(f"Run {run_id}:")
        lines, seen, entered = Progress(), 0, None
        while True:
            status = self._stepfunctions.describe_execution(executionArn=execution)["status"]
            events = self._history(execution)
            for event in events[seen:]:
                entered = _show(event, lines, entered)
            seen = len(events)
            lines.tick()
            if status != "RUNNING":
                lines.end()
                return
            time.sleep(_LOOK_EVERY_SECONDS)

    def _history(self, execution: str) -> list[dict[str, Any]]:
        pages = self._stepfunctions.get_paginator("get_execution_history")
        return [
            event
            for page in pages.paginate(executionArn=execution)
            for event in page["events"]
            if event["type"].endswith(("StateEntered", "StateExited"))
        ]

    def _print_end(self, order: Order, answer: dict[str, Any]) -> None:
        print(told(f"\nOutcome: {answer['outcome']}. {answer['reason']}"))
        if not answer["run_id"]:
            return
        root = f"runs/{order.recipe}/{answer['run_id']}/"
        self._print_model(root)
        self._print_example(root)
        self._keep(root, answer)

    def _print_model(self, root: str) -> None:
        record = json.loads(self._object(f"{root}run.json") or b"{}")
        model = (record.get("job") or {}).get("custom_model_arn")
        if model:
            print(f"\nCustom model: {record['job']['name']}\n         ARN: {model}")
        if deployment := (record.get("deployment") or {}).get("arn"):
            print(f"  In service: {deployment}")

    def _print_example(self, root: str) -> None:
        metrics = json.loads(self._object(f"{root}evaluation/metrics.json") or b"{}")
        for example in metrics.get("examples", [])[:1]:
            print("\nA record of the test set, which the model was not trained on:")
            print(f"  prompt:       {_indented(example['prompt'])}")
            print(f"  expected:     {_indented(example['reference'])}")
            print(f"  base model:   {_indented(example['base'])}")
            print(f"  custom model: {_indented(example['custom'])}")

    def _keep(self, root: str, answer: dict[str, Any]) -> None:
        """Copy out what people read: the cloud, and its S3, end with this command."""
        folder = self._state / "runs" / answer["run_id"]
        kept = {"Findings": "dataset/report.json"} if answer["outcome"] == REJECTED else {}
        print()
        for label, name in {**kept, "Report": "report.html"}.items():
            if content := self._object(root + name):
                file = folder / Path(name).name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
                print(f"{label}: {file}")

    def _object(self, key: str) -> bytes | None:
        try:
            body: bytes = self._s3.get_object(Bucket=self._artifacts, Key=key)["Body"].read()
        except ClientError:
            return None
        return body


def _submit(order: Order) -> None:
    """Let the command line upload a folder and write its run request, as people would."""
    command = str(Path(sys.executable).with_name("tunedrop"))
    options = ["--recipe", order.recipe, "--stage", "dev", "--no-check", "--no-watch"]
    if subprocess.run([command, "submit", str(order.dataset), *options], check=False).returncode:
        raise DemoError(f"The folder {order.dataset} could not be submitted; see above.")
    print()


def _show(event: dict[str, Any], lines: Progress, entered: float | None) -> float | None:
    """Open a line for a state that was entered, close that of one that was left."""
    moment: float = event["timestamp"].timestamp()
    if "stateEnteredEventDetails" in event:
        lines.begin(event["stateEnteredEventDetails"]["name"])
        return moment
    lines.end(moment - (entered or moment))
    return None


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n" + " " * 16)
