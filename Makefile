# Every target is a script in scripts/, which can be called as well; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test lint format bench clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## start the services and the Stripe sandbox here, with two demo tenants
	@scripts/prerequisites run
	@scripts/run

test: ## run every test, real PostgreSQL and real browser included
	@scripts/prerequisites test
	@scripts/test

lint: ## check formatting, import floors, scripts
	@scripts/prerequisites lint
	@scripts/lint

format: ## rewrite Swift and Python files as `make lint` wants them
	@scripts/prerequisites lint
	@scripts/format

bench: ## measure ingest and order path, side by side
	@scripts/prerequisites bench
	@Benchmarks/run

clean: ## remove what was built; data/ stays
	rm -rf .build .venv .ruff_cache .pytest_cache
	find scripts Tests Benchmarks -name __pycache__ -prune -exec rm -rf {} +
