"""Go and see: on the phone without reception, triage, the report to the host, and their word on it."""

import pytest
from playwright.sync_api import expect
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
		" ['kind', 'statement', 'name', 'source_type', 'source_email', 'responsible'], order_by='creation')"
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
	Image.new("RGB", (4000, 3000), "orange").save(picture, exif=exif)
	phone.keep("The printer is switched off every hour.", kind="Seen", photo=str(picture))
	phone.keep("You came within ten minutes.", "Paul from gate 12", kind="Praise")
	phone.expect_entry("switched off", "waiting")
	assert "kept on this phone" in phone.state()
	assert phone.kept_photo() == [1600, 1200], "made small before it waits for reception"
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
	assert voices[0]["source_email"] == "browser.host@business.example", (
		"whose name is known needs no address"
	)
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


def test_one_entry_sent_four_times_at_once_is_taken_once(window, site, visit):
	phone = window(PhonePage, AGENT, phone=True)
	phone.open(visit)
	codes = phone.page.evaluate(
		"""async (visit) => {
			const asked = await fetch("/api/method/cx_desk.api.visits.fresh_token");
			const token = (await asked.json()).message.csrf_token;
			const send = () => {
				const form = new FormData();
				const values = { visit, entry: "browser-at-once-0123456789", kind: "Seen", statement: "A queue." };
				for (const [name, value] of Object.entries(values)) form.append(name, value);
				return fetch("/api/method/cx_desk.api.visits.take_entry", {
					method: "POST", body: form, headers: { "X-Frappe-CSRF-Token": token },
				}).then((response) => response.status);
			};
			const codes = await Promise.all([send(), send(), send(), send()]);
			return [...codes, await send()];
		}""",
		visit,
	)
	assert set(codes) <= {200, 409}, codes
	assert codes[-1] == 200, "asked again it is known"
	assert len(heard(site, visit)) == 1


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


MANAGER = "browser.manager@desk.example"

PLANT = """
import datetime
root = frappe.db.get_value('CX Business Unit', {'parent_cx_business_unit': ('is', 'not set')})
today = frappe.utils.getdate()
def unit(name, parent):
	if not frappe.db.exists('CX Business Unit', name):
		frappe.get_doc({'doctype': 'CX Business Unit', 'unit_name': name, 'parent_cx_business_unit': parent,
			'is_group': int(name == 'Browser Plant')}).insert()
	return name
plant = unit('Browser Plant', root)
halls = [unit('Browser Hall ' + letter, plant) for letter in 'ABCD']
frappe.db.delete('CX Visit', {'unit': ('in', halls)})
frappe.db.delete('HD Ticket', {'subject': 'Browser: plant'})
rows = []
for number, hall in enumerate(halls):
	for day in range(1, 300):
		for turn in range(2 + (day + number) % 3):
			at = today - datetime.timedelta(days=day)
			rows.append((930000000 + len(rows), 'Browser: plant', hall, at, 0, '[]', at, at))
frappe.db.bulk_insert('HD Ticket', ['name', 'subject', 'cx_business_unit', 'opening_date', 'is_merged', '_assign',
	'creation', 'modified'], rows)
result = plant
"""

TIME_PASSES = """
import datetime
doc = frappe.get_doc('CX Visit', %r)
held = frappe.utils.get_datetime(frappe.utils.add_days(frappe.utils.nowdate(), -100)).replace(hour=9)
frappe.db.set_value('CX Visit', doc.name, {'state': 'Held', 'starts_on': held, 'creation': held,
	'ends_on': held + datetime.timedelta(hours=2), 'effect_weeks': 8, 'effect_chosen_days': 14}, update_modified=False)
frappe.db.set_value('CX Visit Round', doc.visit_round, 'made_on', held.date())
frappe.db.sql("delete from `tabHD Ticket` where subject = 'Browser: plant' and cx_business_unit = %%s"
	" and opening_date > %%s and mod(cast(name as unsigned), 4) > 0", (doc.unit, held.date()))
"""


def test_from_the_planners_proposal_to_the_verdict(window, site):
	plant = site.run(PLANT)
	form = window(VisitForm, MANAGER)
	form.go("/app/cx-visit-round/new")
	form.page.locator('[data-fieldname="unit"] input').first.click()
	form.page.locator('[data-fieldname="unit"] input').first.press_sequentially(plant, delay=20)
	# The host asks the server whether the unit is there, and takes it only then.
	with form.page.expect_response(lambda response: "validate_link" in response.url):
		form.page.locator('[data-fieldname="unit"] [role="option"]', has_text=plant).first.click()
	form.page.locator('[data-fieldname="slots"] input').first.fill("1")
	form.page.keyboard.press("Tab")
	form.page.locator('button[data-label="Save"]').first.click()
	plan = form.page.get_by_role("button", name="Plan it")
	expect(plan).to_be_visible(timeout=20_000)
	assert "never visited" in form.page.locator('[data-fieldname="proposals_html"]').inner_text()
	form.shot("visit-round")
	plan.click()
	link = form.page.get_by_role("link", name="Planned: CXG")
	expect(link).to_be_visible(timeout=20_000)
	visit = link.get_attribute("href").rsplit("/", 1)[1]

	form.open(visit).expect_state("Planned")
	form.tab("Did it change anything?").press("Lock the question")
	form.page.locator(".modal.show").get_by_role("button", name="Yes").click()
	expect(form.page.get_by_text("It is judged on")).to_be_visible(timeout=20_000)
	form.shot("visit-locked")

	site.run(TIME_PASSES % visit)
	form.open(visit).tab("Did it change anything?").press("Work it out")
	verdict = form.page.locator('[data-fieldname="effect_html"] .indicator-pill')
	expect(verdict).to_be_visible(timeout=20_000)
	form.shot("visit-verdict")
	words = form.page.locator('[data-fieldname="effect_html"]').inner_text()
	assert "8 weeks before" in words
	assert "cannot be told how differently places change" in words, "one comparison unit was not drawn"
	assert not form.errors
