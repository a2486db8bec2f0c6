"""`make test`: every layer that this machine allows, and at the end what ran and what did not, with the reason.

A layer is green, red or not run; what was not run is never reported as passed.
"""

import os
import shutil
import sys
import venv
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import benches
import checkout
import host_suite
import services
import sites
from machine import LOCAL, ROOT, Missing, free_port, has, hide, run, say, step

TEST_SITE = "cx-test.localhost"
LIFE_SITE = "cx-life.localhost"
ADMIN_PASSWORD = "admin"  # noqa: S105 (a site of this machine, made and dropped by its tests)
MADE_BY = "make test"


@dataclass
class Outcome:
	layer: str
	passed: int = 0
	failed: int = 0
	skipped: int = 0
	reason: str = ""

	@property
	def ran(self) -> bool:
		return not self.reason

	@property
	def green(self) -> bool:
		return self.ran and not self.failed and self.passed > 0

	def line(self) -> str:
		if not self.ran:
			return f"NOT RUN  {self.layer}: {self.reason}"
		word = "ok      " if self.green else "FAILED  "
		return f"{word} {self.layer}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_junit(layer: str, file: Path, returncode: int) -> Outcome:
	"""Counts of a pytest run; a run that broke before it could count is one failure."""
	outcome = Outcome(layer)
	if file.is_file():
		for suite in ElementTree.parse(file).getroot().iter("testsuite"):  # noqa: S314 (written just now by pytest)
			number = {k: int(suite.get(k, 0)) for k in ("tests", "failures", "errors", "skipped")}
			outcome.failed += number["failures"] + number["errors"]
			outcome.skipped += number["skipped"]
			outcome.passed += number["tests"] - number["failures"] - number["errors"] - number["skipped"]
	if returncode and not outcome.failed:
		outcome.failed = 1
	return outcome


# --- lint ---------------------------------------------------------------------------------------------------


def lint() -> Outcome:
	ruff = [sys.executable, "-m", "ruff"] if _module_there("ruff") else ["ruff"] if has("ruff") else None
	python = ROOT / ".venv" / "bin" / "python"
	if not ruff and python.exists() and not run([python, "-m", "ruff", "--version"], check=False).returncode:
		ruff = [python, "-m", "ruff"]
	if not ruff:
		return Outcome("lint", reason="ruff is not installed (make lint installs it)")
	outcome = Outcome("lint")
	for arguments in (["check", "."], ["format", "--check", "."]):
		done = run([*ruff, *arguments], cwd=ROOT, check=False, quiet=False)
		if done.returncode:
			outcome.failed += 1
		else:
			outcome.passed += 1
	return outcome


def _module_there(name: str, python: str | Path = sys.executable) -> bool:
	return run([python, "-c", f"import {name}"], check=False).returncode == 0


# --- portable -----------------------------------------------------------------------------------------------


def portable_python(*more: str) -> Path:
	"""A Python with pytest and hypothesis: this one, else the checkout's .venv, made from the Python registry."""
	wanted = ("pytest", "hypothesis", *more)
	for python in (Path(sys.executable), ROOT / ".venv" / "bin" / "python"):
		if python.exists() and all(_module_there(name, python) for name in wanted):
			return python
	folder = ROOT / ".venv"
	say(f"   {', '.join(wanted)} from the Python registry into {folder}")
	python = folder / "bin" / "python"
	if not python.exists():
		try:
			venv.create(folder, with_pip=True)
		except Exception as error:
			if not has("uv"):
				raise Missing(
					f"Python's venv cannot be made here ({error}); on Debian: python3-venv"
				) from error
			run(["uv", "venv", "-q", folder])
	pip = (
		[python, "-m", "pip"] if not run([python, "-m", "pip", "--version"], check=False).returncode else None
	)
	if not pip and not has("uv"):
		raise Missing(f"{folder} has no pip; on Debian: python3-venv")
	install = [*pip, "install", "-q"] if pip else ["uv", "pip", "install", "-q", "--python", python]
	done = run([*install, *wanted], check=False)
	if done.returncode:
		raise Missing(f"the Python registry did not give {', '.join(wanted)}: {done.stdout.strip()[-200:]}")
	return python


def portable() -> Outcome:
	python = portable_python()
	report = _report_file("portable")
	done = run(
		[python, "-m", "pytest", "-q", "--durations=3", f"--junitxml={report}", "tests/portable"],
		cwd=ROOT,
		env={"PYTHONDONTWRITEBYTECODE": "1"},
		check=False,
		quiet=False,
	)
	return read_junit("portable", report, done.returncode)


def _report_file(layer: str) -> Path:
	folder = ROOT / ".work"
	folder.mkdir(exist_ok=True)
	file = folder / f"{layer}.xml"
	file.unlink(missing_ok=True)
	return file


# --- on a bench ---------------------------------------------------------------------------------------------


class OnBench:
	"""What the layers on a bench share: the bench, the app on it, one Redis, one site; made once, when first used."""

	def __init__(self):
		self.bench: benches.Bench | None = None
		self.folder: Path | None = None
		self.processes: services.Processes | None = None
		self.env: dict[str, str] = {}
		self.trouble: Exception | None = None
		self._lock = None

	def prepare(self) -> None:
		if self.trouble:
			raise self.trouble
		if self.folder:
			return
		try:
			self._prepare()
		except Exception as error:
			self.trouble = error
			raise

	def _prepare(self) -> None:
		self.bench = benches.find()
		with step(f"bench {self.bench.path} of {self.bench.owner}"):
			services.ensure_database(self.bench)
			self._lock = checkout.lock(self.bench)
			self._lock.__enter__()
			folder = checkout.place(self.bench)
			self.env = {**checkout.environment(self.bench, folder), "CI": "1"}
			if os.environ.get("CX_LONG"):
				self.env["CX_LONG"] = os.environ["CX_LONG"]
			checkout.check_loaded(self.bench, folder)
			self.bench.ensure_packages("pytest>=8", "hypothesis", "freezegun")
		self.processes = services.Processes(self.bench, "test")
		self.env |= services.own_redis(self.processes)
		say(f"   Frappe {self.bench.version('frappe')}, Helpdesk {self.bench.version('helpdesk')}")
		with step(f"site {TEST_SITE}"):
			if os.environ.get("CI"):
				# Nothing of an earlier run may decide what this one says.
				sites.drop(self.bench, TEST_SITE)
			sites.ready(self.bench, TEST_SITE, MADE_BY, ADMIN_PASSWORD, self.env, allow_tests=True)
		self.folder = folder

	def close(self) -> None:
		if self.processes:
			self.processes.stop()
		if self._lock:
			self._lock.__exit__(None, None, None)

	def pytest(self, layer: str, *arguments: str, env: dict | None = None) -> Outcome:
		"""One pytest run inside the bench's environment, from the copy of this checkout that the bench loads."""
		report = self.processes.logs / f"{layer}.xml"
		run(["rm", "-f", report], user=self.bench.owner)
		tests = self.folder / "tests"
		paths = [str(self.folder), str(tests / "site"), str(tests / "browser")]
		done = self.bench.run_python(
			*("-m", "pytest", "-q", "--durations=5", "-p", "no:cacheprovider", f"--junitxml={report}"),
			*("-c", str(self.folder / "pyproject.toml"), "--rootdir", str(self.folder)),
			*arguments,
			env={
				**self.env,
				"PYTHONPATH": os.pathsep.join(paths),
				"PYTHONDONTWRITEBYTECODE": "1",
				"CX_TEST_SITE": TEST_SITE,
				"CX_BENCH": str(self.bench.path),
				**(env or {}),
			},
			check=False,
			quiet=False,
		)
		return read_junit(layer, report, done.returncode)

	def has_tests(self, folder: str) -> bool:
		return any((self.folder / "tests" / folder).rglob("test_*.py"))


def site(shared: OnBench, only: list[str] | None = None) -> Outcome:
	shared.prepare()
	tests = shared.folder / "tests" / "site"
	chosen = [str(shared.folder / path) for path in only] if only else [str(tests)]
	with services.Processes(shared.bench, "site") as processes:
		# For what asks the site over HTTP: tests of requests, and the host's PDF maker, which fetches its styles.
		port = free_port(8120)
		address = f"http://{LOCAL}:{port}"
		sites.set_config(shared.bench, TEST_SITE, host_name=address)
		services.start_web(processes, TEST_SITE, port, shared.env)
		return shared.pytest("site", "-p", "cx_site_plugin", *chosen, env={"CX_URL": address})


def browser(shared: OnBench, only: list[str] | None = None) -> Outcome:
	shared.prepare()
	if not shared.has_tests("browser"):
		raise Missing("tests/browser has no tests yet")
	chromium = os.environ.get("CX_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
	if not chromium:
		raise Missing("no Chromium; on Debian: apt-get install chromium")
	bench, env = shared.bench, shared.env
	bench.ensure_packages("playwright>=1.40")
	_assets_or_missing(bench)
	with services.Processes(bench, "browser") as processes:
		smtp, mails, port = free_port(8125), free_port(8180), free_port(8110)
		mail = services.start_catcher(processes, smtp, mails)
		with step("people and mail account for the browser"):
			code = (shared.folder / "tests" / "browser" / "prepare.py").read_text()
			bench.run_python("-c", code, TEST_SITE, str(smtp), env=env)
		address = f"http://{TEST_SITE}:{port}"
		sites.set_config(bench, TEST_SITE, host_name=address)
		services.start_web(processes, TEST_SITE, port, env)
		# Links in mails must lead to this server.
		sites.set_config(bench, TEST_SITE, host_name=address)
		services.start_worker(processes, env)
		chosen = (
			[str(shared.folder / path) for path in only]
			if only
			else [str(shared.folder / "tests" / "browser")]
		)
		settings = {
			"CX_URL": address,
			"CX_MAIL": mail,
			"CX_CHROMIUM": chromium,
			"CX_PYTHON": str(bench.python),
		}
		settings["CX_SHOTS"] = str(processes.logs / "shots")
		outcome = shared.pytest("browser", *chosen, env=settings)
		if not outcome.green:
			say(f"web server's last lines:\n{processes.tail('web')}\nworker's:\n{processes.tail('worker')}")
		return outcome


def _assets_or_missing(bench: benches.Bench) -> None:
	"""The host's screens need its built assets; a bench made without Node has none."""
	for path in ("assets/assets.json", "assets/helpdesk/desk"):
		if not (bench.sites / path).exists():
			raise Missing(f"the host's assets are not built ({path}): bench build")


def life(shared: OnBench) -> Outcome:
	"""Install, uninstall, install again: each script of tests/site_life on a bare site of its own."""
	shared.prepare()
	bench, env = shared.bench, shared.env
	outcome = Outcome("site-life")
	for script in sorted((shared.folder / "tests" / "site_life").glob("*.py")):
		with step(f"site {LIFE_SITE}, bare Helpdesk"):
			sites.drop(bench, LIFE_SITE)
			sites.create_bare(bench, LIFE_SITE, MADE_BY, ADMIN_PASSWORD, env, allow_tests=True)
		try:
			with step(script.name):
				done = bench.run_python(str(script), LIFE_SITE, env=env, check=False, quiet=False)
		finally:
			sites.drop(bench, LIFE_SITE)
		outcome.passed += done.returncode == 0
		outcome.failed += done.returncode != 0
	if not outcome.passed + outcome.failed:
		raise Missing("tests/site_life has no scripts yet")
	return outcome


def host(shared: OnBench) -> Outcome:
	"""Helpdesk's own tests with and without CX Desk: the same list of names and outcomes."""
	shared.prepare()
	same, differing = host_suite.compare(shared.bench, shared.processes, shared.env, MADE_BY, ADMIN_PASSWORD)
	for line in differing:
		say(f"   {line}")
	return Outcome("host-suite", passed=same, failed=len(differing))


LAYERS: dict[str, Callable] = {
	"lint": lint,
	"portable": portable,
	"site": site,
	"browser": browser,
	"site-life": life,
	"host-suite": host,
}
NEED_BENCH = {"site", "browser", "site-life", "host-suite"}
TAKE_PATHS = {"site", "browser"}


def main(names: list[str], only: list[str] | None = None) -> int:
	"""Run the layers; the exit code is 1 when one failed, or when the only one asked for could not run."""
	outcomes = []
	shared = OnBench()
	try:
		for name in names:
			say(f"\n== {name}")
			layer = LAYERS[name]
			try:
				if name in NEED_BENCH:
					outcomes.append(layer(shared, only) if only and name in TAKE_PATHS else layer(shared))
				else:
					outcomes.append(layer())
			except Missing as reason:
				outcomes.append(Outcome(name, reason=hide(str(reason))))
			except Exception as error:
				say(hide(f"{type(error).__name__}: {error}"))
				outcomes.append(Outcome(name, failed=1))
			say(outcomes[-1].line())
	finally:
		shared.close()
	return report(outcomes)


def report(outcomes: list[Outcome]) -> int:
	say("\nLayers")
	for outcome in outcomes:
		say(outcome.line())
	passed, failed, skipped = (sum(getattr(o, k) for o in outcomes) for k in ("passed", "failed", "skipped"))
	say(f"{passed} passed, {failed} failed, {skipped} skipped")
	if any(outcome.ran and not outcome.green for outcome in outcomes):
		return 1
	# A single layer asked for by name and not run is no success either.
	return 1 if not any(outcome.ran for outcome in outcomes) else 0
