"""P4: sending in one worker against the host's way. P7: several workers sending at once, and what holds them up.

CX_DUE says how many invitations are due, 10,000 without it; CX_ROUNDS how often P7 is repeated, 5 without it. On a
machine that others work on too, CX_WAIT=600 waits so many seconds at most, before each run, until they rest.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import processor
from perf import Row

import frappe
from frappe.utils import now_datetime

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))
import survey_kit as kit

DUE = int(os.environ.get("CX_DUE", "10000"))
ROUNDS_AT_ONCE = int(os.environ.get("CX_ROUNDS", "5"))
PERSON = f"perf%@{kit.DOMAIN}"
WARM = f"warm{{}}@{kit.DOMAIN}"
# A run during which others had the machine is repeated so often.
AGAIN = 2


def _make_due(people: list[str]) -> None:
	"""Ledger rows that are due now, one per person; nobody was ever asked, so that the job makes their records too."""
	from cx_desk.core import ledger
	from cx_desk.surveys import ledger as writer

	now = now_datetime()
	keys = [ledger.address_key(address) for address in people]
	frappe.db.delete("CX Contact Preference", {"address_hash": ["in", keys]})
	writer.insert(
		[
			{
				"name": ledger.row_name("CX Survey", kit.TICKET_SURVEY, number, address),
				"survey": kit.TICKET_SURVEY,
				"trigger": ledger.BY_HAND,
				"event_doctype": "CX Survey",
				"event_name": kit.TICKET_SURVEY,
				"occurrence": number,
				"recipient": address,
				"respondent_key": ledger.address_key(address),
				"event_at": now,
				"due_at": now,
			}
			for number, address in enumerate(people)
		]
	)


def _contacts(addresses: list[str]) -> list[str]:
	"""Known people, written past the documents: only their addresses matter here."""
	now = now_datetime()
	fields = ("name", "creation", "modified", "owner", "modified_by")
	fields += ("parent", "parenttype", "parentfield", "idx", "email_id")
	frappe.db.bulk_insert(
		"Contact Email",
		list(fields),
		[
			(
				frappe.generate_hash(length=12),
				*(now, now, "Administrator", "Administrator"),
				*(f"Surveytest {number}", "Contact", "email_ids", 1, address),
			)
			for number, address in enumerate(addresses)
		],
	)
	return addresses


def _people() -> list[str]:
	return _contacts([f"perf{number}@{kit.DOMAIN}" for number in range(DUE)])


def _sendmail(address: str) -> float:
	"""One mail as the host queues it; mails a second."""
	begun = time.perf_counter()
	frappe.sendmail(
		recipients=[address],
		subject="How did we do?",
		message="<p>How satisfied are you?</p>" * 20,
		reference_doctype="CX Survey",
		reference_name=kit.TICKET_SURVEY,
		delayed=True,
	)
	return 1 / (time.perf_counter() - begun)


def sending() -> Row:
	"""P4. All due invitations decided and queued, against frappe.sendmail once each for a part of them."""
	from cx_desk.host import mail
	from cx_desk.surveys import decide

	kit.switch_on()
	people = _people()
	_make_due(people)
	processor.wait_for_quiet()
	rates, slow, memory = [], [], []
	# As the job does it: all batches in one run. The two sides in turn, for other work on the machine comes and goes.
	with mail.one_run():
		while True:
			begun = time.perf_counter()
			decide.prepare()
			outcome: Counter = decide.decide_batch()
			spent = time.perf_counter() - begun
			if not outcome:
				break
			rates.append(outcome["Ask"] / spent)
			memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
			slow += [_sendmail(address) for address in people[:15]]
	# The first batch builds the message that all others fill in.
	ours, theirs = statistics.median(rates[1:] or rates), statistics.median(slow)
	growth = (memory[-1] - memory[min(1, len(memory) - 1)]) / 1024
	ratios = sorted(one / theirs for one in rates[1:] or rates)
	quarter = len(ratios) // 4
	return Row(
		"P4",
		f"sending with {DUE:,} due (decided, rendered, queued, ledger and counts)",
		f"{ours:,.0f} mails/s, {growth:+.0f} MiB from second to last batch",
		f"{theirs:,.0f} mails/s (frappe.sendmail each)",
		f"{ours / theirs:.0f} x (middle half of {len(ratios)} batches {ratios[quarter]:.1f} to {ratios[-1 - quarter]:.1f})",
		"at least 15 x, memory flat",
		ours >= 15 * theirs and growth < 20,
	)


# Each sends one mail of its own first, so that the host's modules for mail are loaded.
_WORKER = """
import sys, time, frappe
sys.path[:0] = sys.argv[2:]
frappe.init(sys.argv[1]); frappe.connect(); frappe.set_user("Administrator")
import sending_perf
from cx_desk.surveys import decide
tries = 0
real = frappe.db.rollback
def rollback(*args, **kwargs):
	global tries
	tries += 1
	return real(*args, **kwargs)
cold = time.process_time()
sending_perf.send_one(sys.stdin.readline().strip())
cold = time.process_time() - cold
frappe.db.rollback = rollback
print(cold, flush=True)
sys.stdin.readline()
begun = time.time()
decided = decide.decide_due()
print(begun, time.time(), decided["Ask"], tries, flush=True)
sys.stdin.readline()
"""


def send_one(address: str) -> None:
	"""Decide and queue one mail, in a worker before it is measured."""
	from cx_desk.surveys import decide

	_make_due(_contacts([address]))
	frappe.db.commit()
	if decide.decide_due()["Ask"] != 1:
		raise RuntimeError(f"the mail to {address} was not queued")


@dataclass
class Run:
	"""What so many workers did with all that was due. rate: mails a second. wrong: empty where all went well."""

	workers: int
	rate: float
	wrong: str
	shares: processor.Shares
	waits: int
	deadlocks: int
	repeats: int
	cold: float

	@property
	def per_mail(self) -> tuple[float, float]:
		"""Milliseconds of processor time per mail: of a worker, of the database."""
		return 1000 * self.shares.workers / DUE, 1000 * (self.shares.database or 0) / DUE


def _at_once(workers: int) -> Run:
	"""So many processes that decide what is due."""
	import cx_desk

	kit.sweep()
	kit.switch_on()
	frappe.db.commit()
	where = [str(Path(cx_desk.__file__).resolve().parents[1]), str(Path(__file__).parent)]
	running = [
		subprocess.Popen(
			[sys.executable, "-W", "ignore", "-c", _WORKER, frappe.local.site, *where],
			stdin=subprocess.PIPE,
			stdout=subprocess.PIPE,
			stderr=subprocess.DEVNULL,
			text=True,
		)
		for _number in range(workers)
	]

	def say(line: str) -> None:
		for one in running:
			one.stdin.write(f"{line}\n")
			one.stdin.flush()

	try:
		cold = []
		# One after the other, so that each meets its own row.
		for number, one in enumerate(running):
			one.stdin.write(WARM.format(number) + "\n")
			one.stdin.flush()
			cold.append(float(one.stdout.readline()))
		_make_due(_people())
		frappe.db.commit()
		processor.settle()
		processor.wait_for_quiet()
		before, look = processor.waits(), processor.Look([one.pid for one in running])
		say("go")
		told = [one.stdout.readline().split() for one in running]
		shares, after = look.shares(), processor.waits()
	finally:
		for one in running:
			one.kill()
			one.wait()
	frappe.db.rollback()
	rows = frappe.get_all(
		"CX Survey Invitation", {"recipient": ["like", PERSON], "status": "Queued"}, pluck="name"
	)
	mails = Counter(
		frappe.get_all("Email Queue", {"reference_name": ["in", rows or [""]]}, pluck="reference_name")
	)
	for like in (PERSON, WARM.format("%")):
		frappe.db.delete("Contact Email", {"email_id": ["like", like]})
	kit.sweep()
	spent = max(float(one[1]) for one in told) - min(float(one[0]) for one in told)
	twice = sum(count > 1 for count in mails.values())
	counted = (sum(mails.values()), len(rows), twice)
	return Run(
		workers,
		DUE / spent,
		"" if counted == (DUE, DUE, 0) else "{} mails, {} rows, {} twice".format(*counted),
		shares,
		after["waits"] - before["waits"],
		after["deadlocks"] - before["deadlocks"],
		sum(int(one[3]) for one in told),
		statistics.median(cold),
	)


def at_once() -> list[Row]:
	"""P7. One, two and four workers in turn over the same number of due rows; medians of the rounds.

	Where the processors have nothing left to give, more workers cannot send more; what they must not do is send less.
	"""
	runs: dict[int, list[Run]] = {1: [], 2: [], 4: []}
	for _round in range(ROUNDS_AT_ONCE):
		for workers, found in runs.items():
			found.append(_undisturbed(workers))
	middle = {workers: statistics.median(run.rate for run in found) for workers, found in runs.items()}
	ones = runs[1]
	alone = sorted(ones, key=lambda run: run.rate)[len(ones) // 2]
	return [_row(workers, runs, middle, alone) for workers in (2, 4)]


def _undisturbed(workers: int) -> Run:
	"""A run, made again where others had the machine meanwhile: told by their share, whatever came of ours."""
	for _again in range(AGAIN + 1):
		run = _at_once(workers)
		if run.wrong or run.shares.percent(run.shares.others) <= processor.QUIET:
			break
	return run


def _row(workers: int, runs: dict[int, list[Run]], middle: dict[int, float], alone: Run) -> Row:
	found = sorted(runs[workers], key=lambda run: run.rate)
	median = found[len(found) // 2]
	wrong = "; ".join(run.wrong for run in found if run.wrong)
	of_worker, of_database = median.per_mail
	fewer = workers // 2
	shares = median.shares
	limit = 1000 * shares.cores / (of_worker + of_database)
	met: bool | None = not wrong
	if met and shares.database is not None and shares.percent(shares.others) > processor.QUIET:
		met = None
	elif met:
		full = shares.percent(shares.idle) <= 10
		met = middle[workers] >= 0.95 * middle[fewer] and (
			full or middle[workers] >= 0.8 * workers * middle[1]
		)
	return Row(
		"P7",
		f"{workers} workers sending {DUE:,} at once",
		f"{median.rate:,.0f} mails/s ({found[0].rate:,.0f} to {found[-1].rate:,.0f}); "
		f"{wrong or 'none twice, none lost'}; {shares.words()}; per mail {of_worker:.2f} ms of a worker, "
		f"{of_database:.2f} ms of the database (all processors would do {limit:,.0f} mails/s); {median.waits} waits for rows, {median.deadlocks} deadlocks, "
		f"{median.repeats} batches repeated",
		f"{middle[1]:,.0f} mails/s (one worker, {shares.cores} cores; {alone.shares.words()}); "
		f"a job begins with {1000 * median.cold:.0f} ms for the host's mail modules, not counted here",
		f"{middle[workers] / middle[1]:.2f} x, {middle[workers] / middle[fewer]:.2f} x of {fewer}",
		"no invitation twice, none lost; near-linear until database or processors are the limit, and not less "
		"with more workers than that (5 %)",
		met,
	)


MEASURES = {"P4": sending, "P7": at_once}
