"""Starts processes that can be killed, with a Redis and an SMTP server of the test's own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import frappe

ROOT = Path(__file__).resolve().parents[3]
LONG = os.environ.get("CX_LONG") == "1"


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


def start(code: str, redis: str | None = None) -> subprocess.Popen:
	"""A Python process on this site with the app of this checkout. It prints 'ready' when it is connected, then runs."""
	lines = [
		"import frappe, sys",
		f"frappe.init({frappe.local.site!r}, sites_path='.')",
		"frappe.connect(); frappe.set_user('Administrator')",
		"print('ready', flush=True)",
		code,
		"print('done', flush=True)",
	]
	env = {
		**os.environ,
		"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'site'}",
		"PYTHONWARNINGS": "ignore",
	}
	if redis:
		env |= {"FRAPPE_REDIS_CACHE": redis, "FRAPPE_REDIS_QUEUE": redis}
	return subprocess.Popen(
		[sys.executable, "-c", "\n".join(lines)],
		env=env,
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		stderr=subprocess.PIPE,
		text=True,
	)


def wait_ready(process: subprocess.Popen) -> None:
	"""Until the process is connected."""
	line = process.stdout.readline()
	if line.strip() != "ready":
		raise AssertionError(f"the process did not start: {line!r} {process.stderr.read()}")


def finish(process: subprocess.Popen, seconds: float = 120) -> str:
	"""What the process printed; AssertionError where it failed."""
	out, err = process.communicate(timeout=seconds)
	if process.returncode or "done" not in out:
		raise AssertionError(f"exit {process.returncode}\n{out}\n{err[-3000:]}")
	return out


def finish_quietly(process: subprocess.Popen) -> None:
	"""Wait for a process whose output was read already."""
	process.communicate(timeout=60)


@contextmanager
def own_redis():
	"""A Redis server of this test on a port of its own; yields (address, process)."""
	binary = shutil.which("redis-server")
	if not binary:
		raise AssertionError("redis-server is not installed, and the host needs it anyway")
	port = free_port()
	process = subprocess.Popen(
		[binary, "--port", str(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"],
		stdout=subprocess.DEVNULL,
		stderr=subprocess.DEVNULL,
	)
	deadline = time.monotonic() + 10
	while time.monotonic() < deadline:
		try:
			socket.create_connection(("127.0.0.1", port), 0.2).close()
			break
		except OSError:
			time.sleep(0.05)  # the server is starting
	try:
		yield f"redis://127.0.0.1:{port}", process
	finally:
		process.kill()
		process.wait()


def fresh() -> None:
	"""See what other processes have committed."""
	frappe.db.rollback()
