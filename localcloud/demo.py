"""What `make run` shows: a dataset becomes a model in service, or a scenario is played."""

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from localcloud.deploy import write_outputs
from localcloud.order import DemoError, Order
from localcloud.progress import shown, step
from localcloud.scenarios import RECIPES
from localcloud.scenarios.playing import play_all
from localcloud.server import LocalCloud, Options
from localcloud.service import TUNEDROP, Service
from localcloud.setting_up import deploy_assembly
from localcloud.synth import synthesize
from localcloud.watching import Watch, keep_report, tell_outcome

SUCCESS = ("RunSucceeded", "RunUnchanged")


def run(order: Order, options: Options) -> int:
    """Deploy, drop the dataset, follow its run; 0 when it succeeds."""
    return _deployed(options, {}, lambda service: follow(service, order))


def run_scenario(name: str, options: Options) -> int:
    """Deploy with the recipes of the scenarios, and play; 0 when all is as it should be."""
    return _deployed(options, {"recipes": RECIPES}, lambda service: play_all(service, name))


def _deployed(options: Options, context: Mapping[str, Any], act: Callable[[Service], int]) -> int:
    print(
        "Tunedrop in an emulation of AWS: everything runs on this machine, nothing is billed.\n",
        flush=True,
    )
    started = time.monotonic()
    with ThreadPoolExecutor(1) as beside, LocalCloud(options) as cloud:
        with step("Synthesizing the stacks"):
            assembly = beside.submit(synthesize, options.state / "cdk.out", context).result()
        synthesized = time.monotonic()
        with step("Deploying them into the embedded cloud"):
            outputs = deploy_assembly(assembly, cloud.endpoint_url)
            write_outputs(outputs, options.state)
        deployed = time.monotonic()
        service = Service(endpoint_url=cloud.endpoint_url, outputs=outputs, state=options.state)
        status = act(service)
    phases = {
        "synth": synthesized - started,
        "deploy": deployed - synthesized,
        "run": time.monotonic() - deployed,
    }
    (options.state / "phases.json").write_text(json.dumps(phases))
    return status


def follow(service: Service, order: Order) -> int:
    """Drop the dataset, print what happens to it, and say how it ended."""
    bucket = service.outputs["DatasetsBucketName"]
    print(f"\nDropping {shown(order.dataset)} at s3://{bucket}/{order.key}", flush=True)
    if order.is_folder:
        _submit(service, order)
    else:
        service.put(order.key, order.dataset.read_bytes())
    answer = service.answer(order.key)
    run_id = answer["run_id"]
    if run_id:
        Watch(service, run_id).follow()
        answer = service.answer(order.key, final=True)
    tell_outcome(answer)
    if run_id:
        root = f"runs/{order.recipe}/{run_id}/"
        _print_model(service, root)
        _print_example(service, root)
        print()
        keep_report(service, run_id)
    return 0 if answer["outcome"] in SUCCESS else 1


def _print_model(service: Service, root: str) -> None:
    record = json.loads(service.artifact(f"{root}run.json") or b"{}")
    model = (record.get("job") or {}).get("custom_model_arn")
    if model:
        print(f"\nCustom model: {record['job']['name']}\n         ARN: {model}")
    if deployment := (record.get("deployment") or {}).get("arn"):
        print(f"  In service: {deployment}")


def _print_example(service: Service, root: str) -> None:
    metrics = json.loads(service.artifact(f"{root}evaluation/metrics.json") or b"{}")
    for example in metrics.get("examples", [])[:1]:
        print("\nA record of the test set, which the model was not trained on:")
        print(f"  prompt:       {_indented(example['prompt'])}")
        print(f"  expected:     {_indented(example['reference'])}")
        print(f"  base model:   {_indented(example['base'])}")
        print(f"  custom model: {_indented(example['custom'])}")


def _submit(service: Service, order: Order) -> None:
    """Let the command line upload a folder and write its run request, as people would."""
    options = ["--recipe", order.recipe, "--stage", "dev", "--no-check", "--no-watch"]
    command = [TUNEDROP, "submit", str(order.dataset), *options]
    if subprocess.run(command, env=service.environment(), check=False).returncode:
        raise DemoError(f"The folder {order.dataset} could not be submitted; see above.")


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n" + " " * 16)
