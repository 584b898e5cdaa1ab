# Everything runs in .venv, which is made of uv.lock at the first use. `make help` lists the targets.
PYTHON ?= python3
# Where uv is not installed, an environment of its own has it.
UV := $(shell command -v uv 2>/dev/null || echo $(CURDIR)/.tools/bin/uv)
export UV
RUN = $(UV) run --frozen --all-groups
export SAM_CLI_TELEMETRY = 0
# For tools that ask for one; nothing is called there.
export AWS_DEFAULT_REGION ?= eu-central-1

.DEFAULT_GOAL := help
.PHONY: help setup .running .compiled run demo test drill check lock-check security fuzz format build deploy smoke deploy-test validate lock openapi settings vendor clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(CURDIR)/.tools/bin/uv:
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet uv

setup: $(UV) ## make .venv
	@$(UV) sync --quiet --frozen --all-groups

# Without the tools of tests and checks, so that a newcomer waits for less; what is there already stays.
.running: $(UV)
	@$(UV) sync --quiet --frozen --inexact --no-default-groups --group checkers --group local

run: .running ## start the whole bundle on this machine, at http://127.0.0.1:3000 (PORT)
	@PYTHONPATH=infra/local exec .venv/bin/python -m stepwise_local

demo: .running ## a tour of two minutes in the terminal, with a stack of its own (ARGS="solve cache stream refute queue resume")
	@PYTHONPATH=infra/local exec .venv/bin/python -m stepwise_local.demo $(ARGS)

# Each of some hundred processes would compile what it imports anew, where bytecode is not written or not there yet.
.compiled: setup
	@$(UV) sync --quiet --frozen --all-groups --compile-bytecode
	@.venv/bin/python -m compileall -q -j 0 layers functions infra

# Two files at a time for each core, as most of the slow tests wait; in the order of the folders, in which they come first.
test: .compiled ## unit, contract, integration and end-to-end tests
	@$(RUN) pytest -q -n $$((2 * $$(getconf _NPROCESSORS_ONLN))) --dist loadfile --no-loadscope-reorder $(ARGS)

drill: setup ## look for lies of the mathematics checker in 2,000 problems (ARGS="--count 100000 --workers 2 --kept FILE")
	@.venv/bin/python tests/drills/find_lies.py $(ARGS)

fuzz: setup ## Schemathesis against a running stack (PORT), seeds 1 to 3
	@for seed in 1 2 3; do .venv/bin/schemathesis run http://127.0.0.1:$${PORT:-3000}/openapi.json \
		--header 'x-api-key: demo-key' --header 'Authorization: Bearer demo-key' \
		--checks all --seed $$seed --max-examples 30 $(ARGS) || exit 1; done

check: setup ## style, types, rooms, template, layers, security
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@PYTHONPATH=layers/stepwise:layers/checkers:infra/local $(RUN) lint-imports --no-cache --no-logo
	@PYTHONPATH=layers/stepwise $(RUN) python infra/openapi.py --check
	@PYTHONPATH=layers/stepwise $(RUN) python infra/settings_table.py --check
	@$(MAKE) --no-print-directory lock-check validate security build

lock-check:
	@$(UV) lock --check --quiet
	@$(MAKE) --no-print-directory .requirements OUT=.local/check
	@diff -u layers/stepwise/requirements.txt .local/check/stepwise.txt
	@diff -u layers/checkers/requirements.txt .local/check/checkers.txt

.requirements:
	@mkdir -p $(OUT)
	@$(UV) export --quiet --frozen --no-dev --no-emit-package boto3 --no-emit-package s3transfer \
		--no-annotate --no-header --output-file $(OUT)/stepwise.txt >/dev/null
	@$(UV) export --quiet --frozen --only-group checkers --no-annotate --no-header --output-file $(OUT)/checkers.txt >/dev/null

lock: $(UV) ## bring uv.lock and the layers' requirements up to pyproject.toml
	@$(UV) lock
	@$(MAKE) --no-print-directory .requirements OUT=.local/lock
	@cp .local/lock/stepwise.txt layers/stepwise/requirements.txt
	@cp .local/lock/checkers.txt layers/checkers/requirements.txt

validate: setup ## the templates
	@$(RUN) sam validate --lint
	@$(RUN) cfn-lint template.yaml infra/*/template.yaml

# checkov pins what the rest of the tools need newer, so it has an environment of its own.
security: setup ## templates, code and secrets
	@$(RUN) bandit --quiet --recursive --severity-level medium layers functions infra
	@$(UV) tool run --quiet --python .venv/bin/python checkov@3.3.30 --config-file .ci/checkov.yaml
	@git ls-files -z | xargs -0 .venv/bin/detect-secrets-hook --disable-plugin Base64HighEntropyString \
		--disable-plugin HexHighEntropyString --disable-plugin KeywordDetector

build: setup ## what is deployed, by sam build
	@$(RUN) sam build

deploy: build ## what was built, as a release that goes live (STACK, PARAMETERS="Key=Value ...")
	@$(RUN) python infra/deploy.py --stack $(or $(STACK),stepwise) $(ARGS) $(PARAMETERS)

smoke: setup ## ask a running Stepwise for an answer and a job (STACK, or ARGS="--url URL" and SMOKE_KEY)
	@$(RUN) python infra/smoke.py $(or $(ARGS),--stack $(or $(STACK),stepwise))

deploy-test: setup ## the whole deployment on an emulator of AWS, on this machine (some minutes)
	@PYTHONPATH=layers/stepwise:infra/local:tests $(RUN) python tests/emulator

openapi: setup ## write functions/status/openapi.json
	@PYTHONPATH=layers/stepwise $(RUN) python infra/openapi.py

vendor: ## fetch the playground's browser libraries again, at the versions of infra/vendor.py (needs npm)
	@$(PYTHON) infra/vendor.py

settings: setup ## write the table of settings in README.md
	@PYTHONPATH=layers/stepwise $(RUN) python infra/settings_table.py

format: setup ## put the code in shape
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

clean: ## take away what was built
	@rm -rf .aws-sam .local .pytest_cache .mypy_cache .ruff_cache .hypothesis
