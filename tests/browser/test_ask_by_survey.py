"""Asking about a conversation from its form: the dialog names whom it asks, and says what became of each."""

import pytest
from pages import Screen
from playwright.sync_api import expect

LIAISON = "browser.lead@desk.example"
UNIT, SURVEY = "Browser Treasury", "Browser: how was our talk"

PREPARE = f"""
from frappe.utils import add_days, now_datetime, nowdate
if not frappe.db.exists("CX Business Unit", {UNIT!r}):
    frappe.get_doc(dict(doctype="CX Business Unit", unit_name={UNIT!r}, tier="Pooled")).insert()
for doctype in ("CX Conversation", "CX Liaison Assignment"):
    for name in frappe.get_all(doctype, {{"unit": {UNIT!r}}}, pluck="name"):
        frappe.delete_doc(doctype, name, force=True)
frappe.db.delete("CX Survey Invitation", {{"unit": {UNIT!r}}})
frappe.db.delete("CX Contact Preference", {{"contact": ["like", "Tom Treasurer%"]}})
frappe.get_doc(dict(doctype="CX Liaison Assignment", unit={UNIT!r}, user={LIAISON!r}, role="Liaison",
    from_date=add_days(nowdate(), -100))).insert()
contact = frappe.db.get_value("Contact", {{"email_id": "tom@treasury.example"}})
if not contact:
    contact = frappe.get_doc(dict(doctype="Contact", first_name="Tom", last_name="Treasurer",
        email_ids=[dict(email_id="tom@treasury.example", is_primary=1)])).insert().name
frappe.db.set_single_value("CX Settings", {{"send_from": "00:00:00", "send_until": "23:59:59"}})
if not frappe.db.exists("CX Survey", {SURVEY!r}):
    frappe.get_doc(dict(doctype="CX Survey", survey_name={SURVEY!r}, kind="Conversation", enabled=1, privacy="Named",
        language="en", subject="How was our talk?",
        questions=[dict(question="How was it?", question_type="CSAT", low_at_most=2)])).insert()
frappe.db.set_value("CX Survey", {{"kind": "Conversation", "name": ["!=", {SURVEY!r}]}}, "enabled", 0)
frappe.db.set_value("CX Survey", {SURVEY!r}, "enabled", 1)
frappe.clear_cache()
talk = frappe.get_doc(dict(doctype="CX Conversation", unit={UNIT!r}, who="Tom Treasurer", contact=contact,
    notes="The payment run was late.", starts_on=add_days(now_datetime(), -1))).insert()
result = talk.name
"""


class Talk(Screen):
	"""The form of a conversation."""

	def open(self, name: str) -> "Talk":
		self.go(f"/app/cx-conversation/{name}")
		expect(self.page.get_by_role("button", name="Ask by survey").first).to_be_visible(timeout=30_000)
		return self

	@property
	def dialog(self):
		return self.page.locator(".modal.show")

	def ask(self) -> None:
		self.page.get_by_role("button", name="Ask by survey").first.click()
		expect(self.dialog).to_contain_text("Ask by survey")


@pytest.fixture
def talk(site, window) -> Talk:
	return window(Talk, LIAISON).open(site.run(PREPARE))


def test_it_says_whom_it_asks_and_what_became_of_it(talk, site):
	talk.ask()
	expect(talk.dialog).to_contain_text("Will be asked")
	expect(talk.dialog).to_contain_text("Tom Treasurer (tom@treasury.example)")
	talk.shot("ask-by-survey")
	talk.dialog.get_by_role("button", name="Send the survey").click()
	expect(talk.dialog).to_contain_text("The survey is on its way.")
	rows = site.run(
		f"result = frappe.get_all('CX Survey Invitation', {{'unit': {UNIT!r}}}, ['recipient', 'status', 'asked_by'])"
	)
	assert rows == [{"recipient": "tom@treasury.example", "status": "Queued", "asked_by": LIAISON}]

	talk.page.keyboard.press("Escape")
	expect(talk.dialog).to_be_hidden()
	talk.ask()
	expect(talk.dialog).to_contain_text("Asked before:")
	talk.dialog.get_by_role("button", name="Send the survey").click()
	expect(talk.dialog).to_contain_text("the question is still open")
	assert not talk.errors


def test_without_a_survey_it_says_who_switches_one_on(talk, site):
	site.run(f"frappe.db.set_value('CX Survey', {SURVEY!r}, 'enabled', 0); frappe.clear_cache()")
	talk.page.get_by_role("button", name="Ask by survey").first.click()
	expect(talk.dialog).to_contain_text("A CX Manager makes one under CX Survey")
