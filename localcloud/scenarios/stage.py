"""Where stories are played: what people do to the deployed service, told as it happens."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from typing import Any

from localcloud.progress import told
from localcloud.service import Service
from localcloud.watching import Watch, tell_outcome

SUCCEEDED = "RunSucceeded"
REJECTED = "ModelRejected"


class UnexpectedError(Exception):
    """A story did not go as it is told; the message says what should have been."""


def expect(what: str, *, holds: bool) -> None:
    """Go on only if something holds."""
    if not holds:
        raise UnexpectedError(f"It should have been so, and was not: {what}.")


class Stage:
    """The service, a run that is watched, and a clock whose hands are moved in the records."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.last_run = ""
        self._held: list[str] = []
        self._watches: dict[str, Watch] = {}

    def say(self, text: str) -> None:
        """Tell what comes next."""
        print(told(f"\n{text}"), flush=True)

    def start(self, recipe: str, name: str, content: bytes, suffix: str = ".jsonl") -> str:
        """Drop a dataset, or a run request; returns the run that it starts."""
        key = f"datasets/{recipe}/{name}{suffix}"
        print(f"\nDropping s3://.../{key}", flush=True)
        answer = self.service.answer(key, self.service.put(key, content))
        expect(f"a run for {key}", holds=bool(answer["run_id"]))
        self.last_run = str(answer["run_id"])
        return self.last_run

    def follow(self, run_id: str, until: str = "") -> None:
        """Watch a run to its end, or until it has entered a state."""
        self._watches.setdefault(run_id, Watch(self.service, run_id)).follow(until)
        if until:
            expect(f"{run_id} in {until}", holds=until in self.service.states(run_id))

    def end(self, run_id: str, outcome: str) -> dict[str, Any]:
        """Watch a run to its end, which is to be this one; returns its record."""
        self.follow(run_id)
        self.service.eventually(lambda: self._is_closed(run_id), f"an end of {run_id}")
        record = self.service.record(run_id)
        tell_outcome({"outcome": record["outcome"], "reason": record["cause"]})
        expect(f"the run {run_id} ends as {outcome}", holds=record["outcome"] == outcome)
        return record

    def _is_closed(self, run_id: str) -> bool:
        """Whether its record is closed, which follows on its papers."""
        return bool(self.record(run_id).get("status") == "ended")

    def run(self, recipe: str, name: str, content: bytes, outcome: str = SUCCEEDED) -> str:
        """Drop a dataset and watch its run to this end; returns the run_id."""
        run_id = self.start(recipe, name, content)
        self.end(run_id, outcome)
        return run_id

    def request(self, recipe: str, name: str, text: str) -> str:
        """Drop a run request; returns the run that it starts."""
        return self.start(recipe, name, text.encode(), ".run.yaml")

    def given_champion(self, recipe: str, content: bytes) -> str:
        """The run whose model serves the recipe; one is tuned where there is none yet."""
        champion = self.item(recipe).get("champion")
        if champion:
            return str(champion["run_id"])
        return self.run(recipe, "first", content)

    def expect_champion(self, recipe: str, run_id: str) -> None:
        """The run's model is what applications find, and it answers."""
        champion = self.item(recipe).get("champion", {})
        expect(f"{run_id} is the champion", holds=champion.get("run_id") == run_id)
        model = self.service.model(recipe)
        expect("the parameter names it", holds=model == champion["model_id"])
        self.ask(model)

    def ask(self, model: str) -> str:
        """What a model answers; one that does not serve is an error."""
        question = [{"role": "user", "content": [{"text": "The standing desk arrived broken."}]}]
        answer = self.service.client("bedrock-runtime").converse(modelId=model, messages=question)
        return str(answer["output"]["message"]["content"][0]["text"])

    def command(self, *arguments: str, status: int = 0) -> str:
        """Run the command line, as a person would; returns what it said."""
        print(f"\n$ tunedrop {shlex.join(arguments)}", flush=True)
        ran = self.service.tunedrop(*arguments)
        said = (ran.stdout + ran.stderr).strip()
        print(said, flush=True)
        expect(f"it exits with {status}, not {ran.returncode}", holds=ran.returncode == status)
        return said

    def roll_back_by_a_run(self, recipe: str) -> str:
        """Roll a recipe back where that takes a run, which trains nothing; returns that run."""
        said = self.command("rollback", recipe, "--no-watch")
        run_id = said.split("the run ")[1].split()[0]
        self.end(run_id, SUCCEEDED)
        self.expect_champion(recipe, run_id)
        return run_id

    def sweep(self) -> dict[str, Any]:
        """Have the hourly sweep run now."""
        swept = self.service.sweep()
        done = [f"{what}: {', '.join(names)}" for what, names in swept.items() if names]
        self.say(f"The hourly sweep: {'; '.join(done) or 'nothing to do'}.")
        return swept

    def retire_now(self, recipe: str, run_id: str) -> None:
        """Let the grace of a former champion be over."""
        for number, retiree in enumerate(self.item(recipe)["retiring"]):
            if retiree["run_id"] == run_id:
                field = f"retiring[{number}].retire_at"
                self.move_clock(f"recipe#{recipe}", field, to=-timedelta(seconds=1))

    def hold_schedule(self) -> None:
        """Keep the hourly sweep from beginning by itself, until `release`."""
        events = self.service.client("events")
        for rule in events.list_rules()["Rules"]:
            if "ScheduleExpression" in rule and rule["State"] == "ENABLED":
                events.disable_rule(Name=rule["Name"])
                self._held.append(rule["Name"])

    def release(self) -> None:
        """Undo all that a story held or ordered."""
        self.service.faults.clear()
        while self._held:
            self.service.client("events").enable_rule(Name=self._held.pop())

    def in_bedrock(self, run_id: str) -> set[str]:
        """The names of what a run has in Bedrock that bills or serves, models included."""
        bedrock = self.service.bedrock
        return {
            item[name]
            for operation, member, name in (
                ("list_provisioned_model_throughputs", "provisionedModelSummaries", _THROUGHPUT),
                ("list_custom_model_deployments", "modelDeploymentSummaries", _DEPLOYMENT),
                ("list_custom_models", "modelSummaries", "modelName"),
            )
            for page in bedrock.get_paginator(operation).paginate()
            for item in page[member]
            if item[name].startswith(run_id)
        }

    def item(self, recipe: str) -> dict[str, Any]:
        """What the recipe has in service."""
        return self.service.item(f"recipe#{recipe}")

    def record(self, run_id: str) -> dict[str, Any]:
        """The record of a run that may still go on."""
        return self.service.item(f"run#{run_id}")

    def move_clock(self, key: str, field: str, *, to: timedelta) -> None:
        """Write into an item that something is due so long from now (before it, if negative)."""
        moment = (datetime.now(UTC) + to).isoformat(timespec="milliseconds")
        self._write(key, field, moment.replace("+00:00", "Z"))

    def move_window(self, run_id: str, *, opens_in: timedelta) -> None:
        """Let the hours in which a run may take the champion's place begin so long from now."""
        opens = datetime.now(UTC) + opens_in
        window = f"{opens:%H:%M}-{opens + timedelta(hours=3):%H:%M}"
        self._write(f"run#{run_id}", "snapshot.deployment.reuse.window", window)

    def _write(self, key: str, field: str, text: str) -> None:
        names = {f"#{name}": name for name in re.findall(r"[a-z_]+", field)}
        path = re.sub(r"([a-z_]+)", r"#\1", field)
        self.service.client("dynamodb").update_item(
            TableName=self.service.outputs["RunsTableName"],
            Key={"pk": {"S": key}},
            UpdateExpression=f"SET {path} = :text",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":text": {"S": text}},
        )


_THROUGHPUT = "provisionedModelName"
_DEPLOYMENT = "customModelDeploymentName"
