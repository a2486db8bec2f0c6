"""A manager says when and whom to ask: in words, tried over the last 90 days, switched on; also on a phone."""

import pytest
from playwright.sync_api import expect
from trigger_pages import TriggerForm

MANAGER = "browser.manager@desk.example"
NAME = "Browser: asked a day later"


@pytest.fixture
def tidy(site):
	code = (
		"from cx_desk.surveys.shipped import make_shipped_surveys; make_shipped_surveys()\n"
		f"frappe.delete_doc_if_exists('CX Survey Trigger', {NAME!r}, force=True)\n"
		"frappe.db.set_value('CX Survey', 'Ticket feedback', 'enabled', 0)\n"
		"frappe.clear_document_cache('CX Survey', 'Ticket feedback')\n"
	)
	site.run(code)
	yield
	site.run(code)


def test_from_the_first_choice_to_switched_on(tidy, site, window):
	form = window(TriggerForm, MANAGER).new()
	expect(form.step).to_contain_text("Save it switched off")
	expect(form.sentence).to_contain_text("Choose when")

	# What can be asked follows from the event.
	form.choose("event", "Initiative reached a stage").choose("reached_stage", "Handed over")
	form.choose("audience", "Everyone")
	expect(form.sentence).to_contain_text("The sponsor of every initiative is asked")
	assert form.options("respondent") == ["Sponsor", "Requester", "Affected users", "People that matter"]

	form.choose("event", "Ticket resolved").enter("delay_hours", "24")
	expect(form.sentence).to_have_text("Everyone who raised a ticket is asked a day after it was resolved.")
	form.enter("trigger_name", NAME).link("survey", "Ticket feedback")
	form.save()
	expect(form.step).to_contain_text("Next: look at the dry run below")
	expect(form.dry_run).to_contain_text("last 90 days")
	form.shot("trigger-1-dry-run")

	form.press("Switch on")
	expect(form.step).to_contain_text("Nobody is asked yet: the survey Ticket feedback is switched off")
	form.shot("trigger-2-survey-off")
	site.run(
		"frappe.db.set_value('CX Survey', 'Ticket feedback', 'enabled', 1)\n"
		"frappe.clear_document_cache('CX Survey', 'Ticket feedback')\n"
	)
	form.open(NAME)
	expect(form.step).to_contain_text("On since")


def test_a_survey_that_does_not_fit_is_refused_with_what_to_do(tidy, window):
	form = window(TriggerForm, MANAGER).new()
	form.choose("audience", "Only where the rows below match")
	form.enter("trigger_name", NAME).link("survey", "Ticket feedback")
	form.save()
	expect(form.page.locator(".modal.show .msgprint")).to_contain_text("Add at least one row")
	form.shot("trigger-3-refused")


def test_on_a_phone_nothing_runs_off_the_screen(tidy, site, window):
	form = window(TriggerForm, MANAGER, phone=True).open("Ticket resolved: ask the requester")
	expect(form.dry_run).to_contain_text("last 90 days")
	form.shot("trigger-4-phone")
	assert not form.is_wider_than_the_screen()
