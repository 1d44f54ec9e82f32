"""What starts what: drops, Bedrock's events, executions that ended, the clock; and who is paged."""

import json

import pytest
from synthesized import Synthesized, flat

from stacks.config import ROOT

PREFIX = "FineTuningService"


def test_every_object_but_images_and_videos_reaches_the_queue(service: Synthesized) -> None:
    rule = service.only("AWS::Events::Rule", f"{PREFIX}IntakeDrops")["Properties"]
    pattern = rule["EventPattern"]
    assert (pattern["source"], pattern["detail-type"]) == (["aws.s3"], ["Object Created"])
    assert set(pattern["detail"]) == {"bucket", "object"}
    [key] = pattern["detail"]["object"]["key"]
    assert {".png", ".jpeg", ".jpg", ".mp4"} <= set(key["anything-but"]["suffix"])
    assert ".jsonl" not in key["anything-but"]["suffix"]
    assert "DatasetsBucket" in flat(pattern["detail"]["bucket"]["name"])
    assert f"{PREFIX}IntakeQueue" in flat(rule["Targets"])


def test_a_message_has_time_to_be_answered_and_five_attempts(service: Synthesized) -> None:
    queue = service.only("AWS::SQS::Queue", f"{PREFIX}IntakeQueue")["Properties"]
    timeout = service.functions()["StartRun"]["Properties"]["Timeout"]
    assert queue["VisibilityTimeout"] >= 6 * timeout
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_queues_are_encrypted_and_refuse_requests_without_tls(service: Synthesized) -> None:
    queues = service.of_type("AWS::SQS::Queue").values()
    policies = service.of_type("AWS::SQS::QueuePolicy").values()
    assert all(q["Properties"]["SqsManagedSseEnabled"] is True for q in queues)
    assert len(policies) == len(queues)
    assert all("aws:SecureTransport" in flat(p) for p in policies)


def test_one_bad_message_does_not_return_its_batch(service: Synthesized) -> None:
    source = service.only("AWS::Lambda::EventSourceMapping")["Properties"]
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BatchSize"] == 10


def test_job_events_of_bedrock_reach_resume_run_as_they_are(service: Synthesized) -> None:
    rule = service.only("AWS::Events::Rule", f"{PREFIX}ResumeCustomizationJobs")["Properties"]
    [target] = rule["Targets"]
    assert rule["EventPattern"] == {
        "source": ["aws.bedrock"],
        "detail-type": ["Model Customization Job State Change"],
    }
    assert "ResumeRunFunction" in flat(target["Arn"])
    assert not {"Input", "InputPath", "InputTransformer"} & set(target)


def test_executions_that_end_badly_are_cleaned_up_with_what_clean_up_run_reads(
    service: Synthesized,
) -> None:
    rule = service.only("AWS::Events::Rule", f"{PREFIX}CleanUpAfterEnd")["Properties"]
    [target] = rule["Targets"]
    detail = rule["EventPattern"]["detail"]
    assert detail["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    assert f"{PREFIX}FineTuningStateMachine" in flat(detail["stateMachineArn"])
    assert f"{PREFIX}CleanUpRunStateMachine" in flat(target["Arn"])
    assert _rendered(target["InputTransformer"]) == {
        "run_id": "$.detail.name",
        "execution_arn": "$.detail.executionArn",
        "status": "$.detail.status",
        "input": "$.detail.input",
    }


def test_the_sweep_comes_every_hour(service: Synthesized) -> None:
    rule = service.only("AWS::Events::Rule", f"{PREFIX}HourlySweep")["Properties"]
    assert rule["ScheduleExpression"] == "rate(1 hour)"
    assert "SweepFunction" in flat(rule["Targets"])


@pytest.mark.parametrize("outcome", ["ServiceFailed", "CleanUpFailed", "DeploymentFailed"])
def test_our_own_faults_page_somebody(service: Synthesized, outcome: str) -> None:
    alarm = service.only("AWS::CloudWatch::Alarm", f"{PREFIX}Alarms{outcome}")["Properties"]
    dimensions = {d["Name"]: d["Value"] for d in alarm["Dimensions"]}
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Tunedrop", "RunsEnded")
    assert dimensions == {"stage": "dev", "outcome": outcome, "service": "tunedrop"}
    assert "Pages" in flat(alarm["AlarmActions"])


def test_alarmed_outcomes_are_red_ends_of_the_workflow_and_refusals_are_not_among_them(
    service: Synthesized,
) -> None:
    definition = json.loads((ROOT / "statemachines" / "fine_tuning.asl.json").read_text())
    ends = {s["Error"] for s in definition["States"].values() if s["Type"] == "Fail"}
    alarms = service.of_type("AWS::CloudWatch::Alarm").values()
    outcomes = {
        d["Value"]
        for alarm in alarms
        for d in alarm["Properties"].get("Dimensions", [])
        if d["Name"] == "outcome"
    }
    assert outcomes < ends
    assert not outcomes & {"DatasetRejected", "RunRefused", "ModelRejected", "BudgetExceeded"}


def test_the_dead_letter_queue_clean_up_run_and_the_sweep_are_watched(
    service: Synthesized,
) -> None:
    names = ["DropsNotAnswered", "CleanUpRunFailed", "SweepFailed"]
    alarms = {n: service.only("AWS::CloudWatch::Alarm", f"{PREFIX}Alarms{n}") for n in names}
    assert "DeadLetterQueue" in flat(alarms["DropsNotAnswered"])
    assert all(m in flat(alarms["CleanUpRunFailed"]) for m in ("ExecutionsFailed", "Aborted"))
    assert "SweepFunction" in flat(alarms["SweepFailed"])


def test_every_alarm_says_which_heading_of_the_runbook_helps(service: Synthesized) -> None:
    for id_, alarm in service.of_type("AWS::CloudWatch::Alarm").items():
        heading = alarm["Properties"]["AlarmDescription"].rpartition("heading ")[2].rstrip(".")
        assert id_.startswith(f"{PREFIX}Alarms{heading}")


def test_silence_is_no_alarm(service: Synthesized) -> None:
    for alarm in service.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching"


def test_topics_are_under_the_key_and_refuse_publishers_without_tls(
    service: Synthesized,
) -> None:
    topics = service.of_type("AWS::SNS::Topic").values()
    policies = service.of_type("AWS::SNS::TopicPolicy").values()
    assert len(topics) == len(policies) == 2
    assert all("Key" in flat(t["Properties"]["KmsMasterKeyId"]) for t in topics)
    assert all("aws:SecureTransport" in flat(p) for p in policies)


def test_alarms_may_publish_to_the_topic_that_they_name(service: Synthesized) -> None:
    policy = service.only("AWS::SNS::TopicPolicy", f"{PREFIX}Pages")["Properties"]
    [allowed] = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    assert ":alarm:*" in flat(allowed["Condition"])
    for alarm in service.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["Properties"]["AlarmActions"] == policy["Topics"]


def test_clean_up_that_fails_in_one_way_only_still_pages(service: Synthesized) -> None:
    alarm = service.only("AWS::CloudWatch::Alarm", f"{PREFIX}AlarmsCleanUpRunFailed")
    queries = alarm["Properties"]["Metrics"]
    [expression] = [q["Expression"] for q in queries if "Expression" in q]
    metrics = {q["Id"] for q in queries if "MetricStat" in q}
    assert set(expression.split(" + ")) == {f"FILL({metric}, 0)" for metric in metrics}


def _rendered(transformer: dict[str, object]) -> dict[str, str]:
    """The template with each placeholder replaced by the path that fills it."""
    template = str(transformer["InputTemplate"])
    paths = transformer["InputPathsMap"]
    assert isinstance(paths, dict)
    for name, path in paths.items():
        template = template.replace(f"<{name}>", json.dumps(path))
    rendered: dict[str, str] = json.loads(template)
    return rendered
