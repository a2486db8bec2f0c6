"""The yearly review by survey: asked from the form of the unit, answered on a phone, the gap and the wants on the form."""

import re

import pytest
from pages import GuestPage, Screen
from playwright.sync_api import expect

LIAISON = "browser.lead@desk.example"
UNIT = "Browser Reviews"
WANTS = ("Ask before you close a ticket", "One person who knows our terminals")

PREPARE = f"""
from frappe.utils import add_days, nowdate
from cx_desk.surveys import shipped
shipped.make_shipped_surveys()
frappe.db.set_value("CX Survey", shipped.REVIEW_SURVEY, "enabled", 1)
frappe.clear_document_cache("CX Survey", shipped.REVIEW_SURVEY)
for field, value in (("send_from", "00:00:00"), ("send_until", "00:00:00")):
    frappe.db.set_single_value("CX Settings", field, value)
if not frappe.db.exists("CX Business Unit", {UNIT!r}):
    frappe.get_doc(dict(doctype="CX Business Unit", unit_name={UNIT!r}, tier="Named", headcount=80)).insert()
for doctype in ("CX Conversation", "CX Voice", "CX Liaison Assignment"):
    for name in frappe.get_all(doctype, {{"unit": {UNIT!r}}}, pluck="name"):
        frappe.delete_doc(doctype, name, force=True)
for name in frappe.get_all("CX Survey Response", {{"unit": {UNIT!r}}}, pluck="name"):
    frappe.db.delete("CX Survey Answer", {{"parent": name}})
    frappe.db.delete("CX Survey Response", {{"name": name}})
frappe.db.delete("CX Survey Invitation", {{"unit": {UNIT!r}}})
frappe.get_doc(dict(doctype="CX Liaison Assignment", unit={UNIT!r}, user={LIAISON!r}, role="Liaison",
    from_date=add_days(nowdate(), -100))).insert()
contact = frappe.db.get_value("Contact", {{"email_id": "rosa@reviews.example"}})
if not contact:
    contact = frappe.get_doc(dict(doctype="Contact", first_name="Rosa", last_name="Reviewer",
        email_ids=[dict(email_id="rosa@reviews.example", is_primary=1)])).insert().name
frappe.db.delete("CX Contact Preference")
unit = frappe.get_doc("CX Business Unit", {UNIT!r})
unit.set("people", [dict(contact=contact, role="Sponsor")])
unit.set("wants", [dict(words=words, said_by=contact) for words in {WANTS!r}])
unit.save()
frappe.get_doc(dict(doctype="CX Conversation", unit={UNIT!r}, who="Rosa Reviewer", contact=contact,
    type="Service review", starts_on=add_days(frappe.utils.now_datetime(), 7), our_level="4 Trusted advisor",
    our_evidence="They called us first.")).insert()
"""

LINK = """
import email, email.policy, re
row = frappe.get_last_doc("CX Survey Invitation", {"unit": "Browser Reviews"})
mail = email.message_from_string(frappe.db.get_value("Email Queue", row.email_queue, "message"), policy=email.policy.default)
text = mail.get_body(("plain",)).get_content()
result = dict(status=row.status, text=text, token=re.search(r"/cx/a/([A-Za-z0-9_-]+)", text).group(1))
"""


class UnitForm(Screen):
	"""The form of a business unit."""

	def open(self, unit: str) -> "UnitForm":
		self.go(f"/app/cx-business-unit/{unit}")
		expect(self.sides).to_contain_text("Strategic partner", timeout=30_000)
		return self

	@property
	def sides(self):
		return self.page.locator("[data-fieldname=level_html]")

	def ask(self) -> str:
		"""Ask the sponsor; what the desk is told."""
		self.sides.get_by_role("button", name="Ask them by survey").click()
		dialog = self.page.locator(".modal.show")
		expect(dialog.locator("select")).to_contain_text("Rosa Reviewer (Sponsor)")
		dialog.get_by_role("button", name="Send the survey").click()
		told = self.page.locator(".msgprint")
		expect(told).to_be_visible(timeout=20_000)
		return told.inner_text()


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_asked_answered_and_the_gap_is_the_result(site, window, phone):
	site.run(PREPARE)
	form = window(UnitForm, LIAISON, phone=phone).open(UNIT)
	expect(form.sides).to_contain_text("We have said ours")
	assert "on its way" in form.ask()

	sent = site.run(LINK)
	assert sent["status"] == "Queued"
	assert "Your contact at the service desk: Lena Lead, browser.lead@desk.example" in sent["text"]

	guest = window(GuestPage, None, phone=phone).open(f"/cx/a/{sent['token']}")
	for want in WANTS:
		expect(guest.page.locator("legend", has_text=want)).to_have_count(2)
	expect(guest.page.get_by_text("browser.lead@desk.example")).to_be_visible()
	assert guest.page.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1440)
	guest.page.locator("label.choice", has_text="Order taker").click()
	for want in guest.page.locator("fieldset").all()[1:]:
		want.locator("label.choice:not(.none)").last.click()
	for place, words in enumerate(("You do what we order.", "Come to our planning.")):
		guest.page.locator("textarea").nth(place).fill(words)
	guest.read()
	guest.shot(f"yearly-review-{'phone' if phone else 'desktop'}")
	guest.send()
	expect(guest.page.get_by_role("heading", name="Thank you")).to_be_visible()
	expect(guest.page.get_by_text("Your liaison reads it")).to_be_visible()

	site.run("from cx_desk import tasks\ntasks.cx_act_on_answers()\n")
	form.open(UNIT)
	expect(form.sides).to_contain_text("We think 2 steps higher of it than they do")
	expect(form.sides).to_contain_text("You do what we order.")
	expect(form.sides).to_contain_text("They called us first.")
	expect(form.sides.locator("li", has_text=re.compile("2 Order taker"))).to_contain_text("They")
	form.shot(f"both-sides-{'phone' if phone else 'desktop'}")
	asked = site.run(
		f"result = frappe.get_all('CX Unit Want', {{'parent': {UNIT!r}}}, ['importance', 'how_we_do'])"
	)
	assert asked == [{"importance": "5", "how_we_do": "5"}] * 2
	assert not form.errors
	assert not guest.errors
