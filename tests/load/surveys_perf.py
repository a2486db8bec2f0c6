"""P2: answering. P3: the guest page."""

import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from perf import Row

import frappe

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))
import survey_kit as kit

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


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


MEASURES = {"P2": answering, "P3": guest_page}
