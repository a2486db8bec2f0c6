"""P1: ticket create and close with CX Desk against the host alone. P2: answering. P3: the guest page. P4: sending.
P7: several workers sending at once."""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from perf import Row, in_turn, ms

import frappe
from frappe.utils import add_days, now_datetime

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))
import survey_kit as kit

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_EVERY: dict = {}
DUE = int(os.environ.get("CX_DUE", "2000"))


def _hooks(on: bool) -> None:
	"""Our handlers on tickets, on or off, for this process."""
	every = _EVERY.setdefault("hooks", dict(frappe.get_doc_hooks()))
	frappe.local.doc_events_hooks = (
		every if on else {name: value for name, value in every.items() if name != "HD Ticket"}
	)


def ticket_saves() -> list[Row]:
	"""P1. The same site, the handlers on tickets on and off in turn; queries counted warm."""
	kit.switch_on()
	address = kit.person("perf")
	stock: list = []

	def create():
		return frappe.get_doc(
			{"doctype": "HD Ticket", "subject": "surveytest perf", "raised_by": address, "description": "x"}
		).insert(ignore_permissions=True)

	def close():
		doc = stock.pop()
		doc.status = "Resolved"
		doc.save(ignore_permissions=True)

	def side(on, action):
		def run():
			_hooks(on)
			action()

		return run

	rounds, calls = 9, 4
	rows = []
	for name, action, most in (("create", create, 2), ("close", close, 3)):
		if action is close:
			_hooks(False)
			stock = [
				frappe.get_doc("HD Ticket", create().name) for _number in range((rounds + 1) * 2 * calls + 8)
			]
		ours, theirs = in_turn(side(True, action), side(False, action), rounds, calls)
		counts = {}
		for on in (True, False):
			_hooks(on)
			with kit.count_queries() as statements:
				action()
			counts[on] = sum("SAVEPOINT" not in text.upper() for text in statements)
		more = counts[True] - counts[False]
		ratio = ours / theirs
		rows.append(
			Row(
				"P1",
				f"ticket {name} with a matching trigger",
				f"{ms(ours)}, {counts[True]} queries",
				f"{ms(theirs)}, {counts[False]} queries (our handlers off)",
				f"{ratio:.2f} x, {more:+d} queries",
				f"at most 1.05 x and {most} more queries",
				ratio <= 1.05 and more <= most,
			)
		)
	_hooks(True)
	return rows


class _Server:
	"""The site's own web server on a free port, for measurements over HTTP."""

	def __enter__(self):
		import socket

		with socket.socket() as probe:
			probe.bind(("127.0.0.1", 0))
			self.port = probe.getsockname()[1]
		code = (
			"import frappe.app as a; from werkzeug.serving import run_simple; import logging;"
			"logging.getLogger('werkzeug').disabled = True;"
			f"a._site = {frappe.local.site!r}; a._sites_path = '.';"
			f"run_simple('127.0.0.1', {self.port}, a.application_with_statics(), threaded=True)"
		)
		self.process = subprocess.Popen(
			[sys.executable, "-W", "ignore", "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
		)
		import urllib.error
		import urllib.request

		for _try in range(100):
			try:
				urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/method/ping", timeout=2).read()
				break
			except (urllib.error.URLError, OSError):
				time.sleep(0.2)
		return f"http://127.0.0.1:{self.port}"

	def __exit__(self, *_exc):
		self.process.kill()
		self.process.wait()


def guest_page() -> list[Row]:
	"""P3. Chromium on the page of a survey and on the host's feedback page, in turn."""
	from playwright.sync_api import sync_playwright

	kit.sweep()
	kit.switch_on()
	_found, token = kit.asked("perf")
	key = frappe.db.get_value("HD Ticket", _found.event_name, "key")
	frappe.db.commit()
	paths = {"ours": f"/cx/a/{token}", "theirs": f"/ticket-feedback/new?key={key}"}
	seen = {name: [] for name in paths}
	try:
		with _Server() as base, sync_playwright() as playwright:
			browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
			for _round in range(6):
				for name, path in paths.items():
					seen[name].append(_load(browser, base + path))
			browser.close()
	finally:
		kit.sweep()
	middle = {
		name: [statistics.median(values) for values in zip(*rounds[1:], strict=True)]
		for name, rounds in seen.items()
	}
	(our_bytes, our_requests, our_paint), (bytes_, requests, paint) = middle["ours"], middle["theirs"]
	return [
		Row(
			"P3",
			"guest survey page, weight",
			f"{our_bytes / 1024:.1f} KiB, {our_requests:.0f} request(s)",
			f"{bytes_ / 1024:,.0f} KiB, {requests:.0f} requests (host's feedback page)",
			f"{bytes_ / our_bytes:.0f} x lighter",
			"at most 30 KiB in at most 2 requests",
			our_bytes <= 30 * 1024 and our_requests <= 2,
		),
		Row(
			"P3",
			"guest survey page, first paint",
			f"{our_paint:.0f} ms",
			f"{paint:.0f} ms",
			f"{paint / our_paint:.1f} x sooner",
			"at least 4 x sooner",
			paint >= 4 * our_paint,
		),
	]


def _load(browser, url: str) -> tuple[float, float, float]:
	context = browser.new_context(viewport={"width": 390, "height": 844})
	page = context.new_page()
	sizes = []
	page.on(
		"requestfinished",
		lambda request: sizes.append(
			sum(request.sizes()[key] for key in ("responseBodySize", "responseHeadersSize"))
		),
	)
	page.goto(url, wait_until="networkidle")
	paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime || 0")
	result = (float(sum(sizes)), float(len(sizes)), float(paint))
	context.close()
	return result


def _make_due(people: list[str]) -> None:
	from cx_desk.core import ledger
	from cx_desk.surveys import ledger as writer

	now = now_datetime()
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
				"due_at": add_days(now, 0),
			}
			for number, address in enumerate(people)
		]
	)


def _contacts(count: int) -> list[str]:
	"""Known people, written past the documents: only their addresses matter here."""
	now = now_datetime()
	addresses = [f"perf{number}@{kit.DOMAIN}" for number in range(count)]
	frappe.db.bulk_insert(
		"Contact Email",
		[
			"name",
			"creation",
			"modified",
			"owner",
			"modified_by",
			"parent",
			"parenttype",
			"parentfield",
			"idx",
			"email_id",
		],
		[
			(
				frappe.generate_hash(length=12),
				now,
				now,
				"Administrator",
				"Administrator",
				f"Surveytest {number}",
				"Contact",
				"email_ids",
				1,
				address,
			)
			for number, address in enumerate(addresses)
		],
	)
	return addresses


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
	import resource

	from cx_desk.host import mail
	from cx_desk.surveys import decide

	kit.switch_on()
	people = _contacts(DUE)
	_make_due(people)
	decide.prepare(DUE)
	rates, slow, memory = [], [], []
	# As the job does it: all batches in one run. The two sides in turn, for other work on the machine comes and goes.
	with mail.one_run():
		while True:
			begun = time.perf_counter()
			outcome: Counter = decide.decide_batch()
			spent = time.perf_counter() - begun
			if not outcome:
				break
			rates.append(outcome["Ask"] / spent)
			memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
			slow += [_sendmail(address) for address in people[:15]]
	ours, theirs = statistics.median(rates), statistics.median(slow)
	growth = (memory[-1] - memory[0]) / 1024
	return Row(
		"P4",
		f"sending with {DUE:,} due (decided, rendered, queued, ledger and counts)",
		f"{ours:,.0f} mails/s, {growth:+.0f} MiB from first to last batch",
		f"{theirs:,.0f} mails/s (frappe.sendmail each)",
		f"{ours / theirs:.0f} x",
		"at least 15 x, memory flat",
		ours >= 15 * theirs,
	)


def answering() -> Row:
	"""P2. The POST over HTTP with 8 clients, against the host's feedback document over its web form, same clients."""
	import http.client
	from urllib.parse import urlencode, urlsplit

	from cx_desk.surveys import answering as answers_

	kit.sweep()
	kit.switch_on()
	kit.settings(cooldown_days=0, yearly_budget=0)
	clients, each = 8, 12
	# Each answers for themselves: nobody has a hundred questions open at once.
	tickets = [kit.resolve(kit.ticket(kit.person(f"perf{number}"))) for number in range(clients * each)]
	kit.run_decisions()
	jobs = []
	for doc in tickets:
		row = kit.row(doc)
		shown = answers_.open_page(kit.token_of(row))
		stamp = answers_.make_stamp(row, None, time.time() - 30)
		question = shown.version["questions"][0]["key"]
		body = urlencode({"stamp": stamp, f"q_{question}": "4", "gestures": "3"})
		jobs.append((f"/cx/a/{kit.token_of(row)}", body))
	theirs = [
		(
			"/api/method/frappe.website.doctype.web_form.web_form.accept",
			urlencode(
				{
					"web_form": "email-feedback",
					"data": frappe.as_json(
						{
							"doctype": "HD Email Feedback",
							"web_form_name": "email-feedback",
							"key": doc.key,
							"ticket": doc.name,
							"feedback_rating": 0.8,
						}
					),
				}
			),
		)
		for doc in tickets
	]
	frappe.db.commit()

	def storm(base, work):
		queue, failed, lock = list(work), [], threading.Lock()

		def client(number):
			where = urlsplit(base).netloc
			while True:
				with lock:
					if not queue:
						return
					path, body = queue.pop()
				connection = http.client.HTTPConnection(where, timeout=60)
				# The host's limiter counts by address.
				headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": kit.PHONE}
				headers["X-Forwarded-For"] = f"10.0.{number}.{len(queue) % 250}"
				connection.request("POST", path, body, headers)
				answer = connection.getresponse()
				answer.read()
				if answer.status != 200:
					failed.append(answer.status)
				connection.close()

		threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
		begun = time.perf_counter()
		for thread in threads:
			thread.start()
		for thread in threads:
			thread.join()
		return len(work) / (time.perf_counter() - begun), failed

	try:
		with _Server() as base:
			storm(base, jobs[:8])
			ours, bad = storm(base, jobs[8:])
			host, refused = storm(base, theirs[8:])
	finally:
		frappe.db.rollback()
		frappe.db.delete("HD Email Feedback", {"ticket": ["in", [doc.name for doc in tickets]]})
		kit.sweep()
	return Row(
		"P2",
		"answering over HTTP with 8 clients",
		f"{ours:.0f} requests/s ({len(bad)} refused)",
		f"{host:.0f} requests/s (host's web form, {len(refused)} refused)",
		f"{ours / host:.1f} x",
		"at least 5 x",
		ours >= 5 * host and not bad,
	)


_WORKER = """
import sys, time, frappe
sys.path[:0] = sys.argv[3:]
frappe.init(sys.argv[1]); frappe.connect(); frappe.set_user("Administrator")
from cx_desk.surveys import decide, invitations, versions
frappe.get_cached_doc("CX Settings")
decide.decide_due(1)  # warm, before anything is due
print("ready", flush=True)
sys.stdin.readline()
begun = time.time()
decided = decide.decide_due()
print(begun, time.time(), decided["Ask"], flush=True)
"""


def _at_once(workers: int) -> tuple[float, int, int, int]:
	"""So many processes that decide what is due: mails a second, mails, rows asked, rows with more than one mail."""
	import cx_desk

	kit.sweep()
	kit.switch_on()
	frappe.db.commit()
	where = [str(Path(cx_desk.__file__).resolve().parents[1])]
	command = [sys.executable, "-W", "ignore", "-c", _WORKER, frappe.local.site, str(DUE), *where]
	running = [
		subprocess.Popen(
			command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
		)
		for _number in range(workers)
	]
	try:
		for one in running:
			one.stdout.readline()
		people = _contacts(DUE)
		_make_due(people)
		from cx_desk.surveys import people as people_

		# As the deciding job does it batch by batch, here once, so that it is not measured by the first worker alone.
		people_.make_preferences(set(people))
		frappe.db.commit()
		for one in running:
			one.stdin.write("go\n")
			one.stdin.flush()
		told = [one.stdout.readline().split() for one in running]
	finally:
		for one in running:
			one.kill()
			one.wait()
	frappe.db.rollback()
	like = f"perf%@{kit.DOMAIN}"
	rows = frappe.get_all(
		"CX Survey Invitation", {"recipient": ["like", like], "status": "Queued"}, pluck="name"
	)
	mails = Counter(
		frappe.get_all("Email Queue", {"reference_name": ["in", rows or [""]]}, pluck="reference_name")
	)
	frappe.db.delete("Contact Email", {"email_id": ["like", like]})
	kit.sweep()
	spent = max(float(one[1]) for one in told) - min(float(one[0]) for one in told)
	twice = sum(count > 1 for count in mails.values())
	return sum(mails.values()) / spent, sum(mails.values()), len(rows), twice


def at_once() -> list[Row]:
	"""P7. One, two and four workers in turn over the same number of due rows; medians of three rounds."""
	rates: dict[int, list[float]] = {1: [], 2: [], 4: []}
	wrong = []
	for _round in range(3):
		for workers, found in rates.items():
			rate, mails, rows, twice = _at_once(workers)
			found.append(rate)
			if (mails, rows, twice) != (DUE, DUE, 0):
				wrong.append(f"{workers} workers: {mails} mails, {rows} rows, {twice} twice")
	middle = {workers: statistics.median(found) for workers, found in rates.items()}
	return [
		Row(
			"P7",
			f"{workers} workers sending {DUE:,} at once",
			f"{middle[workers]:,.0f} mails/s; {'; '.join(wrong) or 'none twice, none lost'}",
			f"{middle[1]:,.0f} mails/s (one worker, {os.cpu_count()} cores)",
			f"{middle[workers] / middle[1]:.2f} x",
			"no invitation twice, none lost; near-linear until the database is the limit",
			not wrong and middle[workers] >= middle[1] * (1.5 if workers == 2 else 1),
		)
		for workers in (2, 4)
	]


MEASURES = {"P1": ticket_saves, "P2": answering, "P3": guest_page, "P4": sending, "P7": at_once}
