"""P2: answering. P3: the guest page."""

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from perf import Row, ms
from processor import Look

import frappe

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))
import survey_kit as kit

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


class _Server:
	"""The site's own web server on a free port, as this bench would start it in production: as many processes as it says.

	handlers: whether ours on tickets are on.
	"""

	def __init__(self, handlers: bool = True):
		self.handlers = handlers

	def __enter__(self):
		with socket.socket() as probe:
			probe.bind(("127.0.0.1", 0))
			self.port = probe.getsockname()[1]
		self.workers = int(frappe.conf.gunicorn_workers or 2 * os.cpu_count() + 1)
		environment = {**os.environ, "CX_SERVED_SITE": frappe.local.site}
		environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).resolve().parent), *sys.path])
		if not self.handlers:
			environment["CX_HANDLERS_OFF"] = "1"
		command = ["-W", "ignore", "-m", "gunicorn", "-b", f"127.0.0.1:{self.port}", "-w", str(self.workers)]
		self.process = subprocess.Popen(
			[
				sys.executable,
				*command,
				"-t",
				"120",
				"--preload",
				"--log-level",
				"error",
				"served:application",
			],
			env=environment,
			stdout=subprocess.DEVNULL,
		)
		for _try in range(200):
			try:
				urllib.request.urlopen(f"{self.address}/api/method/ping", timeout=5).read()
				return self
			except (urllib.error.URLError, OSError):
				time.sleep(0.2)
		raise RuntimeError("the web server did not come up")

	@property
	def address(self) -> str:
		return f"http://127.0.0.1:{self.port}"

	def warm(self, paths: Iterable[str]) -> None:
		"""Open each page often enough that every process has drawn it: a process that serves has served before."""
		asked = [path for path in paths for _time in range(8 * self.workers)]
		with ThreadPoolExecutor(CLIENTS) as clients:
			list(
				clients.map(
					lambda path: urllib.request.urlopen(self.address + path, timeout=60).read(), asked
				)
			)

	def post(self, path: str, body: str, sender: str) -> int:
		"""Post a form as cheaply as can be, since the client runs on the same cores; the status of the answer."""
		head = (
			f"POST {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
			f"User-Agent: {kit.PHONE}\r\nX-Forwarded-For: {sender}\r\nContent-Length: {len(body)}\r\n\r\n"
		)
		with socket.create_connection(("127.0.0.1", self.port), timeout=120) as connection:
			connection.sendall((head + body).encode())
			answer = b"".join(iter(lambda: connection.recv(65536), b""))
		return int(answer[9:12])

	def processes(self) -> list[int]:
		"""The processes that answer."""
		return [
			int(pid)
			for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
		]

	def __exit__(self, *_exc):
		self.process.terminate()
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
		with _Server() as server, sync_playwright() as playwright:
			server.warm(paths.values())
			browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
			for _round in range(6):
				for name, path in paths.items():
					seen[name].append(_load(browser, server.address + path))
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


CLIENTS, ROUNDS, POSTS = 8, 9, 32


def answering() -> Row:
	"""P2. The POST over HTTP with 8 clients, against the host's feedback document over its web form, same clients.

	Each ticket is answered for on both sides; the sides in turn, after a round of each that warms every process.
	"""
	kit.sweep()
	kit.switch_on()
	kit.settings(cooldown_days=0, yearly_budget=0)
	# Each answers for themselves: nobody has a hundred questions open at once.
	people = [kit.person(f"perf{number}") for number in range(POSTS * (ROUNDS + 1))]
	tickets = [kit.resolve(kit.ticket(person)) for person in people]
	kit.run_decisions()
	posts = [(_our_post(kit.row(doc)), _their_post(doc)) for doc in tickets]
	frappe.db.commit()
	rates, spent, refused = ([], []), ([], []), ([], [])
	try:
		with _Server(handlers=False) as server:
			for start in range(0, len(posts), POSTS):
				for side in (0, 1):
					look = Look(server.processes())
					rate, bad = _storm(server, [both[side] for both in posts[start : start + POSTS]], start)
					rates[side].append(rate)
					spent[side].append(look.shares().workers / POSTS)
					refused[side].extend(bad)
	finally:
		frappe.db.rollback()
		frappe.db.delete("HD Email Feedback", {"ticket": ["in", [doc.name for doc in tickets]]})
		kit.sweep()
	# Rounds in pairs: what comes and goes on the machine hits both sides of one.
	ratio = statistics.median(one / other for one, other in list(zip(*rates, strict=True))[1:])
	(ours, our_time), (theirs, time_) = (
		(statistics.median(found[1:]), ms(statistics.mean(times[1:])))
		for found, times in zip(rates, spent, strict=True)
	)
	return Row(
		"P2",
		f"answering over HTTP with {CLIENTS} clients ({server.workers} server processes)",
		f"{ours:.0f} requests/s, {our_time} of the server's processors each ({len(refused[0])} refused)",
		f"{theirs:.0f} requests/s, {time_} each (host's web form, our handlers off; {len(refused[1])} refused)",
		f"{ratio:.1f} x",
		"at least 5 x",
		ratio >= 5 and not refused[0] and not refused[1],
	)


def _our_post(row) -> tuple[str, str]:
	from cx_desk.surveys import answering

	token = kit.token_of(row)
	question = answering.open_page(token).version["questions"][0]["key"]
	stamp = answering.make_stamp(row, None, time.time() - 30)
	return f"/cx/a/{token}", urlencode({"stamp": stamp, f"q_{question}": "4", "gestures": "3"})


def _their_post(doc) -> tuple[str, str]:
	"""What the host's feedback page sends."""
	values = {
		"doctype": "HD Email Feedback",
		"web_form_name": "email-feedback",
		"key": doc.key,
		"ticket": doc.name,
	}
	body = {"web_form": "email-feedback", "data": frappe.as_json({**values, "feedback_rating": 0.8})}
	return "/api/method/frappe.website.doctype.web_form.web_form.accept", urlencode(body)


def _storm(server: _Server, posts: list[tuple[str, str]], first: int) -> tuple[float, list[int]]:
	"""All posts by 8 clients at once; requests a second, and the statuses of those that were refused."""
	waiting, refused = list(enumerate(posts, first)), []

	def client():
		while waiting:
			try:
				number, (path, body) = waiting.pop()
			except IndexError:
				return
			# The host's limiter counts by address.
			status = server.post(path, body, f"10.0.{number // 250}.{number % 250}")
			if status != 200:
				refused.append(status)

	threads = [threading.Thread(target=client) for _number in range(CLIENTS)]
	begun = time.perf_counter()
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join()
	return len(posts) / (time.perf_counter() - begun), refused


MEASURES = {"P2": answering, "P3": guest_page}
