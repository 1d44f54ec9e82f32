"""Rules about the images and videos themselves: where they lie, and what their headers say."""

from tunedrop.dataset.rules.rule import Rule

MEDIA_FILE_RULES = (
    Rule(
        "media-misplaced",
        "error",
        "An image or video lies outside of the recipe's folder in the datasets bucket.",
        "Put it below the folder that the message names, and write its path from there.",
    ),
    Rule(
        "media-not-found",
        "error",
        "There is no file where a record says that an image or video is.",
        "Put the file there, or correct the name; capitals and small letters are different.",
    ),
    Rule(
        "media-not-readable",
        "error",
        "The file is there, but may not be read.",
        "In S3, let the bucket encrypt it by its own key, and restore it if it is archived.",
    ),
    Rule(
        "media-damaged",
        "error",
        "The header of an image or video cannot be read.",
        "The file was cut off or broken; export or upload it again.",
    ),
    Rule(
        "media-format-stated",
        "warning",
        "The file is of another format than the record, or its name, says.",
        "Nothing to do: the file's own format is written.",
    ),
    Rule(
        "image-size",
        "error",
        "An image has fewer or more pixels than the base model takes.",
        "Scale it, or remove the record.",
    ),
    Rule(
        "image-shape",
        "error",
        "An image is too wide or too tall for its other side.",
        "Crop or pad it, or remove the record.",
    ),
    Rule(
        "media-too-large",
        "error",
        "An image or video has more bytes than the base model takes.",
        "Scale it down or compress it more.",
    ),
    Rule(
        "video-too-long",
        "error",
        "A video plays longer than the base model takes.",
        "Cut it, or split it over several records.",
    ),
    Rule(
        "video-length-unknown",
        "warning",
        "The header of a video does not say how long it plays.",
        "Write the file anew, with `ffmpeg -i in -c copy out`, so that its length can be checked.",
    ),
    Rule(
        "media-not-looked-at",
        "warning",
        "Images and videos in S3 were not looked at.",
        "Run `tunedrop check --media` with AWS credentials to look at them; the service does.",
    ),
)
