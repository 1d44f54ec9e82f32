"""Rules about images and videos as records name them."""

from tunedrop.dataset.rules.rule import Rule

MEDIA_RULES = (
    Rule(
        "media-not-taken",
        "error",
        "The record names an image or a video, which the base model does not take.",
        "Remove the record, or choose a base model that takes it: `tunedrop models` lists them.",
    ),
    Rule(
        "media-in-assistant-turn",
        "error",
        "An assistant turn holds an image or a video.",
        "Move it into a user turn: the models learn to write text.",
    ),
    Rule(
        "mixed-media",
        "error",
        "The dataset holds images and videos.",
        "Use images alone or videos alone; train the others in another run.",
    ),
    Rule(
        "too-many-media",
        "error",
        "The record names more images or videos than the base model takes in one.",
        "Leave some out, or split the record.",
    ),
    Rule(
        "media-uri",
        "error",
        "An image or a video is named by neither an S3 URI nor a path beside the dataset file.",
        "Write s3://bucket/key, or the path from the dataset to the file, with / between folders.",
    ),
    Rule(
        "media-name",
        "warning",
        "The name of an image or a video holds characters that Bedrock does not take.",
        "Nothing to do: it is copied beside the training file, under a name that Bedrock takes.",
        once=True,
    ),
    Rule(
        "media-format",
        "error",
        "An image or a video is of another format than the record says or the base model takes.",
        "Convert the file, or correct the format in the record.",
    ),
    Rule(
        "media-format-spelling",
        "warning",
        "The format of an image or a video is spelt in another way than Bedrock does.",
        "Nothing to do: Bedrock's own spelling is written.",
    ),
)
