"""The main job, as its people do it: resolved, asked, answered, owned, told, contested, settled.

An agent resolves a ticket in Helpdesk; the mail arrives; the person answers 2 of 5 and "not solved" on a phone; the
team's lead sees the voice, works, tells; the person says "no, it is not"; the lead works again; the person says yes.
"""

import pytest
from pages import VoiceForm, VoiceList
from playwright.sync_api import expect

LEAD = "browser.lead@desk.example"
MANAGER = "browser.manager@desk.example"
PERSON = "browser.person@business.example"
WORDS = "It printed once and then said offline again. <b>Third time</b> this month."


@pytest.fixture
def asking(site):
	"""The shipped survey and its trigger switched on, without delay or quiet hours; off again afterwards."""
	site.run(
		"from cx_desk.surveys.shipped import make_shipped_surveys; make_shipped_surveys()\n"
		"if not frappe.db.exists('Contact', {'email_id': 'browser.person@business.example'}):\n"
		"	frappe.get_doc({'doctype': 'Contact', 'first_name': 'Petra', 'last_name': 'Person',\n"
		"		'email_ids': [{'email_id': 'browser.person@business.example', 'is_primary': 1}]}).insert()\n"
		"settings = frappe.get_doc('CX Settings')\n"
		"settings.update({'delay_hours': 0, 'send_from': '00:00:00', 'send_until': '23:59:59', 'cooldown_days': 0,\n"
		"	'yearly_budget': 0})\n"
		"settings.save()\n"
		"for name in frappe.get_all('CX Survey Trigger', {'event': 'Ticket resolved'}, pluck='name'):\n"
		"	trigger = frappe.get_doc('CX Survey Trigger', name)\n"
		"	frappe.db.set_value('CX Survey', trigger.survey, 'enabled', 1)\n"
		"	trigger.enabled = 1; trigger.save()\n"
	)
	yield
	site.run(
		"for name in frappe.get_all('CX Survey Trigger', {'enabled': 1}, pluck='name'):\n"
		"	trigger = frappe.get_doc('CX Survey Trigger', name)\n"
		"	trigger.enabled = 0; trigger.save()\n"
		"	frappe.db.set_value('CX Survey', trigger.survey, 'enabled', 0)\n"
		"settings = frappe.get_doc('CX Settings')\n"
		"settings.update({'delay_hours': 4, 'send_from': '00:00:00', 'send_until': '23:59:59', 'cooldown_days': 30,\n"
		"	'yearly_budget': 6})\n"
		"settings.save()\n"
	)


def state_of(site, ticket: str) -> dict:
	return site.run(
		f"result = frappe.db.get_value('CX Voice', {{'ticket': {ticket!r}}},\n"
		"	['name', 'state', 'responsible', 'kind', 'settled_by', 'contested_count'], as_dict=True)"
	)


def test_a_low_answer_is_owned_told_contested_and_settled(
	asking, site, mailbox, window, agent, guest_phone, ticket
):
	mailbox.empty()

	# The agent resolves the ticket in Helpdesk; the ledger row is there at once, the mail when the job has run.
	agent.open(ticket).set_status("Open", "Resolved")
	agent.shot("journey-1-resolved")
	site.tick()
	invitation = mailbox.to(PERSON)
	assert "cannot print" in invitation["html"]

	# The person answers on a phone. The link of the mail only preselects.
	link = mailbox.link(invitation, "/cx/a/").split("?")[0]
	guest_phone.open(f"{link}?r=2")
	assert guest_phone.page.locator('input[type="radio"][value="2"]').first.is_checked()
	guest_phone.not_solved().comment(WORDS)
	guest_phone.shot("journey-2-answer-phone")
	guest_phone.read()
	guest_phone.send()
	expect(guest_phone.page.locator("h1")).to_contain_text("Thank")
	guest_phone.shot("journey-3-thanks-phone")

	# The voice has its owner, the lead of the ticket's team.
	site.tick()
	voice = state_of(site, ticket)
	assert voice["responsible"] == LEAD
	assert voice["state"] in ("Heard", "Owned")
	voices = window(VoiceList, LEAD).open()
	voices.shot("journey-4-list")
	form = window(VoiceForm, LEAD).open(voice["name"])
	form.shot("journey-5-voice")
	if voice["state"] == "Heard":
		form.move("Take it on")
	form.move("Done", outcome="Replaced the fuser and watched ten jobs print.")
	form.move("Tell")
	form.shot("journey-6-told")

	# The person hears what was done, and says that it is not settled.
	site.tick()
	told = mailbox.to(PERSON)
	assert "Replaced the fuser" in told["html"]
	guest_phone.go(mailbox.link(told, "/cx/v/"))
	guest_phone.shot("journey-7-settle-phone")
	guest_phone.page.locator('textarea[name="sentence"]').fill("It failed again this morning.")
	guest_phone.read()
	guest_phone.page.get_by_role("button", name="No, it is not").click()
	expect(guest_phone.page.locator("h1")).to_contain_text("not settled")
	site.tick()
	assert state_of(site, ticket)["contested_count"] == 1

	# Again, and this time it holds.
	form.open(voice["name"])
	expect(form.page.locator("body")).to_contain_text("It failed again this morning.")
	form.shot("journey-8-contested")
	if form.can("Take it on"):
		form.move("Take it on")
	mailbox.empty()
	form.move("Done", outcome="A new printer stands there since noon.")
	form.move("Tell")
	site.tick()
	guest_phone.go(mailbox.link(mailbox.to(PERSON), "/cx/v/"))
	guest_phone.read()
	guest_phone.page.get_by_role("button", name="Yes, settled").click()
	expect(guest_phone.page.locator("h1")).to_contain_text("settled")
	guest_phone.shot("journey-9-settled-phone")
	settled = state_of(site, ticket)
	assert (settled["state"], settled["settled_by"]) == ("Settled", "The person")

	# The agent sees it in the ticket, the manager in the Monday mail.
	agent.page.reload()
	dialog = agent.open(ticket).open_dialog()
	assert "Third time" in dialog.text()
	agent.shot("journey-10-dialog")
	mailbox.empty()
	# Forced: the site's other tests may have sent this week's already.
	site.run("from cx_desk.units import monday_mail; monday_mail.send(force=True)")
	site.tick()
	mailbox.to(MANAGER, "told and settled")
	assert not guest_phone.errors
	assert not form.errors
