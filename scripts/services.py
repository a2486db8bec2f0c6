"""MariaDB, Redis, and the processes that tests and demo start for themselves."""

import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlparse

from benches import Bench
from machine import (
	LOCAL,
	ROOT,
	Missing,
	am_root,
	apt_install,
	as_user,
	free_port,
	has,
	is_open,
	run,
	say,
	wait_until,
)


def ensure_database(bench: Bench) -> None:
	"""MariaDB where the bench looks for it; started as root, never configured."""
	config = bench.config()
	host, port = config.get("db_host") or LOCAL, int(config.get("db_port") or 3306)
	if is_open(port, host):
		return
	if host not in (LOCAL, "localhost"):
		raise Missing(f"the bench's database {host}:{port} does not answer")
	if not has("mariadbd"):
		apt_install(["mariadb-server"], "no MariaDB on this machine")
	if not am_root():
		raise Missing("MariaDB does not run: as root, service mariadb start")
	say("   starting MariaDB")
	run(["service", "mariadb", "start"], check=False)
	wait_until(lambda: is_open(port), "MariaDB", 60)


def ensure_redis(bench: Bench) -> None:
	"""The bench's own Redis servers, for commands that reach them; started with the bench's configuration."""
	if not has("redis-server"):
		apt_install(["redis-server"], "no Redis on this machine")
	for name in ("redis_cache", "redis_queue"):
		address = urlparse(bench.config().get(name) or "")
		file = bench.path / "config" / f"{name}.conf"
		if not address.port or is_open(address.port, address.hostname or LOCAL) or not file.is_file():
			continue
		say(f"   starting {name}")
		run(["redis-server", file, "--daemonize", "yes"], user=bench.owner, cwd=bench.path)
		wait_until(lambda port=address.port: is_open(port), name)


class Processes:
	"""Processes of one run; each in a group of its own, stopped as a group, last started first."""

	def __init__(self, bench: Bench, folder: str):
		self.bench = bench
		self.logs = bench.prepare_own_files() / folder
		run(["mkdir", "-p", self.logs], user=bench.owner)
		self.started: list[tuple[str, subprocess.Popen]] = []

	def start(
		self, name: str, command: list, env: dict | None = None, cwd: Path | None = None
	) -> subprocess.Popen:
		line, environment = as_user(command, self.bench.owner, env)
		log = self.logs / f"{name}.log"
		run(["touch", log], user=self.bench.owner)
		with log.open("ab") as output:
			process = subprocess.Popen(
				line,
				cwd=cwd or self.bench.sites,
				env=environment,
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=subprocess.STDOUT,
				start_new_session=True,
			)
		self.started.append((name, process))
		(self.logs / f"{name}.pid").write_text(str(process.pid))
		return process

	def wait_for_port(self, name: str, port: int, seconds: float = 60) -> None:
		process = dict(self.started)[name]

		def ready():
			if process.poll() is not None:
				raise RuntimeError(f"{name} ended at once:\n{self.tail(name)}")
			return is_open(port)

		wait_until(ready, name, seconds)

	def tail(self, name: str, lines: int = 30) -> str:
		return "\n".join((self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-lines:])

	def stop(self) -> None:
		for name, process in reversed(self.started):
			stop_group(process.pid)
			process.wait(timeout=15)
			(self.logs / f"{name}.pid").unlink(missing_ok=True)
		self.started.clear()

	def __enter__(self):
		return self

	def __exit__(self, *_):
		self.stop()


def stop_group(pid: int, seconds: float = 8) -> None:
	"""Ask a process group to end, then make it."""
	for how in (signal.SIGTERM, signal.SIGKILL):
		try:
			os.killpg(pid, how)
		except ProcessLookupError:
			return
		deadline = time.monotonic() + seconds
		while time.monotonic() < deadline and group_lives(pid):
			time.sleep(0.1)


def group_lives(pid: int) -> bool:
	"""Whether a group has a process that is not only waiting to be collected."""
	listed = run(["ps", "-o", "stat=", "-g", str(pid)], check=False).stdout or ""
	return any(state and not state.startswith("Z") for state in listed.split())


def own_redis(processes: Processes) -> dict[str, str]:
	"""A Redis of this run's own, so that no other worker on the bench takes its jobs; the settings to reach it."""
	if not has("redis-server"):
		apt_install(["redis-server"], "no Redis on this machine")
	port = free_port()
	processes.start(
		"redis", ["redis-server", "--port", str(port), "--bind", LOCAL, "--save", "", "--appendonly", "no"]
	)
	processes.wait_for_port("redis", port)
	address = f"redis://{LOCAL}:{port}"
	return {"FRAPPE_REDIS_QUEUE": address, "FRAPPE_REDIS_CACHE": address}


# The host's own `serve` listens on every address and brings a debugger; this one does neither.
SERVE = """
import sys
import frappe.app
from werkzeug.serving import run_simple
site, port = sys.argv[1], int(sys.argv[2])
frappe.app._site, frappe.app._sites_path = site, "."
run_simple("127.0.0.1", port, frappe.app.application_with_statics(), threaded=True)
"""


def start_web(processes: Processes, site: str, port: int, env: dict) -> str:
	processes.start("web", [processes.bench.python, "-c", SERVE, site, str(port)], env)
	processes.wait_for_port("web", port)
	return f"http://{site}:{port}"


def start_worker(processes: Processes, env: dict) -> None:
	command = [processes.bench.python, "-m", "frappe.utils.bench_helper", "frappe", "worker"]
	processes.start("worker", [*command, "--queue", "short,default,long"], env)


def start_schedule(processes: Processes, env: dict) -> None:
	command = [processes.bench.python, "-m", "frappe.utils.bench_helper", "frappe", "schedule"]
	processes.start("schedule", command, env)


def start_catcher(processes: Processes, smtp: int, web: int) -> str:
	"""Our own mail catcher, with the same addresses as maildev's."""
	source = (ROOT / "scripts" / "catcher.py").read_text()
	processes.start("mail", [processes.bench.python, "-c", source, str(smtp), str(web)])
	processes.wait_for_port("mail", web)
	return f"http://{LOCAL}:{web}"
