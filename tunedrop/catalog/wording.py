"""What the catalog knows of a base model in words, for the terminal and for the documentation."""

from collections.abc import Iterator

from tunedrop.catalog.hyperparameter import Hyperparameter
from tunedrop.catalog.limits import Limits, MediaLimits
from tunedrop.catalog.loading import all_models
from tunedrop.catalog.models import BaseModel, Customization
from tunedrop.catalog.offers import METHODS, is_offered, substitute

Rows = Iterator[tuple[str, str]]

_PER = {"1k tokens": "1,000 tokens", "image": "image seen", "hour": "hour"}
_FORMATS = {"reinforcement": "prompts with reference answers"}


def dates(model: BaseModel) -> str:
    """Until when a model takes jobs, or since when not."""
    life = model.lifecycle
    if life.takes_jobs:
        return "no end announced"
    legacy = f"Legacy since {life.legacy_date}" if life.legacy_date else "Legacy"
    return f"{legacy}, end of life {life.end_of_life_date}" if life.end_of_life_date else legacy


def nobody_offers() -> Iterator[str]:
    """A sentence for each method that no active model offers."""
    for method in METHODS:
        if not is_offered(method):
            instead = substitute(method)
            yield f"No model takes {method} jobs now" + (f"; {instead}." if instead else ".")


def nobody_serves() -> Iterator[str]:
    """A sentence for each method whose datasets are checked, while no run trains by it."""
    every = [how for model in all_models() for how in model.customizations]
    served = {method for how in every if how.served for method in how.methods}
    for method in METHODS:
        if any(method in how.methods for how in every) and method not in served:
            yield f"Datasets for {method} are checked; runs with it are not served yet."


def methods(how: Customization) -> str:
    """The methods that a customization serves, and whether runs train by them."""
    listed = ", ".join(how.methods)
    return listed if how.served else f"{listed} (datasets are checked, runs not yet served)"


def training_price(how: Customization) -> str:
    """What a unit of training costs."""
    price = how.training_price
    usd = "price not known" if price.usd is None else f"{price.usd:g} USD"
    return f"{usd} per {_PER[price.unit]}"


def modes(model: BaseModel) -> list[str]:
    """The deployment modes of a model, in a recipe's words, with what an hour costs."""
    found = ["on_demand"] if model.serving.on_demand else []
    if model.serving.provisioned:
        usd = model.prices.model_unit_usd_per_hour["none"]
        found.append("provisioned" if usd is None else f"provisioned, {usd:g} USD an hour")
    return found


def about(model: BaseModel) -> Rows:
    """What holds for a model whatever it is customized for."""
    yield "jobs", _jobs(model)
    yield "Regions", ", ".join(model.regions)
    kind = model.inference.kind.replace("_", " ")
    yield "asked as", _noted(f"{model.inference_id} ({kind})", model.inference.note)
    yield "takes in", ", ".join(model.input_modalities)
    yield "gives out", ", ".join(model.output_modalities)
    yield "served", _noted("; ".join(_serving(model)), model.serving.note)
    storage = model.prices.storage_usd_per_month
    yield "storage", "price not known" if storage is None else f"{storage:g} USD a month"
    if others := model.other_customization_types:
        yield "also", f"Bedrock offers {', '.join(others)}, which no method here asks for"


def takes(how: Customization) -> Rows:
    """What a customization asks of its data, and what it costs."""
    limits = how.limits
    yield "methods", methods(how)
    yield "records as", _FORMATS.get(how.dataset_format, how.dataset_format)
    yield "to train", _span(limits.min_training_records, limits.max_training_records, "records")
    yield "to validate", _validation(how)
    if limits.max_records_in_all is not None:
        code = f" (quota {limits.records_quota_code})" if limits.records_quota_code else ""
        yield "in all", f"at most {limits.max_records_in_all:,} records{code}"
    if sizes := ", ".join(_file_sizes(limits)):
        yield "files", sizes
    if tokens := ", ".join(_tokens(limits)):
        estimate = how.token_estimate.characters_per_token
        yield "tokens", f"{tokens}; {estimate:g} characters are counted as one"
    if limits.max_caption_characters is not None:
        least = limits.min_caption_characters or 0
        yield "captions", f"{least:,} to {limits.max_caption_characters:,} characters"
    if limits.media is not None:
        yield from _media(limits.media)
    if limits.reasoning:
        yield "reasoning", "may stand in assistant turns"
    if limits.reserved_strings:
        yield "reserved", ", ".join(map(repr, limits.reserved_strings))
    yield "training", training_price(how)


def hyperparameters(how: Customization) -> Iterator[tuple[str, str, str]]:
    """Each hyperparameter: its name in a recipe, its values, and what is to be known of it."""
    for each in how.hyperparameters:
        name = each.name or f"bedrock.{each.bedrock_key}"
        yield name, f"{each.range}{_default(each)}", each.note


def _default(each: Hyperparameter) -> str:
    if each.default is not None:
        told = each.default if isinstance(each.default, str) else f"{each.default:g}"
        return f", default {told}"
    return ", required" if each.required else ""


def _jobs(model: BaseModel) -> str:
    taken = "takes customization jobs" if model.lifecycle.takes_jobs else "takes no new jobs"
    return _noted(f"{taken}: {dates(model)}", model.lifecycle.note)


def _noted(text: str, note: str) -> str:
    return f"{text}. {note}" if note else text


def _serving(model: BaseModel) -> Iterator[str]:
    serving, prices = model.serving, model.prices.model_unit_usd_per_hour
    if serving.on_demand:
        requests, tokens = (
            serving.on_demand_requests_per_minute,
            serving.on_demand_tokens_per_minute,
        )
        yield (
            f"on_demand in {', '.join(serving.on_demand_regions)}, free while idle (by default "
            f"{requests:,} requests and {tokens:,} tokens a minute)"
        )
    if serving.provisioned:
        known = [f"{usd:g} USD ({term})" for term, usd in prices.items() if usd is not None]
        yield (
            f"provisioned (quota {serving.model_units_quota_code}), a model unit and hour: "
            + (", ".join(known) or "price not known")
        )
    if not (serving.on_demand or serving.provisioned):
        yield "none of this service's deployment modes"


def _validation(how: Customization) -> str:
    rules = how.validation_set
    if not rules.supported:
        return _noted("no validation set is taken", rules.note)
    limits = how.limits
    span = _span(limits.min_validation_records, limits.max_validation_records, "records")
    return _noted(f"{span}, or none", rules.note)


def _span(least: int, most: int | None, what: str) -> str:
    if most is not None:
        return f"{least:,} to {most:,} {what}"
    return f"{least:,} {what} or more" if least > 1 else f"any number of {what}"


def _file_sizes(limits: Limits) -> Iterator[str]:
    for side, most in (
        ("training", limits.max_training_file_bytes),
        ("validation", limits.max_validation_file_bytes),
    ):
        if most is not None:
            yield f"{side} at most {_bytes(most)}"


def _bytes(size: int) -> str:
    gigabytes, rest = divmod(size, 1 << 30)
    return f"{size >> 20} MB" if rest or not gigabytes else f"{gigabytes} GB"


def _tokens(limits: Limits) -> Iterator[str]:
    for part, most in (
        ("a record", limits.max_tokens_per_record),
        ("the prompt", limits.max_prompt_tokens),
        ("the completion", limits.max_completion_tokens),
    ):
        if most is not None:
            yield f"{part} at most {most:,}"
    for step in limits.max_tokens_by_batch_size:
        yield f"{step.max_tokens:,} from batch size {step.from_batch_size}"


def _media(media: MediaLimits) -> Rows:
    yield "images", ", ".join(_images(media))
    if media.video_formats:
        yield "videos", ", ".join(_videos(media))
    if media.same_bucket:
        yield "media keys", f"in the bucket of the dataset, of {media.key_pattern or 'any name'}"


def _images(media: MediaLimits) -> Iterator[str]:
    yield " or ".join(media.image_formats)
    if media.max_image_bytes is not None:
        yield f"at most {_bytes(media.max_image_bytes)}"
    if media.min_image_side is not None and media.max_image_side is not None:
        yield f"sides of {media.min_image_side:,} to {media.max_image_side:,} pixels"
    if media.max_image_pixels is not None:
        yield f"at most {media.max_image_pixels:,} pixels"
    if media.max_aspect_ratio is not None:
        yield f"1:{media.max_aspect_ratio:g} to {media.max_aspect_ratio:g}:1"
    if media.max_images_per_record is not None:
        yield f"at most {media.max_images_per_record} a record"


def _videos(media: MediaLimits) -> Iterator[str]:
    yield " or ".join(media.video_formats)
    if media.max_video_bytes is not None:
        yield f"at most {_bytes(media.max_video_bytes)}"
    if media.max_video_seconds is not None:
        yield f"at most {media.max_video_seconds} seconds"
    if media.max_videos_per_record is not None:
        yield f"at most {media.max_videos_per_record} a record"
