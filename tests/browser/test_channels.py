"""A poster answered on a phone and twice from one device; the question on the portal's ticket page, and the next one.

The desk's manager makes the link in the Desk and prints its poster; somebody scans it. A person of the business, signed
in to the portal, answers about one ticket where it stands and about the other on the page of open questions.
"""

import re

import pytest
from pages import GuestPage, Screen
from playwright.sync_api import expect
from prepare import PASSWORD
from test_no_voice_lost import asking

__all__ = ["asking"]

MANAGER = "browser.manager@desk.example"
PORTAL = "browser.portal@business.example"
SURVEY = "Ticket feedback"


class LinkForm(Screen):
	"""A CX Survey Link in the Desk."""

	def open(self, name: str) -> "LinkForm":
		self.go(f"/app/cx-survey-link/{name}")
		expect(self.page.locator("[data-fieldname=link_html] svg")).to_be_visible(timeout=30_000)
		return self


class PortalTicket(Screen):
	"""A ticket on Helpdesk's portal, with the question in its dialog."""

	def sign_in(self, user: str) -> None:
		# By the browser itself: it knows names below .localhost, and the machine may not.
		self.go("/login")
		signed_in = self.page.evaluate(
			"([usr, pwd]) => fetch('/api/method/login', {method: 'POST', body: new URLSearchParams({usr, pwd})})"
			".then((answer) => answer.ok)",
			[user, PASSWORD],
		)
		assert signed_in

	def open(self, ticket: str) -> "PortalTicket":
		self.go(f"/helpdesk/my-tickets/{ticket}")
		expect(self.page.get_by_text("Activity").first).to_be_visible(timeout=30_000)
		return self

	@property
	def button(self):
		return self.page.get_by_role("button", name="How did it go?")

	@property
	def question(self):
		return self.page.frame_locator('iframe[src^="/cx/mine"]')


@pytest.fixture
def link(site):
	"""A poster about the shipped survey, switched on; gone afterwards."""
	found = site.run(
		"from cx_desk.surveys.shipped import make_shipped_surveys; make_shipped_surveys()\n"
		f"frappe.db.set_value('CX Survey', {SURVEY!r}, 'enabled', 1)\n"
		f"frappe.clear_document_cache('CX Survey', {SURVEY!r})\n"
		"doc = frappe.get_doc({'doctype': 'CX Survey Link', 'title': 'Browser canteen', 'survey': "
		f"{SURVEY!r}}}).insert()\n"
		"result = {'name': doc.name, 'code': doc.code}"
	)
	yield found
	site.run(
		f"names = frappe.get_all('CX Survey Response', {{'event_name': {found['name']!r}}}, pluck='name')\n"
		"frappe.db.delete('CX Survey Answer', {'parent': ('in', names or [''])})\n"
		"frappe.db.delete('CX Survey Response', {'name': ('in', names or [''])})\n"
		f"frappe.db.delete('CX Survey Link', {{'name': {found['name']!r}}})\n"
		f"frappe.db.set_value('CX Survey', {SURVEY!r}, 'enabled', 0)"
	)


def test_a_poster_is_printed_scanned_and_answered_twice_from_one_device(site, window, link):
	form = window(LinkForm, MANAGER).open(link["name"])
	assert f"/cx/s/{link['code']}" in form.page.locator("[data-fieldname=link_html]").inner_text()
	form.shot("link_form")

	poster = window(Screen, MANAGER).go(f"/cx/poster?name={link['name']}")
	expect(poster.page.locator(".code svg")).to_be_visible()
	# One sheet: nothing is cut off and nothing begins a second page.
	assert poster.page.evaluate(
		"[...document.querySelectorAll('.inner > *')].every(part => part.scrollHeight <= part.clientHeight + 1)"
	)
	poster.shot("poster")

	phone = window(GuestPage, None, phone=True).open(f"/cx/s/{link['code']}")
	expect(phone.page.get_by_text("Browser canteen")).to_be_visible()
	phone.rate(5)
	phone.read()
	phone.send()
	expect(phone.page.get_by_role("heading", name="Thank you")).to_be_visible()
	phone.page.get_by_role("link", name="Let somebody else answer").click()
	expect(phone.page.get_by_text("somebody answered here already")).to_be_visible()
	phone.shot("link_again_phone")
	phone.rate(2)
	phone.read()
	phone.send()
	expect(phone.page.get_by_role("heading", name="Thank you")).to_be_visible()
	counted = site.run(
		f"result = frappe.get_all('CX Survey Response', {{'event_name': {link['name']!r}}},\n"
		"	['score', 'channel', 'respondent_key'], order_by='score')"
	)
	assert [row["score"] for row in counted] == [2, 5]
	assert all(row["channel"] == "Poster" and not row["respondent_key"] for row in counted)


@pytest.fixture
def two_tickets(site, asking):
	"""A portal user with two resolved tickets, asked about both."""
	found = site.run(
		f"if not frappe.db.exists('User', {PORTAL!r}):\n"
		f"	frappe.get_doc({{'doctype': 'User', 'email': {PORTAL!r}, 'first_name': 'Paula', 'user_type': 'Website User',\n"
		"		'send_welcome_email': 0}).insert(ignore_permissions=True)\n"
		f"doc = frappe.get_doc('User', {PORTAL!r}); doc.new_password = {PASSWORD!r}\n"
		"doc.flags.ignore_password_policy = True; doc.save(ignore_permissions=True)\n"
		"frappe.db.set_single_value('HD Settings', 'is_feedback_mandatory', 0)\n"
		f"frappe.db.set_value('CX Survey Invitation', {{'recipient': {PORTAL!r}}}, 'status', 'Expired')\n"
		"result = []\n"
		"for subject in ('Browser: first of two', 'Browser: second of two'):\n"
		"	ticket = frappe.get_doc({'doctype': 'HD Ticket', 'subject': subject, 'description': 'x', 'raised_by': "
		f"{PORTAL!r}}}).insert(ignore_permissions=True)\n"
		"	ticket = frappe.get_doc('HD Ticket', ticket.name); ticket.status = 'Resolved'; ticket.save()\n"
		"	result.append(str(ticket.name))"
	)
	site.tick()
	return found


def test_answered_on_the_portal_and_the_next_one_is_named(site, window, two_tickets):
	first, second = two_tickets
	portal = window(PortalTicket)
	portal.sign_in(PORTAL)
	portal.open(first)
	expect(portal.button).to_be_visible(timeout=20_000)
	portal.button.click()
	expect(portal.question.get_by_text("Browser: first of two", exact=True)).to_be_visible(timeout=20_000)
	portal.shot("portal_question")
	portal.question.locator('input[type="radio"][value="4"]').check(force=True)
	portal.question.locator('form button[type="submit"]').click()
	expect(portal.question.get_by_role("heading", name="Thank you")).to_be_visible()
	expect(portal.question.get_by_text("One more question waits for you")).to_be_visible()
	portal.shot("portal_thanks")
	portal.question.get_by_role("link", name=re.compile("^Answer$")).click()
	expect(portal.question.get_by_text("Browser: second of two", exact=True)).to_be_visible()
	portal.question.locator('input[type="radio"][value="2"]').check(force=True)
	portal.question.locator('form button[type="submit"]').click()
	expect(portal.question.get_by_role("heading", name="Thank you")).to_be_visible()
	answered = site.run(
		f"result = frappe.get_all('CX Survey Response', {{'event_name': ('in', {[first, second]!r})}},\n"
		"	['event_name', 'score', 'channel', 'kind'], order_by='score desc')"
	)
	assert [(row["event_name"], row["score"], row["channel"], row["kind"]) for row in answered] == [
		(first, 4, "Portal", "Person"),
		(second, 2, "Portal", "Person"),
	]
	# Nothing is asked any more: no button.
	portal.open(second)
	portal.page.wait_for_timeout(2500)
	assert portal.button.count() == 0
	assert not portal.errors
