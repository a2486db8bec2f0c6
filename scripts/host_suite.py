"""Helpdesk's own test suite on two fresh sites, without and with CX Desk: the same tests, the same outcomes."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import benches
import services
import sites
from machine import Missing, run, say, step

SITES = {"without": "cx-host-bare.localhost", "with": "cx-host-cx.localhost"}
# What the host's tests import beyond the host's own requirements, and what writes their outcomes.
PACKAGES = ("unittest-xml-reporting", "freezegun", "responses", "Faker", "coverage")


def outcomes(bench: benches.Bench, processes: services.Processes, site: str, env: dict) -> dict[str, str]:
	"""The host's tests on a site: name of each test to passed, failed, error or skipped."""
	report = processes.logs / f"{site}.xml"
	run(["rm", "-f", report], user=bench.owner)
	bench.run(
		*("run-tests", "--app", "helpdesk", "--junit-xml-output", str(report)),
		site=site,
		env={**env, "CI": "1"},
		check=False,
	)
	return read(report)


def read(report: Path) -> dict[str, str]:
	"""Test names and outcomes of a JUnit file; Missing where the suite did not get as far as writing one."""
	if not report.is_file() or not report.stat().st_size:
		raise Missing("the host's suite wrote no report: its development requirements may be missing")
	found = {}
	for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 (written just now by the host)
		bad = next(
			(kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), "passed"
		)
		found[f"{case.get('classname')}.{case.get('name')}"] = bad
	return found


def differences(without: dict[str, str], with_app: dict[str, str]) -> list[str]:
	"""One line per test whose outcome changes when CX Desk is installed."""
	return [
		f"{name}: {without.get(name, 'not there')} without, {with_app.get(name, 'not there')} with CX Desk"
		for name in sorted({*without, *with_app})
		if without.get(name) != with_app.get(name)
	]


def compare(bench: benches.Bench, processes: services.Processes, env: dict, made_by: str, password: str):
	"""Run the suite on both sites; the number of tests that agree, and the lines of those that do not."""
	bench.ensure_packages(*PACKAGES)
	results = {}
	for label, site in SITES.items():
		make = sites.create_bare if label == "without" else sites.create
		with step(f"Helpdesk's own suite {label} CX Desk"):
			sites.drop(bench, site)
			try:
				make(bench, site, made_by, password, env, allow_tests=True)
				results[label] = outcomes(bench, processes, site, env)
			finally:
				sites.drop(bench, site)
		say(f"   {len(results[label])} tests")
	lines = differences(results["without"], results["with"])
	return len({*results["without"], *results["with"]}) - len(lines), lines
