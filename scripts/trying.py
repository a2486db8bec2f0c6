"""`make demo`: from nothing to a demo company with servers, and `demo-stop`, `demo-remove`. Safe to repeat."""

import json
import os
import subprocess
import sys
from pathlib import Path

import benches
import checkout
import making
import services
import sites
from benches import Bench
from machine import (
	LOCAL,
	ROOT,
	Missing,
	fail,
	free_port,
	has,
	hide,
	print_steps,
	run,
	say,
	step,
)

SITE = "cx-demo.localhost"
MADE_BY = "make demo"
# For everybody to see, at the end of `make demo`: the servers listen on this machine only.
PASSWORD = "cx-demo-2026"  # noqa: S105
LOGINS = (
	("manager", "manager@desk.example"),
	("liaison", "nora@desk.example"),
	("agent", "agent@desk.example"),
	("business contact", "contact@meridian.example"),
	("administrator", "Administrator"),
)
NAMES = ("redis", "mail", "web", "worker", "schedule")
# The host's own scheduler serves every site of the bench; this one serves the demo's alone.
SCHEDULE = """
import sys, time
from frappe.utils.scheduler import enqueue_events_for_site
while True:
	enqueue_events_for_site(sys.argv[1])
	time.sleep(30)
"""


def start(incidents: int) -> int:
	try:
		_start(incidents)
	except Missing as reason:
		_say_what_is_missing(hide(str(reason)))
		return 1
	except RuntimeError as error:
		fail(hide(str(error)))
	return 0


def _start(incidents: int) -> None:
	try:
		bench = benches.find()
	except Missing as reason:
		say(f"   {reason}")
		bench = making.make()
	with step(f"bench {bench.path} of {bench.owner}, database"):
		services.ensure_database(bench)
		sites.refuse_unless_ours(bench, SITE)
		_stop_processes(bench)
	with checkout.lock(bench):
		with step("CX Desk on the bench"):
			folder = checkout.place(bench)
			env = checkout.environment(bench, folder)
			checkout.check_loaded(bench, folder)
			bench.ensure_packages("freezegun")
		say(f"   Frappe {bench.version('frappe')}, Helpdesk {bench.version('helpdesk')}")
		processes = services.Processes(bench, "demo")
		try:
			_serve(bench, processes, env, incidents)
		except BaseException:
			processes.stop()
			raise


def _serve(bench: Bench, processes: services.Processes, env: dict, incidents: int) -> None:
	env = env | services.own_redis(processes)
	ports = _ports(bench)
	address = f"http://{SITE}:{ports['web']}"
	with step(f"site {SITE}"):
		sites.ready(bench, SITE, MADE_BY, PASSWORD, env, host_name=address)
	with step(f"demo company, {incidents:,} incidents"):
		options = ["--incidents", str(incidents), "--smtp-port", str(ports["smtp"])]
		bench.run("cx-demo", *options, site=SITE, env=env, quiet=False)
		# The demo has a Redis of its own; the bench's may remember an earlier site of this name.
		bench.run("clear-cache", site=SITE, check=False)
	with step("web server, worker, scheduler, mail catcher"):
		bench.run("enable-scheduler", site=SITE, env=env)
		mails = _start_mail(bench, processes, ports)
		services.start_web(processes, SITE, ports["web"], {**env, "CI": "1"})
		services.start_worker(processes, env)
		processes.start("schedule", [bench.python, "-c", SCHEDULE, SITE], env)
	_tell(address, mails, folder=processes.logs)


def _ports(bench: Bench) -> dict[str, int]:
	"""The ports of the last time where they are free, so that addresses stay the same."""
	file = bench.prepare_own_files() / "demo-ports.json"
	last = json.loads(file.read_text()) if file.is_file() else {}
	wanted = {"web": 8000, "smtp": 1025, "mail": 1080}
	ports = {name: free_port(last.get(name, port)) for name, port in wanted.items()}
	run(["tee", file], user=bench.owner, stdin=json.dumps(ports))
	return ports


def _start_mail(bench: Bench, processes: services.Processes, ports: dict) -> str:
	"""maildev where npm has it, else our own catcher; both on this machine only."""
	program = _maildev(bench)
	if not program:
		say("   maildev is not to be had from npm here: using the project's own mail catcher")
		return services.start_catcher(processes, ports["smtp"], ports["mail"])
	command = [
		program,
		"--ip",
		LOCAL,
		"--smtp",
		str(ports["smtp"]),
		"--web-ip",
		LOCAL,
		"--web",
		str(ports["mail"]),
	]
	processes.start("mail", command)
	try:
		processes.wait_for_port("mail", ports["mail"], 20)
		processes.wait_for_port("mail", ports["smtp"], 20)
	except RuntimeError as error:
		say(f"   maildev does not start here, using the project's own mail catcher: {str(error)[-300:]}")
		services.stop_group(dict(processes.started)["mail"].pid)
		processes.started = [(name, p) for name, p in processes.started if name != "mail"]
		return services.start_catcher(processes, ports["smtp"], ports["mail"])
	return f"http://{LOCAL}:{ports['mail']}"


def _maildev(bench: Bench) -> Path | None:
	folder = bench.prepare_own_files() / "maildev"
	program = folder / "node_modules" / ".bin" / "maildev"
	if not program.exists() and has("npm"):
		run(["mkdir", "-p", folder], user=bench.owner)
		# The newest, else the one before: a registry may lack what the newest wants.
		for package in ("maildev", "maildev@2"):
			install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, package]
			try:
				if run(install, user=bench.owner, cwd=folder, check=False, timeout=120).returncode == 0:
					break
			except subprocess.TimeoutExpired:
				break
	return program if program.exists() else None


def _tell(address: str, mails: str, folder: Path) -> None:
	say("\nHow long it took")
	print_steps()
	say("\nCX Desk demo")
	say(f"  Helpdesk      {address}/helpdesk")
	say(f"  Desk          {address}/app/voices")
	say(f"  Mail catcher  {mails}")
	say("\nLogins (sample data, on this machine only)")
	for who, user in LOGINS:
		say(f"  {who:17} {user:28} {PASSWORD}")
	say(f"\nLogs: {folder}\nStop with make demo-stop; remove with make demo-remove.")


def _say_what_is_missing(reason: str) -> None:
	say(f"\nThe demo cannot run here: {reason}")
	say("It needs either a bench with Frappe and Helpdesk (set CX_BENCH), or a way to the public git hosts")
	say(f"({making.FRAPPE}, {making.HELPDESK}) with Python, Node, MariaDB and Redis to make one.")
	_draw_scorecard()


def _draw_scorecard() -> None:
	"""What can be shown with Python alone: a scorecard of the sample's incidents with simulated answers."""
	folder = ROOT / ".work"
	folder.mkdir(exist_ok=True)
	answers, page = folder / "answers.csv", folder / "scorecard.html"
	incidents = ROOT / "fixtures" / "samples" / "incidents.csv.gz"
	start = [sys.executable, "-m", "cx_desk"]
	label = "Sample data: incidents of a public log, answers simulated"
	try:
		run([*start, "sample", incidents, "--out", answers], cwd=ROOT)
		done = run([*start, "score", answers, "--label", label, "--out", page], cwd=ROOT)
	except RuntimeError as error:
		say(f"\nNo scorecard either: {error}")
		return
	say(
		f"\nInstead, a scorecard from a sample of incidents with simulated answers:\n\n{done.stdout.rstrip()}"
	)


def stop() -> int:
	try:
		stopped = _stop_processes(benches.find())
	except Missing as reason:
		fail(str(reason))
	say(f"stopped: {', '.join(stopped) or 'nothing was running'}")
	return 0


def _stop_processes(bench: Bench) -> list[str]:
	"""Stop what an earlier run left running; a process id that belongs to something else by now is left alone."""
	stopped = []
	for name in reversed(NAMES):
		file = bench.own_files / "demo" / f"{name}.pid"
		if not file.is_file():
			continue
		pid = int(file.read_text())
		if _is_ours(pid, name):
			services.stop_group(pid)
			stopped.append(name)
		run(["rm", "-f", file], user=bench.owner)
	return stopped


def _is_ours(pid: int, name: str) -> bool:
	try:
		text = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
		group = os.getpgid(pid)
	except (OSError, ProcessLookupError):
		return False
	signs = {"redis": "redis", "mail": "mail", "web": SITE, "worker": "worker", "schedule": SITE}
	return group == pid and signs[name] in text


def remove() -> int:
	try:
		bench = benches.find()
		_stop_processes(bench)
		services.ensure_database(bench)
		with checkout.lock(bench):
			sites.drop(bench, SITE)
			run(
				["rm", "-rf", bench.own_files / "demo", bench.own_files / "demo-ports.json"], user=bench.owner
			)
	except (Missing, RuntimeError) as error:
		fail(hide(str(error)))
	say(f"{SITE} is removed; the bench stays")
	return 0
