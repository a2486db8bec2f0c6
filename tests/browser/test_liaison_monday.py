"""A liaison's Monday on a phone: whom to call, a conversation logged with a promise in at most ten taps."""

import pytest
from pages import Screen
from playwright.sync_api import expect

LIAISON = "browser.lead@desk.example"
UNIT = "Browser Payments"
MOST_TAPS, MOST_FIELDS = 10, 3

PREPARE = f"""
from frappe.utils import add_days, nowdate
if not frappe.db.exists("CX Business Unit", {UNIT!r}):
    frappe.get_doc(dict(doctype="CX Business Unit", unit_name={UNIT!r}, tier="Named", headcount=80)).insert()
frappe.db.set_value("CX Business Unit", {UNIT!r}, "creation", add_days(nowdate(), -200))
for doctype in ("CX Conversation", "CX Voice", "CX Signal", "CX Liaison Assignment"):
    for name in frappe.get_all(doctype, {{"unit": {UNIT!r}}}, pluck="name"):
        frappe.delete_doc(doctype, name, force=True)
frappe.get_doc(dict(doctype="CX Liaison Assignment", unit={UNIT!r}, user={LIAISON!r}, role="Liaison",
    from_date=add_days(nowdate(), -100))).insert()
contact = frappe.db.get_value("Contact", {{"email_id": "paula@pay.example"}})
if not contact:
    contact = frappe.get_doc(dict(doctype="Contact", first_name="Paula", last_name="Payer",
        email_ids=[dict(email_id="paula@pay.example", is_primary=1)])).insert().name
unit = frappe.get_doc("CX Business Unit", {UNIT!r})
unit.set("people", [dict(contact=contact, role="Sponsor")])
unit.save()
from cx_desk.relationship import lights
lights.write_week()
"""


class MyBusiness(Screen):
	"""The page of a liaison's Monday; counts the taps."""

	taps = 0

	def open(self) -> "MyBusiness":
		self.go("/app/my-business")
		expect(self.section("contacts")).to_be_visible(timeout=30_000)
		return self

	def section(self, key: str):
		return self.page.locator(f".cx-section-{key}")

	def tap(self, target) -> None:
		self.taps += 1
		target.tap() if self.page.evaluate("'ontouchstart' in window") else target.click()

	def log(self, unit: str, person: str, said: str, promise: str) -> None:
		"""Log a conversation with a promise for next week, by tapping."""
		self.tap(self.page.get_by_role("button", name=f"Log a conversation: {unit}").first)
		dialog = self.page.locator(".modal.show")
		expect(dialog).to_be_visible()
		self.tap(dialog.locator(".cx-chips button", has_text=person))
		self.tap(dialog.locator("[data-fieldname=said] textarea"))
		self.page.keyboard.type(said)
		self.tap(dialog.get_by_role("button", name="We promised something"))
		field = dialog.locator("[data-fieldname=promise] textarea")
		expect(field).to_be_focused()
		self.page.keyboard.type(promise)
		self.tap(dialog.locator(".cx-chips button", has_text="In a week"))
		self.tap(dialog.locator(".modal-footer .btn-primary:visible"))
		expect(dialog).to_be_hidden()


@pytest.fixture
def monday(site, window):
	site.run(PREPARE)

	def make(phone: bool) -> MyBusiness:
		return window(MyBusiness, LIAISON, phone=phone).open()

	return make


def test_from_opening_the_page_to_a_logged_promise_on_a_phone(monday, site):
	page = monday(phone=True)
	expect(page.section("contacts")).to_contain_text(UNIT)
	expect(page.section("contacts")).to_contain_text("Paula Payer, Sponsor")
	page.shot("liaison-monday-phone")
	width = page.page.evaluate("document.documentElement.scrollWidth")
	assert width <= 390, f"the page is {width} wide on a phone"

	page.log(UNIT, "Paula", "Month end was calm.", "We name one person for terminals")

	assert page.taps <= MOST_TAPS, f"{page.taps} taps"
	expect(page.section("contacts").locator(".cx-title", has_text=UNIT)).to_have_count(0)
	expect(page.section("voices")).to_contain_text("We name one person for terminals")
	kept = site.run(
		f"talk = frappe.get_last_doc('CX Conversation', {{'unit': {UNIT!r}}})\n"
		f"voice = frappe.get_last_doc('CX Voice', {{'unit': {UNIT!r}}})\n"
		"from cx_desk.relationship import cadence\n"
		f"kept = cadence.standings([{UNIT!r}])[{UNIT!r}]\n"
		"result = dict(state=talk.state, who=talk.who, contact=bool(talk.contact), notes=talk.notes,"
		" kind=voice.kind, owner=voice.responsible, days=kept.days, standing=kept.state)\n"
	)
	assert kept == {
		"state": "Held",
		"who": "Paula Payer",
		"contact": True,
		"notes": "Month end was calm.",
		"kind": "Promise",
		"owner": LIAISON,
		"days": 0,
		"standing": "In time",
	}
	assert not page.errors


def test_the_dialog_asks_for_three_things_and_keeps_what_was_typed_when_one_is_missing(monday):
	page = monday(phone=True)
	page.tap(page.page.get_by_role("button", name=f"Log a conversation: {UNIT}").first)
	dialog = page.page.locator(".modal.show")
	required = dialog.locator(".frappe-control:visible .reqd:visible, .frappe-control:visible.has-error")
	assert required.count() <= MOST_FIELDS
	dialog.locator("[data-fieldname=said] textarea").fill("Only this")
	dialog.locator(".modal-footer .btn-primary:visible").tap()
	expect(page.page.get_by_text("Missing Values Required").first).to_be_visible()
	expect(dialog.locator("[data-fieldname=said] textarea").first).to_have_value("Only this")


def test_on_a_desktop_with_the_keyboard(monday):
	page = monday(phone=False)
	expect(page.section("lights")).to_contain_text("What they feel")
	page.shot("liaison-monday-desktop")
	summary = page.section("lights").locator("summary").first
	summary.focus()
	page.page.keyboard.press("Enter")
	expect(page.section("lights").locator(".cx-input").first).to_be_visible()
	assert not page.errors


def test_when_it_cannot_be_loaded_the_page_says_so_and_tries_again(monday):
	page = monday(phone=True)
	path = "**/api/method/cx_desk.api.relationship.my_business*"
	page.page.route(path, lambda route: route.fulfill(status=500, content_type="application/json", body="{}"))
	page.page.reload()
	alert = page.page.locator(".cx-empty[role=alert]")
	expect(alert).to_contain_text("What you logged is safe", timeout=30_000)
	expect(page.page.locator(".modal.show")).to_have_count(0)
	page.shot("liaison-monday-error")
	page.page.unroute(path)
	alert.get_by_role("button", name="Try again").tap()
	expect(page.section("contacts")).to_be_visible(timeout=30_000)
