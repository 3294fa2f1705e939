# Every target is a script in scripts/, which can be called as well; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test soak test-tsan lint format bench images images-check k8s-check clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## start the services and the Stripe sandbox here, with two demo tenants
	@scripts/prerequisites run
	@scripts/run

test: ## run every test, real PostgreSQL and real browser included
	@scripts/prerequisites test
	@scripts/test

soak: ## kill, cut off and fill up, over and over: MINUTES=60 (10 by default), SEED=7 (random by default)
	@scripts/prerequisites test
	@scripts/soak "$(MINUTES)" "$(SEED)"

test-tsan: ## run the tests of the database and the queue under ThreadSanitizer
	@scripts/prerequisites test
	@scripts/test-tsan

lint: ## check formatting, import floors, scripts
	@scripts/prerequisites lint
	@scripts/lint

format: ## rewrite Swift and Python files as `make lint` wants them
	@scripts/prerequisites lint
	@scripts/format

bench: ## measure ingest, queue and order path, side by side with others
	@scripts/prerequisites bench
	@Benchmarks/run

images: ## build the three container images with docker, podman or buildah: SERVICES=… for others than these
	@scripts/prerequisites images
	@scripts/images $(SERVICES)

images-check: ## build them, start each from its read-only root as its own user, give it work, drain it
	@scripts/prerequisites images-check
	@scripts/images-check

k8s-check: ## render and check the manifests: Kubernetes' schemas, checkov, the programs themselves
	@scripts/prerequisites k8s
	@scripts/k8s-check

clean: ## remove what was built; data/ stays
	rm -rf .build .build-tsan .venv .ruff_cache .pytest_cache
	find scripts Tests Benchmarks -name __pycache__ -prune -exec rm -rf {} +
