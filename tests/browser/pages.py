"""Page objects: what a person does on each screen, so that journeys read as sentences."""

import json
import re
import subprocess
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


class Site:
	"""The site behind the screens: address, sign-in, and Python run on it."""

	def __init__(self, url: str, name: str, python: str):
		self.url, self.name, self.python = url, name, python

	def run(self, code: str) -> object:
		"""Run Python on the site as Administrator and commit; what it puts into `result` comes back (as JSON)."""
		script = (
			"import json, sys, frappe\n"
			f"frappe.init({self.name!r}); frappe.connect(); frappe.set_user('Administrator')\n"
			"result = None\n"
			f"{code}\n"
			"frappe.db.commit(); frappe.destroy()\n"
			"print('\\n@@' + json.dumps(result, default=str))\n"
		)
		done = subprocess.run([self.python, "-c", script], capture_output=True, text=True, check=False)
		if done.returncode:
			raise AssertionError(done.stderr[-3000:])
		return json.loads(done.stdout.rpartition("@@")[2])

	def tick(self) -> None:
		"""What the scheduler does within the next minutes: CX Desk's jobs, then the host's mail queue."""
		self.run(
			"from cx_desk import tasks\n"
			"tasks.cx_ask_due(); tasks.cx_act_on_answers()\n"
			"from frappe.email.queue import flush\n"
			"flush(); tasks.cx_follow_delivery()\n"
		)


class Mailbox:
	"""The mail catcher, by its own web API (the same as maildev's)."""

	def __init__(self, url: str):
		self.url = url

	def empty(self) -> None:
		urllib.request.urlopen(urllib.request.Request(f"{self.url}/email/all", method="DELETE"))

	def all(self) -> list[dict]:
		return json.load(urllib.request.urlopen(f"{self.url}/email"))

	def to(self, address: str, words: str = "", seconds: float = 20) -> dict:
		"""The newest mail to an address that holds these words; waits for it, AssertionError when none comes."""
		deadline = time.monotonic() + seconds
		while time.monotonic() < deadline:
			for message in reversed(self.all()):
				reached = {a["address"] for a in message["to"]} | set(
					message.get("envelope", {}).get("to", [])
				)
				if address in reached and words.lower() in message["html"].lower():
					return message
			time.sleep(0.3)
		raise AssertionError(f"no mail to {address}; there are {[m['subject'] for m in self.all()]}")

	@staticmethod
	def link(message: dict, path: str) -> str:
		"""The first link of a mail whose path begins so."""
		found = re.search(rf"https?://[^\s\"'<>]+{re.escape(path)}[^\s\"'<>]*", message["html"])
		assert found, f"no link to {path} in the mail"
		return found.group(0).replace("&amp;", "&")


class Screen:
	"""One signed-in (or guest) browser window."""

	def __init__(self, context: BrowserContext, site: Site, shots: Path):
		self.context, self.site, self.shots = context, site, shots
		self.page: Page = context.new_page()
		self.errors: list[str] = []
		self.page.on("pageerror", lambda error: self.errors.append(str(error)))

	def go(self, path: str) -> "Screen":
		self.page.goto(
			path if path.startswith("http") else self.site.url + path, wait_until="domcontentloaded"
		)
		return self

	def shot(self, name: str) -> None:
		"""A picture for people to look at; never compared by a test."""
		self.shots.mkdir(parents=True, exist_ok=True)
		self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)


class Login(Screen):
	def sign_in(self, user: str, password: str) -> None:
		"""Through the host's own form, as a person does."""
		self.go("/login")
		self.page.locator("#login_email").fill(user)
		self.page.locator("#login_password").fill(password)
		self.page.locator(".btn-login").first.click()
		self.page.wait_for_url(re.compile(r"/(app|apps|desk|helpdesk|me)"), wait_until="domcontentloaded")


class TicketPage(Screen):
	"""An agent's ticket in Helpdesk."""

	def open(self, ticket: str) -> "TicketPage":
		self.go(f"/helpdesk/tickets/{ticket}")
		expect(self.page.get_by_role("button", name="CX", exact=True)).to_be_visible(timeout=30_000)
		return self

	def set_status(self, old: str, new: str) -> None:
		self.page.get_by_role("button", name=old, exact=True).first.click()
		self.page.get_by_role("menuitem", name=new, exact=True).click()
		shown = self.page.get_by_role("button", name=new, exact=True).first
		try:
			expect(shown).to_be_visible(timeout=10_000)
		except AssertionError:
			# The host's screen hears of its own save by socket, which does not run here: it may show the old
			# label until it is loaded again.
			self.page.reload(wait_until="domcontentloaded")
			expect(shown).to_be_visible(timeout=30_000)

	def open_dialog(self) -> "Dialog":
		self.page.get_by_role("button", name="CX", exact=True).click()
		return Dialog(self.page)


class Dialog:
	"""The CX dialog on a ticket: a page of ours in a frame of the host's dialog."""

	def __init__(self, page: Page):
		self.page = page
		self.frame: FrameLocator = page.frame_locator('iframe[src^="/cx/ticket"]')
		expect(self.frame.locator("body")).not_to_be_empty(timeout=15_000)

	def text(self) -> str:
		return self.frame.locator("body").inner_text()


class GuestPage(Screen):
	"""The survey page behind a link; no sign-in."""

	def open(self, link: str) -> "GuestPage":
		self.go(link)
		expect(self.page.locator("form")).to_be_visible()
		return self

	def rate(self, value: int) -> "GuestPage":
		self.page.locator(f'input[type="radio"][value="{value}"]').first.check(force=True)
		return self

	def comment(self, words: str) -> "GuestPage":
		self.page.locator('textarea[name="comment"]').fill(words)
		return self

	def not_solved(self) -> "GuestPage":
		self.page.locator('input[type="checkbox"][name="not_solved"]').check(force=True)
		return self

	def read(self) -> None:
		"""As long as a person at least looks at the page; a form that comes back sooner is taken for a machine's."""
		self.page.wait_for_timeout(2000)

	def send(self) -> None:
		self.page.locator('form button[type="submit"]').first.click()
		self.page.wait_for_load_state("domcontentloaded")


class VoiceList(Screen):
	"""The list of voices in the Desk."""

	def open(self) -> "VoiceList":
		self.go("/app/cx-voice")
		expect(self.page.locator(".list-row-container, .no-result").first).to_be_visible(timeout=30_000)
		return self


class VoiceForm(Screen):
	"""One voice in the Desk, with its moves as buttons."""

	def open(self, name: str) -> "VoiceForm":
		self.go(f"/app/cx-voice/{name}")
		expect(self.page.locator(".cx-moves")).to_be_visible(timeout=30_000)
		return self

	def _button(self, label: str):
		return self.page.locator(".cx-buttons button", has_text=re.compile(f"^{label}", re.I)).first

	def can(self, label: str) -> bool:
		button = self._button(label)
		return button.count() > 0 and button.is_enabled()

	def move(self, label: str, **needs: str) -> None:
		"""Press a move's button, fill in what its dialog asks for, send it, and wait for the form to show it."""
		before = self.page.locator(".cx-path [aria-current]").inner_text()
		self._button(label).click()
		dialog = self.page.locator(".modal.show")
		self.page.wait_for_timeout(400)
		if dialog.count():
			for field, words in needs.items():
				dialog.locator(f'[data-fieldname="{field}"] textarea').fill(words)
			dialog.locator(".btn-modal-primary").click()
		expect(self.page.locator(".cx-path [aria-current]")).not_to_have_text(before, timeout=20_000)
