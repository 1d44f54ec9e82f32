"""Jobs over captioned images and over dialogues that show images, and their models, over HTTP."""

import base64
import io
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from localcloud.bedrock.pictures.headers import read_image
from localcloud.bedrock.pictures.pixels import thumbnail
from tests.localcloud.bedrock_world import World, conversation, lines, wait_until
from tests.localcloud.pictures import COLOURS, Shown, caption_lines, drawn, png

EMBEDDINGS = "amazon.titan-embed-image-v1:0"
EMBEDDINGS_ID = "amazon.titan-embed-image-v1"
TITAN_IMAGE = "amazon.titan-image-generator-v2:0"
TITAN_IMAGE_1 = "amazon.titan-image-generator-v1:0"
CANVAS = "amazon.nova-canvas-v1:0"
LITE = "amazon.nova-lite-v1:0:300k"
SIDE = 512


def job_over(world: World, shown: list[Shown], base: str, **changes: Any) -> dict[str, Any]:
    """The parameters of a job over pictures in a fresh bucket; records repeat what they have."""
    request = world.job_request(b"", baseModelIdentifier=base, **changes)
    bucket = bucket_of(request)
    for index, each in enumerate(shown):
        world.put(bucket, f"in/{index:05}.png", each.png)
    body = caption_lines(shown, f"s3://{bucket}/in")
    few = 1000 if base == EMBEDDINGS else len(shown)
    world.put(bucket, "in/train.jsonl", body * -(-few // len(shown)))
    return request


def bucket_of(request: dict[str, Any]) -> str:
    return str(request["outputDataConfig"]["s3Uri"].split("/")[2])


def ended(world: World, request: dict[str, Any]) -> dict[str, Any]:
    arn = world.bedrock.create_model_customization_job(**request)["jobArn"]
    return world.ended_job(arn)


def served(world: World, job: dict[str, Any]) -> str:
    """The ARN of throughput for the model of a job."""
    assert job["status"] == "Completed", job.get("failureMessage")
    arn = world.bedrock.create_provisioned_model_throughput(
        modelUnits=1,
        provisionedModelName=f"pt-{uuid.uuid4().hex[:8]}",
        modelId=job["outputModelArn"],
    )["provisionedModelArn"]
    wait_until(lambda: status(world, arn) == "InService")
    return str(arn)


def status(world: World, arn: str) -> str:
    found = world.bedrock.get_provisioned_model_throughput(provisionedModelId=arn)
    return str(found["status"])


def taken_down(world: World, arn: str) -> None:
    world.bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)


def invoked(world: World, model: str, **body: Any) -> dict[str, Any]:
    """The answer of InvokeModel to a native body."""
    answer = world.runtime.invoke_model(modelId=model, body=json.dumps(body))
    found: dict[str, Any] = json.loads(answer["body"].read())
    return found


def vectors(world: World, model: str, **inputs: list[str]) -> "np.ndarray[Any, Any]":
    """The vectors of texts or pictures."""
    ((name, values),) = inputs.items()
    length = {"outputEmbeddingLength": 256}
    rows = [
        invoked(world, model, **{name: each}, embeddingConfig=length)["embedding"]
        for each in values
    ]
    return np.array(rows)


def found_again(world: World, model: str, unseen: list[Shown]) -> float:
    """Share of captions whose own picture is among the three nearest."""
    said = vectors(world, model, inputText=[each.caption for each in unseen])
    seen = vectors(
        world, model, inputImage=[base64.b64encode(each.png).decode() for each in unseen]
    )
    scores = said @ seen.T
    return float(((scores > scores.diagonal()[:, None]).sum(axis=1) < 3).mean())


def test_tuned_embeddings_bring_unseen_pairs_together(bedrock_world: World) -> None:
    request = job_over(
        bedrock_world, drawn(150, 1), EMBEDDINGS, hyperParameters={"epochCount": "Auto"}
    )
    job = ended(bedrock_world, request)
    model, unseen = served(bedrock_world, job), drawn(25, 2)
    before, after = (found_again(bedrock_world, each, unseen) for each in (EMBEDDINGS_ID, model))
    taken_down(bedrock_world, model)
    assert after > before + 0.4
    assert job["hyperParameters"]["epochCount"] == "Auto"
    assert job["trainingMetrics"]["trainingLoss"] < 3


def shown_by(world: World, model: str, caption: str) -> "np.ndarray[Any, Any]":
    """The drawing of a caption, in small."""
    answer = invoked(
        world,
        model,
        taskType="TEXT_IMAGE",
        textToImageParams={"text": caption},
        imageGenerationConfig={"width": 320, "height": 256, "numberOfImages": 1},
    )
    assert answer["error"] is None
    content = base64.b64decode(answer["images"][0])
    image = read_image(content)
    assert (image.format, image.width, image.height) == ("png", 320, 256)
    small = thumbnail(content)
    assert small is not None
    return small


def distance(world: World, model: str, unseen: list[Shown]) -> float:
    errors = []
    for each in unseen:
        truth = thumbnail(each.png)
        assert truth is not None
        errors.append(((shown_by(world, model, each.caption) - truth) ** 2).mean())
    return float(np.mean(errors))


@pytest.mark.parametrize(
    ("base", "plain", "steps"),
    [
        (TITAN_IMAGE, "amazon.titan-image-generator-v2:0", "auto"),
        (TITAN_IMAGE_1, "amazon.titan-image-generator-v1", "200"),
        (CANVAS, "amazon.nova-canvas-v1:0", "60"),
    ],
)
def test_tuned_drawings_come_closer_to_pictures_not_seen(
    bedrock_retired_world: World, base: str, plain: str, steps: str
) -> None:
    world = bedrock_retired_world
    request = job_over(world, drawn(40, 1, SIDE), base, hyperParameters={"stepCount": steps})
    job = ended(world, request)
    model, unseen = served(world, job), drawn(12, 2)
    before, after = distance(world, plain, unseen), distance(world, model, unseen)
    taken_down(world, model)
    assert after < 0.8 * before


def test_steps_of_the_metric_file_are_those_of_the_job(bedrock_retired_world: World) -> None:
    world = bedrock_retired_world
    request = job_over(world, drawn(5, 1, SIDE), CANVAS, hyperParameters={"stepCount": "40"})
    job = ended(world, request)
    written = world.objects(job["outputDataConfig"]["s3Uri"])
    (table,) = [body for name, body in written.items() if name.endswith("training_metrics.csv")]
    steps = [int(row.split(",")[0]) for row in io.StringIO(table.decode()).readlines()[1:]]
    assert steps == sorted(set(steps))
    assert steps[-1] == 40


def with_picture(index: int, content: bytes) -> Callable[[World, str], None]:
    """Puts other bytes where a picture was."""
    return lambda world, bucket: world.put(bucket, f"in/{index:05}.png", content) and None


def without_picture(world: World, bucket: str) -> None:
    world.client("s3").delete_object(Bucket=bucket, Key="in/00000.png")


def flat(width: int, height: int) -> bytes:
    return png(np.zeros((height, width, 3), np.uint8))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_picture, "Could not validate GetObject permissions to access Amazon S3 bucket"),
        (with_picture(1, b"not a picture"), "Unable to process the image at s3://"),
        (with_picture(1, flat(511, 600)), "511 x 600 pixels; each side must have between 512"),
        (with_picture(1, flat(4097, 2000)), "each side must have between 512 and 4096"),
        (with_picture(1, flat(512, 2100)), "the aspect ratio must be between 1:4 and 4:1"),
        (with_picture(1, flat(4000, 4000)), "at most 12582912 in all are supported"),
        (with_picture(1, b"GIF89a\x00\x02\x00\x02"), "has the format gif; supported are"),
    ],
)
def test_unsuitable_pictures_fail_the_job(
    bedrock_retired_world: World, change: Callable[[World, str], None], words: str
) -> None:
    request = job_over(bedrock_retired_world, drawn(5, 1, SIDE), CANVAS)
    change(bedrock_retired_world, bucket_of(request))
    job = ended(bedrock_retired_world, request)
    assert job["status"] == "Failed"
    assert words in job["failureMessage"]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"image-ref": "s3://b/x.png"}, 'must follow \'{"image-ref": "s3://'),
        ({"image-ref": "https://b/x.png", "caption": "a cat"}, "must be an Amazon S3 URI"),
        ({"image-ref": "s3://b/x.png", "caption": None}, "must follow"),
        ({"prompt": "a", "completion": "b"}, "must follow"),
    ],
)
def test_records_of_images_have_their_own_format(
    bedrock_retired_world: World, record: dict[str, Any], words: str
) -> None:
    job = bedrock_retired_world.run_job(lines([record] * 5), baseModelIdentifier=CANVAS)
    assert words in job["failureMessage"]


@pytest.mark.parametrize(("caption", "characters"), [("ab", 2), ("long " * 300, 1500)])
def test_captions_have_their_lengths(
    bedrock_retired_world: World, caption: str, characters: int
) -> None:
    world, shown = bedrock_retired_world, drawn(5, 1, SIDE)
    odd = [*shown[:4], Shown(caption, "", shown[4].pixels)]
    job = ended(world, job_over(world, odd, CANVAS))
    assert f"a caption of {characters} characters" in job["failureMessage"]


def test_job_over_images_takes_no_validation_data(bedrock_world: World) -> None:
    request = bedrock_world.job_request(
        baseModelIdentifier=EMBEDDINGS, hyperParameters={"epochCount": "1"}
    )
    validation = {"validators": [{"s3Uri": request["trainingDataConfig"]["s3Uri"]}]}
    with pytest.raises(ClientError, match="Validation data is not supported"):
        bedrock_world.bedrock.create_model_customization_job(
            **request, validationDataConfig=validation
        )


@pytest.mark.parametrize("given", [{}, {"epochCount": "auto"}, {"epochCount": "101"}])
def test_epochs_of_embeddings_are_a_number_or_left_to_bedrock(
    bedrock_world: World, given: dict[str, str]
) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*epochCount"):
        bedrock_world.create_job(baseModelIdentifier=EMBEDDINGS, hyperParameters=given)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (EMBEDDINGS_ID, {}),
        (EMBEDDINGS_ID, {"inputText": "x", "embeddingConfig": {"outputEmbeddingLength": 100}}),
        (EMBEDDINGS_ID, {"inputImage": "no base64"}),
        (EMBEDDINGS_ID, {"inputImage": base64.b64encode(b"no image").decode()}),
        (EMBEDDINGS_ID, {"inputText": 3}),
        ("amazon.nova-canvas-v1:0", {"taskType": "TEXT_IMAGE"}),
        ("amazon.nova-canvas-v1:0", {"taskType": "TEXT_IMAGE", "textToImageParams": {"text": ""}}),
        ("amazon.nova-canvas-v1:0", {"taskType": "OUTPAINTING"}),
        ("amazon.nova-canvas-v1:0", {"inputText": "x"}),
    ],
)
def test_bodies_that_do_not_suit_are_refused(
    bedrock_retired_world: World, model: str, body: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        invoked(bedrock_retired_world, model, **body)


def test_models_of_vectors_do_not_converse(bedrock_world: World) -> None:
    with pytest.raises(ClientError, match="This action doesn't support the model"):
        bedrock_world.runtime.converse(
            modelId=EMBEDDINGS_ID, messages=[{"role": "user", "content": [{"text": "Hello"}]}]
        )


QUESTION = "Which colour does the shape have?"


def dialogues(shown: list[Shown], bucket: str) -> list[dict[str, Any]]:
    """Records that show a picture each; nothing but the picture tells the answer."""
    found = []
    for index, each in enumerate(shown):
        record = conversation(QUESTION, f"The shape is {each.colour}.")
        where = {"s3Location": {"uri": f"s3://{bucket}/in/{index:05}.png"}}
        record["messages"][0]["content"].append({"image": {"format": "png", "source": where}})
        found.append(record)
    return found


def seen_by(world: World, model: str, source: dict[str, Any]) -> str:
    content = [{"text": QUESTION}, {"image": {"format": "png", "source": source}}]
    answer = world.runtime.converse(modelId=model, messages=[{"role": "user", "content": content}])
    return str(answer["output"]["message"]["content"][0]["text"])


@pytest.fixture(scope="module")
def seeing_model(bedrock_world: World) -> str:
    """A custom Nova Lite that was shown pictures, deployed."""
    request = bedrock_world.job_request(
        baseModelIdentifier=LITE, hyperParameters={"epochCount": "5"}
    )
    shown, bucket = drawn(240, 1), bucket_of(request)
    for index, each in enumerate(shown):
        bedrock_world.put(bucket, f"in/{index:05}.png", each.png)
    bedrock_world.put(bucket, "in/train.jsonl", lines(dialogues(shown, bucket)))
    return served(bedrock_world, ended(bedrock_world, request))


def test_model_that_was_shown_pictures_sees_new_ones(
    bedrock_world: World, seeing_model: str
) -> None:
    unseen = drawn(20, 2)
    right = sum(
        each.colour in seen_by(bedrock_world, seeing_model, {"bytes": each.png}) for each in unseen
    )
    assert right >= len(unseen) / 2 > len(unseen) / len(COLOURS)


def test_pictures_of_a_question_may_lie_in_s3(bedrock_world: World, seeing_model: str) -> None:
    (shown,) = drawn(1, 3)
    uri = bedrock_world.put(bedrock_world.bucket(), "x.png", shown.png)
    there = seen_by(bedrock_world, seeing_model, {"s3Location": {"uri": uri}})
    assert there == seen_by(bedrock_world, seeing_model, {"bytes": shown.png})
    with pytest.raises(ClientError, match="Could not read the S3 location"):
        seen_by(bedrock_world, seeing_model, {"s3Location": {"uri": f"{uri}.not"}})


def test_question_with_what_is_no_picture_is_refused(bedrock_world: World) -> None:
    lite, micro = "us.amazon.nova-lite-v1:0", "us.amazon.nova-micro-v1:0"
    with pytest.raises(ClientError, match="Could not process image"):
        seen_by(bedrock_world, lite, {"bytes": b"no picture"})
    with pytest.raises(ClientError, match="does not match the specified image format"):
        seen_by(bedrock_world, lite, {"bytes": b"GIF89a\x01\x00\x01\x00"})
    with pytest.raises(ClientError, match="doesn't support the image field"):
        seen_by(bedrock_world, micro, {"bytes": drawn(1, 1)[0].png})


def test_pictures_and_videos_do_not_mix(bedrock_world: World) -> None:
    request = bedrock_world.job_request(baseModelIdentifier=LITE)
    bucket = bucket_of(request)
    records = dialogues(drawn(8, 1), bucket)
    where = {"s3Location": {"uri": f"s3://{bucket}/in/x.mp4"}}
    records[3]["messages"][0]["content"][1] = {"video": {"format": "mp4", "source": where}}
    bedrock_world.put(bucket, "in/train.jsonl", lines(records))
    assert "not hold both images and videos" in ended(bedrock_world, request)["failureMessage"]


def thinking(count: int) -> bytes:
    """Records of which the assistant's turns hold its reasoning too."""
    found = []
    for index in range(count):
        number = random.Random(index).randint(1, 99)
        record = conversation(f"What is {number} plus one?", f"It is {number + 1}.")
        thought = {"reasoningText": {"text": "I add one to the number."}}
        record["messages"][1]["content"].insert(0, {"reasoningContent": thought})
        found.append(record)
    return lines(found)


def test_reasoning_is_for_models_that_reason(bedrock_world: World) -> None:
    able = bedrock_world.run_job(thinking(200), baseModelIdentifier="amazon.nova-2-lite-v1:0:256k")
    unable = bedrock_world.run_job(thinking(200), baseModelIdentifier=LITE)
    assert able["status"] == "Completed", able.get("failureMessage")
    assert "content blocks of type reasoningContent are not supported" in unable["failureMessage"]
