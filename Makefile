# CX Desk: `make help` lists what can be done. The work is in scripts/ (Python's standard library only).
PYTHON ?= python3
INCIDENTS ?= 1000
ONLY ?=
.DEFAULT_GOAL := help
.PHONY: help demo demo-stop demo-remove test test-portable test-site test-browser test-life test-host test-long lint perf plant pot

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Try it: bench, site, demo company, servers; ends with addresses and logins (INCIDENTS=1000)
	@$(PYTHON) scripts demo --incidents $(INCIDENTS)

demo-stop: ## Stop the demo's servers
	@$(PYTHON) scripts demo-stop

demo-remove: ## Stop the demo and remove its site
	@$(PYTHON) scripts demo-remove

test: ## Every layer that this machine allows; the last lines name what ran and what did not
	@$(PYTHON) scripts test

test-portable: ## Core and contracts: needs only Python and the Python registry, under a minute
	@$(PYTHON) scripts test portable

test-site: ## On a bench site made for it (ONLY="tests/site/units" for a part)
	@$(PYTHON) scripts test site $(if $(ONLY),--only $(ONLY))

test-browser: ## Journeys in Chromium, with web server, worker and mail catcher of their own
	@$(PYTHON) scripts test browser $(if $(ONLY),--only $(ONLY))

test-life: ## Install, uninstall, install again, on a site of its own
	@$(PYTHON) scripts test site-life

test-host: ## Helpdesk's own tests, without and with CX Desk: the same outcomes
	@$(PYTHON) scripts test host-suite

test-long: ## Everything, with the long form of tests that have one
	@CX_LONG=1 $(PYTHON) scripts test

lint: ## ruff, check and format
	@$(PYTHON) scripts lint

perf: ## Measure the figures of docs/reference/performance.md (WRITE=1 writes it, ROWS="P6 P9" for some)
	@$(PYTHON) scripts perf $(if $(WRITE),--write) $(ROWS)

plant: ## Plant changes in generated data and see what the signals find (SEED=7)
	@$(PYTHON) scripts/plant.py $(or $(SEED),1)

pot: ## Collect the texts to translate into cx_desk/locale/main.pot
	@$(PYTHON) scripts pot
