"""The audit: what bills has an owner, what serves is there, and all that is written agrees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.scenarios.books import (
    DEPLOYMENT,
    ENDED,
    JOB,
    MODEL,
    THROUGHPUT,
    Books,
    Item,
    Resource,
)

_KEPT_MODELS = 5
_SERVES = frozenset({"InService", "Active"})
_GREEN = frozenset({"RunSucceeded", "RunUnchanged"})
_RED_EXECUTIONS = frozenset({"FAILED", "ABORTED", "TIMED_OUT"})
_SAME = ("status", "outcome", "cause", "job", "deployment", "trial", "promotion", "clean_up")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A resource in Bedrock, whose it is, and what it bills."""

    resource: Resource
    owner: str
    bills: str


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What is wrong with a recipe by what was compared; nothing where all agree."""

    recipe: str
    champion: str
    findings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What was found; `findings` is empty where all is well."""

    rows: tuple[Row, ...]
    recipes: tuple[Agreement, ...]
    findings: tuple[str, ...]


def audit(books: Books) -> Audit:
    """Hold the books against each other."""
    recipes = tuple(_agreement(books, name) for name in sorted(books.base_models))
    return Audit(
        rows=tuple(
            Row(resource=each, owner=owner_of(books, each), bills=_bills(books, each))
            for each in books.resources
        ),
        recipes=recipes,
        findings=(
            *_unowned(books),
            *(finding for each in recipes for finding in each.findings),
            *(finding for run in books.runs.values() for finding in _run(books, run)),
        ),
    )


def owner_of(books: Books, resource: Resource) -> str:
    """Who needs a resource, in words; empty where nobody does."""
    run = books.runs.get(resource.run_id, {})
    if run and run["status"] != ENDED and books.executions.get(resource.run_id) == "RUNNING":
        return f"the run {resource.run_id}, in flight"
    state = books.recipes.get(resource.recipe, {})
    if resource.kind == MODEL:
        return _owner_of_model(books, state, run, resource.arn)
    return "" if resource.kind == JOB else _owner_of_capacity(books, state, run, resource)


def _owner_of_capacity(books: Books, state: Item, run: Item, resource: Resource) -> str:
    if _arn(state.get("champion")) == resource.arn:
        return f"the champion of {resource.recipe}"
    for retiree in state.get("retiring", ()):
        if _arn(retiree) == resource.arn and retiree["retire_at"] > books.read_at:
            return f"a former champion, until {retiree['retire_at'][:16]}Z"
    committed = run.get("deployment") if _arn(run) == resource.arn else None
    until = (committed or {}).get("committed_until", "")
    return f"a commitment, until {until[:10]}" if until > books.read_at else ""


def _owner_of_model(books: Books, state: Item, run: Item, arn: str) -> str:
    for role in ("champion", "previous"):
        if (state.get(role) or {}).get("custom_model_arn") == arn:
            named = "champion" if role == "champion" else "rollback target"
            return f"the {named} of {run.get('recipe', 'a recipe')}"
    promoted = dict.fromkeys(entry["custom_model_arn"] for entry in state.get("history", ()))
    if arn in list(promoted)[:_KEPT_MODELS]:
        return f"one of the last {_KEPT_MODELS} champions"
    if (until := run.get("model_kept_until", "")) > books.read_at:
        return f"kept until {until[:10]} for tunedrop promote"
    is_wanted = run.get("outcome") == "RunSucceeded" and not run.get("promotion")
    return "the recipe, which asks for a model alone" if is_wanted else ""


def _unowned(books: Books) -> Iterator[str]:
    for each in books.resources:
        if not owner_of(books, each):
            yield f"nobody owns the {each.kind} {each.name} ({_bills(books, each)})"


def _bills(books: Books, resource: Resource) -> str:
    if resource.kind != THROUGHPUT:
        return {DEPLOYMENT: "nothing while idle", JOB: "by the token", MODEL: "storage"}[
            resource.kind
        ]
    run = books.runs.get(resource.run_id, {})
    deployments = (run.get(section) or {} for section in ("deployment", "trial"))
    prices = [each.get("hourly_usd") for each in deployments if each.get("arn") == resource.arn]
    return f"{prices[0]:.2f} USD an hour" if prices and prices[0] else "an unknown price an hour"


def _agreement(books: Books, recipe: str) -> Agreement:
    state = books.recipes.get(recipe, {})
    champion = state.get("champion")
    findings = [*_parameter(books, recipe, champion), *_serving_on(books, recipe, state)]
    if champion:
        findings += [*_champion(books, recipe, state), *_record_of(books, recipe, champion)]
    holder = books.turns.get(recipe, "")
    if books.runs.get(holder, {}).get("status") == ENDED:
        findings.append(f"{recipe}: its turn to deploy is held by {holder}, which has ended")
    return Agreement(
        recipe=recipe,
        champion=champion["run_id"] if champion else "",
        findings=tuple(findings),
    )


def _parameter(books: Books, recipe: str, champion: Item | None) -> Iterator[str]:
    due = champion["model_id"] if champion else books.base_models[recipe]
    found = books.parameters.get(recipe, "nothing" if champion else due)
    if found != due:
        yield f"{recipe}: the parameter names {found}, and the recipe's item {due}"


def _champion(books: Books, recipe: str, state: Item) -> Iterator[str]:
    champion = state["champion"]
    yield from _served(books, f"the champion of {recipe}", champion, champion["custom_model_arn"])
    if not _has_model(books, champion["custom_model_arn"]):
        yield f"{recipe}: the champion's custom model is gone"
    if (previous := state.get("previous")) and not _has_model(books, previous["custom_model_arn"]):
        yield f"{recipe}: the rollback target's custom model is gone"
    if state["history"][0]["run_id"] != champion["run_id"]:
        yield f"{recipe}: the history's newest entry is not the champion's"


def _serving_on(books: Books, recipe: str, state: Item) -> Iterator[str]:
    for retiree in state.get("retiring", ()):
        if retiree["retire_at"] > books.read_at:
            who, model = f"a former champion of {recipe}, in its grace", retiree["custom_model_arn"]
            yield from _served(books, who, retiree, model)


def _served(books: Books, who: str, served: Item, model_arn: str) -> Iterator[str]:
    found = next((each for each in books.resources if each.arn == _arn(served)), None)
    if found is None:
        yield f"what serves {who} is gone: {served['deployment']['name']}"
    elif found.status not in _SERVES:
        yield f"what serves {who} is {found.status}: {found.name}"
    elif found.model_arn != model_arn:
        yield f"what serves {who} serves {found.model_arn} and not {model_arn}"


def _record_of(books: Books, recipe: str, champion: Item) -> Iterator[str]:
    run = books.runs.get(champion["run_id"])
    if run is None or not run.get("promotion"):
        yield f"{recipe}: the record of the champion {champion['run_id']} knows of no promotion"
    elif _arn(run) != _arn(champion):
        yield f"{recipe}: the champion's record names another deployment than the recipe's item"
    elif run["job"]["custom_model_arn"] != champion["custom_model_arn"]:
        yield f"{recipe}: the champion's record names another model than the recipe's item"


def _run(books: Books, run: Item) -> Iterator[str]:
    run_id, execution = run["run_id"], books.executions.get(run["run_id"], "GONE")
    if run["status"] != ENDED:
        if execution != "RUNNING":
            yield f"{run_id}: its execution is {execution}, and its record still {run['status']}"
        return
    is_green = run["outcome"] in _GREEN
    if execution in (_RED_EXECUTIONS if is_green else {"SUCCEEDED"}):
        yield f"{run_id}: its execution is {execution}, and its record says {run['outcome']}"
    if is_green is ("Still billing: " in run["cause"]):
        yield f"{run_id}: {run['outcome']}, and its cause does not say what still bills"
    yield from _untold(books, run)
    yield from _papers(books, run)


def _untold(books: Books, run: Item) -> Iterator[str]:
    """What a run left in Bedrock, and its cause does not name; a promoted one has its recipe."""
    for each in books.resources:
        is_own = each.name.startswith(f"{run['run_id']}-") and not run.get("promotion")
        if is_own and run["outcome"] != "RunSucceeded" and each.name not in run["cause"]:
            yield f"{run['run_id']}: its cause does not name the {each.kind} {each.name}"


def _papers(books: Books, run: Item) -> Iterator[str]:
    run_id = run["run_id"]
    published, answer = books.published[run_id], books.answers[run_id]
    differing = [name for name in _SAME if published.get(name) != run.get(name)]
    if differing:
        yield f"{run_id}: run.json and the record differ in {', '.join(differing)}"
    if answer and answer["outcome"] != run["outcome"]:
        yield f"{run_id}: its drop is answered with {answer['outcome']}, not {run['outcome']}"


def _arn(item: Any) -> str:
    """The ARN of the deployment that a champion, a retiree or a run names."""
    return str(((item or {}).get("deployment") or {}).get("arn", ""))


def _has_model(books: Books, arn: str) -> bool:
    return any(each.kind == MODEL and each.arn == arn for each in books.resources)
