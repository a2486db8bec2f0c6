"""Go and see: on the phone without reception, triage, the report to the host, and their word on it."""

import pytest
from visit_pages import HostPage, PhonePage, VisitForm

AGENT, LEAD = "browser.agent@desk.example", "browser.lead@desk.example"
UNIT = "Browser Warehouse"

PREPARE = f"""
import datetime
root = frappe.db.get_value('CX Business Unit', {{'parent_cx_business_unit': ('is', 'not set')}})
if not frappe.db.exists('CX Business Unit', {UNIT!r}):
	frappe.get_doc({{'doctype': 'CX Business Unit', 'unit_name': {UNIT!r}, 'parent_cx_business_unit': root}}).insert()
if not frappe.db.exists('CX Liaison Assignment', {{'unit': {UNIT!r}}}):
	frappe.get_doc({{'doctype': 'CX Liaison Assignment', 'unit': {UNIT!r}, 'user': {LEAD!r}, 'role': 'Liaison',
		'from_date': '2020-01-01'}}).insert()
if not frappe.db.exists('CX Driver', 'Browser waiting'):
	frappe.get_doc({{'doctype': 'CX Driver', 'driver_name': 'Browser waiting'}}).insert()
frappe.db.delete('CX Visit', {{'unit': {UNIT!r}}})
start = frappe.utils.now_datetime().replace(microsecond=0) + datetime.timedelta(minutes=%d)
doc = frappe.get_doc({{'doctype': 'CX Visit', 'unit': {UNIT!r}, 'type': 'Shadowing', 'host_name': 'Hanna Host',
	'host_email': 'browser.host@business.example', 'starts_on': start, 'place': 'Hall 3',
	'questions': 'What would you never report?',
	'people': [{{'side': 'Desk', 'user': {AGENT!r}}}]}})
frappe.set_user({AGENT!r}); doc.insert(ignore_permissions=True); frappe.set_user('Administrator')
result = doc.name
"""


@pytest.fixture
def visit(site) -> str:
	"""A visit of the agent that begins in a minute."""
	return site.run(PREPARE % 1)


def heard(site, visit):
	return site.run(
		"result = frappe.get_all('CX Voice', {'origin': ('like', 'visit:" + visit + ":%')},"
		" ['kind', 'statement', 'name', 'source_type', 'responsible'], order_by='creation')"
	)


def test_the_phone_page_loses_nothing_without_reception(window, site, visit, tmp_path):
	from PIL import Image

	phone = window(PhonePage, AGENT, phone=True)
	phone.open(visit).ready_without_reception()
	phone.shot("visit-phone")
	phone.keep("I write the pick on my hand.", "Hanna Host")
	phone.expect_entry("on my hand", "sent")

	phone.context.set_offline(True)
	picture = tmp_path / "printer.jpg"
	exif = Image.Exif()
	exif[0x8825] = {1: "N", 2: (52.0, 30.0, 0.0)}
	exif[0x010F] = "PhoneMaker"
	Image.new("RGB", (400, 300), "orange").save(picture, exif=exif)
	phone.keep("The printer is switched off every hour.", kind="Seen", photo=str(picture))
	phone.keep("You came within ten minutes.", "Paul from gate 12", kind="Praise")
	phone.expect_entry("switched off", "waiting")
	assert "kept on this phone" in phone.state()
	assert len(heard(site, visit)) == 1
	phone.page.reload()
	phone.expect_entry("ten minutes", "waiting")
	phone.shot("visit-phone-offline")

	phone.context.set_offline(False)
	phone.expect_entry("switched off", "sent")
	phone.expect_entry("ten minutes", "sent")
	phone.page.reload()
	phone.page.wait_for_timeout(1500)
	voices = heard(site, visit)
	assert [row["kind"] for row in voices] == ["Said", "Seen", "Praise"], "each once"
	assert all(row["responsible"] for row in voices)
	kept = site.run(
		"import io; from PIL import Image\n"
		f"file = frappe.get_doc('File', {{'attached_to_name': {voices[1]['name']!r}}})\n"
		"picture = Image.open(io.BytesIO(file.get_content()))\n"
		"result = [file.is_private, picture.format, dict(picture.getexif()), b'PhoneMaker' in file.get_content()]"
	)
	assert kept == [1, "JPEG", {}, False]
	phone.shot("visit-phone-sent")
	assert not phone.errors


def test_an_entry_that_is_refused_says_why_and_can_be_corrected(window, site, visit):
	phone = window(PhonePage, AGENT, phone=True)
	phone.open(visit)
	phone.keep("", "Hanna")
	assert "Write one sentence" in phone.page.locator("#answer").inner_text()
	phone.keep("A new badge, please.", "Hanna", kind="Ticket")
	assert "mail address" in phone.page.locator("#answer").inner_text()
	site.run(f"frappe.db.set_value('CX Visit', {visit!r}, 'state', 'Closed')")
	phone.keep("Too late.", "Hanna")
	phone.expect_entry("Too late", "refused")
	assert "Choose another visit" in phone.entry("Too late").inner_text()
	phone.shot("visit-phone-refused")
	site.run(f"frappe.db.set_value('CX Visit', {visit!r}, 'state', 'Planned')")
	phone.entry("Too late").get_by_role("button", name="Correct it").click()
	phone.keep("Not too late.", "Hanna")
	phone.expect_entry("Not too late", "sent")
	assert [row["statement"] for row in heard(site, visit)] == ["Not too late."]


def test_from_the_phone_to_the_hosts_word(window, site, visit, mailbox):
	phone = window(PhonePage, AGENT, phone=True)
	phone.open(visit)
	phone.page.get_by_role("button", name="Begin", exact=True).click()
	phone.keep("I cannot print at six.", "browser.person@business.example", kind="Ticket")
	phone.expect_entry("cannot print at six", "sent")
	assert "Ticket" in phone.entry("cannot print at six").inner_text()
	phone.page.get_by_role("button", name="Finish", exact=True).click()
	phone.expect_entry("The visit is finished", "sent")

	form = window(VisitForm, LEAD)
	form.open(visit).expect_state("Held")
	form.tab("Heard").shot("visit-heard")
	form.triage("I cannot print at six.", "Browser waiting", "Stops one person", "Ticket")
	form.tab("Report").write("report", "The printer of hall 3 is cold at six.")
	form.write("what_next", "We move the night job to five.").save()
	form.tab("Details").press("Send the report to the host")
	form.page.locator(".modal.show").get_by_role("button", name="Yes").click()
	form.expect_state("Shared")

	mailbox.empty()
	site.tick()
	message = mailbox.to("browser.host@business.example")
	host = window(HostPage, None, phone=True)
	host.open(mailbox.link(message, "/cx/h/")).shot("visit-host")
	assert "cold at six" in host.page.locator("main").inner_text()
	host.say("correct", "It is cold at five as well.")
	assert "We will correct the report" in host.page.locator("h1").inner_text()
	host.shot("visit-host-corrected")
	assert site.run(f"result = frappe.db.get_value('CX Visit', {visit!r}, 'host_word')") == "Corrected"

	form.open(visit).shot("visit-corrected")
	assert "Amend it first" in form.page.locator('[data-fieldname="moves_html"]').inner_text()
	assert not form.errors
