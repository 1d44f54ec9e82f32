"""Who may import whom, and what every module and function keeps to."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("tunedrop", "lambdas", "stacks", "localcloud")
LONGEST_FUNCTION = 33
NAMES_OF_NOTHING = {"utils", "util", "helpers", "common", "constants", "misc"}

# Clients enter these by their constructors; `clients` and the command line make them, `gateway`
# names their errors. Nothing else knows AWS's library.
GATEWAYS = {
    "tunedrop.availability",
    "tunedrop.gateway",
    "tunedrop.identity",
    "tunedrop.intake",
    "tunedrop.media_objects",
    "tunedrop.object_parts",
    "tunedrop.objects",
    "tunedrop.parameters",
    "tunedrop.table",
    "tunedrop.tokens",
    "tunedrop.evaluation.inference",
    "tunedrop.serving.deployments",
    "tunedrop.serving.executions",
    "tunedrop.serving.inventory",
    "tunedrop.training.jobs",
}
MAKERS_OF_CLIENTS = {"tunedrop.services.clients", "tunedrop.cli.stage"}
AWS = {"boto3", "botocore"}
LIBRARIES = {"msgspec", "yaml", "jinja2", "markupsafe"}
OF_THE_DOMAIN_IN_STACKS = (
    "tunedrop.settings",
    "tunedrop.recipe",
    "tunedrop.catalog",
    "tunedrop.errors",
)
# `make deploy`, `make diff` and `make destroy`, which synth does not import.
COMMANDS_OF_STACKS = {"stacks.cli", "stacks.throw_away"}
READERS_OF_THE_ENVIRONMENT = {"tunedrop.settings"}


def modules(package: str) -> list[str]:
    """The names of a package's modules."""
    files = sorted((ROOT / package).rglob("*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text())


def imports(module: str) -> set[str]:
    """Everything that a module imports, as dotted names, late imports too."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            found |= {f"{node.module}.{each.name}" for each in node.names}
    return found


def tops(module: str) -> set[str]:
    return {name.partition(".")[0] for name in imports(module)} - set(sys.stdlib_module_names)


def outside(module: str, package: str, *allowed: str) -> set[str]:
    """What a module imports of a package beside what is allowed."""
    return {n for n in imports(module) if _lies_in(n, package) and not _lies_in(n, *allowed)}


def _lies_in(name: str, *packages: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in packages)


def attributes(module: str) -> set[str]:
    return {node.attr for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute)}


def reads_the_clock(module: str) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and getattr(node.value, "id", "") in ("datetime", "date")
        for node in ast.walk(tree(module))
    )


def functions(module: str) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef))


def lines_of(function: ast.FunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    assert function.end_lineno is not None
    length = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return length
    docstring = function.body[0]
    assert docstring.end_lineno is not None
    return length - (docstring.end_lineno - docstring.lineno + 1)


def public_functions(module: str) -> Iterator[ast.FunctionDef]:
    """Functions of the module and methods of its public classes; properties may be silent."""
    for node in tree(module).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from (m for m in node.body if isinstance(m, ast.FunctionDef) and _speaks(m))


def _speaks(method: ast.FunctionDef) -> bool:
    decorators = {getattr(each, "id", getattr(each, "attr", "")) for each in method.decorator_list}
    is_silent = method.name.startswith("_") or decorators & {"property", "cached_property"}
    return not is_silent and not _is_declaration(method)


def _is_declaration(method: ast.FunctionDef) -> bool:
    body = method.body[0]
    return isinstance(body, ast.Expr) and getattr(body.value, "value", None) is Ellipsis


DOMAIN, HANDLERS = modules("tunedrop"), modules("lambdas")
OURS = DOMAIN + HANDLERS


def test_the_domain_knows_itself_and_a_few_libraries() -> None:
    known = {"tunedrop"} | LIBRARIES | AWS
    assert {m: tops(m) - known for m in DOMAIN if tops(m) - known - _of_quality(m)} == {}


def _of_quality(module: str) -> set[str]:
    """Arrays are for quality alone: nothing else may wait for them to be imported."""
    return {"numpy"} if _lies_in(module, "tunedrop.quality") else set()


def test_a_test_waits_for_no_arrays() -> None:
    program = "import sys, tunedrop.evaluation.desk; print('numpy' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "False\n"


def test_only_gateways_know_the_library_of_aws() -> None:
    assert {m for m in DOMAIN if tops(m) & AWS} == GATEWAYS | MAKERS_OF_CLIENTS


def test_gateways_make_no_clients() -> None:
    makers = {"boto3", "boto3.client", "boto3.resource", "boto3.Session"}
    assert [m for m in sorted(GATEWAYS) if imports(m) & makers] == []


def test_handlers_know_the_domain_powertools_and_what_they_share() -> None:
    known = {"lambdas", "tunedrop", "aws_lambda_powertools", "msgspec"}
    assert {m: tops(m) - known for m in HANDLERS if tops(m) - known} == {}
    others = {m: outside(m, "lambdas", "lambdas.runtime") for m in HANDLERS}
    assert {m: names for m, names in others.items() if names} == {}


def test_stacks_know_settings_and_recipes_of_the_domain() -> None:
    stacks = modules("stacks")
    others = {m: outside(m, "tunedrop", *OF_THE_DOMAIN_IN_STACKS) for m in stacks}
    assert {m: names for m, names in others.items() if names} == {}
    assert [m for m in stacks if tops(m) & {"lambdas", "localcloud"}] == []


def test_synth_calls_no_aws() -> None:
    calling = {m for m in modules("stacks") if tops(m) & AWS}
    assert calling == COMMANDS_OF_STACKS
    users = {m for m in modules("stacks") if any(_lies_in(n, *calling) for n in imports(m))}
    assert users == {"stacks.cli"}


def test_the_embedded_cloud_is_a_second_opinion() -> None:
    others = {m: outside(m, "tunedrop", "tunedrop.catalog") for m in modules("localcloud")}
    assert {m: names for m, names in others.items() if names} == {}
    assert [m for m in modules("localcloud") if tops(m) & {"lambdas", "stacks"}] == []


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("aws_cdk", "stacks"),
        ("cdk_nag", "stacks"),
        ("constructs", "stacks"),
        ("aws_lambda_powertools", "lambdas"),
        ("moto", "localcloud"),
        ("werkzeug", "localcloud"),
    ],
)
def test_a_library_stays_in_its_package(library: str, package: str) -> None:
    users = {m for each in PACKAGES for m in modules(each) if library in tops(m)}
    assert users
    assert {m.partition(".")[0] for m in users} == {package}


def test_the_environment_is_read_in_one_place() -> None:
    readers = {m for m in OURS if attributes(m) & {"environ", "environb", "getenv"}}
    assert readers == READERS_OF_THE_ENVIRONMENT


def test_the_clock_is_read_by_the_service_alone() -> None:
    assert {m for m in OURS if reads_the_clock(m)} == {"tunedrop.services.clients"}


def test_no_module_is_named_after_nothing() -> None:
    every = [module for package in PACKAGES for module in modules(package)]
    assert [m for m in every if NAMES_OF_NOTHING & set(m.split("."))] == []


def test_no_function_is_longer_than_a_page() -> None:
    long = [f"{m}.{f.name}" for m in OURS for f in functions(m) if lines_of(f) > LONGEST_FUNCTION]
    assert long == []


def test_every_module_says_what_it_is() -> None:
    assert [m for m in OURS if not ast.get_docstring(tree(m))] == []


def test_every_public_function_says_what_it_does() -> None:
    named = [(m, f) for m in OURS for f in public_functions(m)]
    assert [f"{m}.{f.name}" for m, f in named if not ast.get_docstring(f)] == []


def test_a_handler_is_a_sentence() -> None:
    handlers = [(m, f) for m in HANDLERS for f in functions(m) if f.name == "handler"]
    assert len(handlers) == len(HANDLERS) - len(("lambdas", "lambdas.runtime"))
    for module, function in handlers:
        assert lines_of(function) <= 15, module
        assert not [node for node in ast.walk(function) if isinstance(node, ast.Try)], module
