"""Whose work a processor does while something is measured: the workers', the database's, others', nobody's."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import frappe

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Shares:
	"""Seconds of processor time between two looks. database: None where its process is not known."""

	elapsed: float
	cores: int
	workers: float
	database: float | None
	idle: float

	@property
	def others(self) -> float:
		"""Seconds of everything else on the machine, the system's own among them."""
		return max(0.0, self.elapsed * self.cores - self.workers - (self.database or 0) - self.idle)

	def percent(self, seconds: float) -> float:
		"""Seconds as a share of what all processors had to give."""
		return 100 * seconds / (self.elapsed * self.cores)

	def words(self) -> str:
		"""The shares in one line."""
		database = "" if self.database is None else f"database {self.percent(self.database):.0f} %, "
		return (
			f"processors: workers {self.percent(self.workers):.0f} %, {database}"
			f"others {self.percent(self.others):.0f} %, idle {self.percent(self.idle):.0f} %"
		)


class Look:
	"""Processor times from its making until `shares`. pids: the workers'."""

	def __init__(self, pids: list[int]):
		self.pids, self.database = pids, database_pid()
		self.begun = self._read()

	def _read(self) -> tuple[float, float, float, float]:
		return (
			time.perf_counter(),
			sum(_spent(pid) for pid in self.pids),
			_spent(self.database) if self.database else 0.0,
			_idle(),
		)

	def shares(self) -> Shares:
		"""What was spent since then; the workers must still be there."""
		elapsed, workers, database, idle = (
			now - then for now, then in zip(self._read(), self.begun, strict=True)
		)
		return Shares(elapsed, os.cpu_count() or 1, workers, database if self.database else None, idle)


def _spent(pid: int) -> float:
	"""Seconds that a process with all its threads has had a processor."""
	# The command's name stands in brackets and may hold blanks.
	fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
	return (int(fields[11]) + int(fields[12])) / _TICK


def _idle() -> float:
	"""Seconds that processors of this machine had nothing to do, or waited for a disk."""
	fields = Path("/proc/stat").read_text().splitlines()[0].split()
	return (int(fields[4]) + int(fields[5])) / _TICK


def database_pid() -> int | None:
	"""The process of the site's database server; None on another machine, or among several that do not say which."""
	port = _variable("port")
	found = [
		int(folder.name)
		for folder in Path("/proc").iterdir()
		if folder.name.isdigit() and _name(folder) in ("mariadbd", "mysqld")
	]
	if len(found) > 1:
		try:
			return int(Path(_variable("pid_file")).read_text())
		except (OSError, ValueError):
			return next((pid for pid in found if f"--port={port}" in _command(pid)), None)
	return found[0] if found else None


def _name(folder: Path) -> str:
	try:
		return (folder / "comm").read_text().strip()
	except OSError:
		return ""


def _command(pid: int) -> str:
	try:
		return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
	except OSError:
		return ""


def _variable(name: str) -> str:
	return str(frappe.db.sql("SHOW VARIABLES LIKE %s", name)[0][1])


def waits() -> dict[str, int]:
	"""How often statements of this server waited for a row that another held, and how often two blocked each other."""
	found = dict(
		frappe.db.sql(
			"SHOW GLOBAL STATUS WHERE variable_name IN ('Innodb_row_lock_waits', 'Innodb_deadlocks')"
		)
	)
	return {
		"waits": int(found["Innodb_row_lock_waits"]),
		"deadlocks": int(found.get("Innodb_deadlocks") or 0),
	}


# With more than this share of the processors taken by others, a rate says nothing about ours.
QUIET = 15
# Seconds to wait for such a moment before a measurement; none unless CX_WAIT says so.
WAIT = float(os.environ.get("CX_WAIT", "0"))


def wait_for_quiet() -> None:
	"""Wait until the processors have had next to nothing to do for two seconds, as long as CX_WAIT allows."""
	until = time.monotonic() + WAIT
	while time.monotonic() < until:
		look = Look([])
		time.sleep(2)
		shares = look.shares()
		if shares.percent(shares.idle) >= 100 - QUIET:
			return


def settle(longest: float = 30) -> None:
	"""Wait until the server has cleared away what was deleted before: that is work of its own in the background."""
	until = time.monotonic() + longest
	while time.monotonic() < until:
		found = dict(frappe.db.sql("SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'"))
		if int(found.get("Innodb_history_list_length") or 0) < 50:
			return
		time.sleep(0.2)
