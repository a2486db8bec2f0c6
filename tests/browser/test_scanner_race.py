"""A mail scanner races a person on both sides: every link by GET and HEAD, posts without a gesture, before and after.

The machine is two programs: one that fetches and posts without a browser, and a browser that runs the page's script and
sends the form by itself. The person's answer stands in the end, named and anonymous alike.
"""

import html
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest
from pages import GuestPage, Screen
from playwright.sync_api import expect
from test_no_voice_lost import PERSON, asking  # noqa: F401 (a fixture)

SURVEY = "Browser anonymous"
UNIT = "Browser crowd"
CROWD = 12
_LINK = re.compile(r"https?://[^\s\"'<>]+/cx/[^\s\"'<>]+")
_FIELD = re.compile(r'<input type="(?:hidden|radio)" name="([^"]+)" value="([^"]*)"')


class Machine:
	"""Follows what it finds and has no hands."""

	def __init__(self, window):
		self.window = window

	def fetch(self, link: str, method: str = "GET", data: dict | None = None) -> str:
		body = urllib.parse.urlencode(data).encode() if data is not None else None
		parts = urllib.parse.urlsplit(link)
		# The browser knows names below .localhost, the machine may not.
		request = urllib.request.Request(
			parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl(),
			data=body,
			method=method,
			headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Safari/537.36", "Host": parts.netloc},
		)
		try:
			return urllib.request.urlopen(request).read().decode()
		except urllib.error.HTTPError as refused:
			return refused.read().decode()

	def look_at(self, mail: dict) -> None:
		"""Every link of a mail and of the pages behind it."""
		links = sorted({html.unescape(link) for link in _LINK.findall(mail["html"])})
		assert links
		for link in links:
			for method in ("HEAD", "GET"):
				page = self.fetch(link, method)
			for found in re.findall(r'href="([^"#]+)"', page):
				self.fetch(urllib.parse.urljoin(link, html.unescape(found)))

	def post_without_a_browser(self, link: str) -> None:
		page = self.fetch(link)
		self.fetch(
			link, "POST", {html.unescape(name): html.unescape(value) for name, value in _FIELD.findall(page)}
		)

	def post_with_a_browser(self, link: str) -> None:
		"""The page's script runs; the first choice is ticked and the form sent, without key, pointer or touch."""
		screen = self.window(Screen, None)
		screen.go(link)
		if screen.page.locator("form.answer").count():
			screen.page.wait_for_timeout(1800)
			screen.page.evaluate(
				"() => { const f = document.querySelector('form.answer');"
				"const r = f.querySelector('input[type=radio]'); if (r) r.checked = true;"
				"f.requestSubmit ? f.requestSubmit() : f.submit(); }"
			)
			screen.page.wait_for_load_state("domcontentloaded")

	def strike(self, mail: dict, link: str) -> None:
		self.look_at(mail)
		self.post_without_a_browser(link)
		self.post_with_a_browser(link)


@pytest.fixture
def machine(window) -> Machine:
	return Machine(window)


def answer_as_a_person(phone: GuestPage, link: str, value: int) -> None:
	phone.open(link)
	phone.rate(value)
	phone.read()
	phone.send()
	if "once more" in phone.page.content():
		phone.read()
		phone.send()
	expect(phone.page.locator("h1")).to_contain_text("Thank")


def test_named(asking, site, mailbox, guest_phone, machine, ticket):  # noqa: F811
	mailbox.empty()
	site.run(
		f"doc = frappe.get_doc('HD Ticket', {ticket!r}); doc.status = 'Resolved'; doc.save()\n"
		"from cx_desk.host import limiter\n"
		"for pattern in ('cx_rate:*', 'cx_links:*', 'cx_trap:*'):\n"
		"	frappe.cache.delete_keys(pattern)\n"
	)
	site.tick()
	mail = mailbox.to(PERSON)
	link = mailbox.link(mail, "/cx/a/").split("?")[0]
	state = (
		f"name = frappe.db.get_value('CX Survey Invitation', {{'event_name': {ticket!r}, 'event_doctype': 'HD Ticket'}})\n"
		"result = [frappe.db.get_value('CX Survey Invitation', name, 'status')] + sorted(\n"
		"	[row.kind, row.score] for row in frappe.get_all('CX Survey Response', {'invitation': name}, ['kind', 'score']))"
	)

	machine.strike(mail, link)
	before = site.run(state)
	assert before[0] in ("Queued", "Sent"), before
	assert {kind for kind, _score in before[1:]} == {"Suspected machine"}, before

	answer_as_a_person(guest_phone, f"{link}?r=5", 5)
	guest_phone.shot("race-1-person-after-machine")
	answered = site.run(state)
	assert answered[0] == "Answered"
	assert ["Person", 5] in answered[1:]

	machine.strike(mail, link)
	after = site.run(state)
	assert after[0] == "Answered"
	assert [row for row in after[1:] if row[0] == "Person"] == [["Person", 5]], after
	# Nothing that a link alone does was done: the person still gets surveys.
	assert not site.run(
		"from cx_desk.core import ledger\n"
		f"result = frappe.db.get_value('CX Contact Preference', {{'address_hash': ledger.address_key({PERSON!r})}}, 'opted_out')"
	)
	assert not guest_phone.errors


@pytest.fixture
def anonymous(asking, site):  # noqa: F811
	"""An anonymous survey, and a dozen people of one unit who are asked."""
	site.run(
		f"if not frappe.db.exists('CX Survey', {SURVEY!r}):\n"
		f"	frappe.get_doc({{'doctype': 'CX Survey', 'survey_name': {SURVEY!r}, 'kind': 'Relationship', 'enabled': 1,\n"
		"		'privacy': 'Anonymous', 'language': 'en', 'subject': 'How is IT doing for you?', 'questions':\n"
		"		[{'question': 'How satisfied are you with IT?', 'question_type': 'CSAT', 'required': 1}]}).insert()\n"
		f"if not frappe.db.exists('CX Business Unit', {UNIT!r}):\n"
		"	top = frappe.db.get_value('CX Business Unit', {'parent_cx_business_unit': ['is', 'not set']})\n"
		f"	unit = frappe.get_doc({{'doctype': 'CX Business Unit', 'unit_name': {UNIT!r}, 'parent_cx_business_unit': top}})\n"
		f"	for number in range({CROWD}):\n"
		"		contact = frappe.get_doc({'doctype': 'Contact', 'first_name': f'Crowd {number}', 'email_ids':\n"
		"			[{'email_id': f'crowd{number}@business.example', 'is_primary': 1}]}).insert()\n"
		"		unit.append('people', {'contact': contact.name})\n"
		"	unit.insert()\n"
		f"frappe.db.delete('CX Survey Invitation', {{'survey': {SURVEY!r}}})\n"
		"frappe.db.delete('CX Anonymous Code'); frappe.db.delete('CX Anonymous Response')\n"
	)
	yield SURVEY
	site.run(
		f"frappe.db.set_value('CX Survey', {SURVEY!r}, 'enabled', 0)\n"
		f"frappe.db.delete('CX Survey Invitation', {{'survey': {SURVEY!r}}})\n"
		"frappe.db.delete('CX Anonymous Code'); frappe.db.delete('CX Anonymous Response')\n"
	)


def test_anonymous(anonymous, site, mailbox, window, guest_phone, machine):
	mailbox.empty()
	people = site.run(f"from cx_desk.surveys import waves; result = waves.ask({SURVEY!r}, [{UNIT!r}])")
	assert people == CROWD
	site.tick()
	mail = mailbox.to("crowd3@business.example")
	assert "?r=" not in mail["html"]
	link = mailbox.link(mail, "/cx/n/")
	kept = (
		"result = [frappe.db.count('CX Anonymous Code'), frappe.get_all('CX Anonymous Response', pluck='score'),\n"
		"	frappe.db.count('CX Survey Response', {'survey': '%s'})]" % SURVEY
	)

	machine.strike(mail, link)
	assert site.run(kept) == [CROWD, [], 0]

	guest_phone.open(link)
	guest_phone.page.get_by_text("What is stored, and for how long").click()
	guest_phone.shot("race-2-anonymous-form-phone")
	wide = window(GuestPage, None)
	wide.open(link).shot("race-2-anonymous-form-desktop")
	answer_as_a_person(guest_phone, link, 2)
	guest_phone.shot("race-3-anonymous-thanks-phone")
	assert site.run(kept) == [CROWD - 1, [2], 0]

	machine.strike(mail, link)
	assert site.run(kept) == [CROWD - 1, [2], 0]
	guest_phone.go(link)
	expect(guest_phone.page.locator("h1")).to_contain_text("no longer open")
	guest_phone.shot("race-4-anonymous-closed-phone")
	# German, as its mail would ask for it; and a link that was never one.
	german = link.replace("/cx/n/en.", "/cx/n/de.")
	guest_phone.go(german)
	guest_phone.shot("race-5-anonymous-closed-german-phone")
	assert not guest_phone.errors
