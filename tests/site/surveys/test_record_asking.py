"""Asking about a conversation, a visit or an initiative from its form: whom, what became of it, and who may."""

from types import SimpleNamespace

import survey_kit as kit
import unit_kit
from trigger_kit import UNIT, TriggerCase

import frappe
from frappe.utils import add_to_date, now_datetime

from cx_desk.api import surveys as api
from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.surveys import record_asking


class TestRecordAsking(TriggerCase):
	def setUp(self):
		super().setUp()
		self.addCleanup(frappe.set_user, "Administrator")
		self.ann = kit.person("ann")
		self.contact = frappe.db.get_value("Contact Email", {"email_id": self.ann}, "parent")

	def talk(self, **values):
		return frappe.get_doc(
			{
				"doctype": "CX Conversation",
				"unit": UNIT,
				"who": "Ann",
				"contact": self.contact,
				"notes": "Month end was calm.",
				"starts_on": add_to_date(now_datetime(), hours=-1),
				**values,
			}
		).insert()

	def ask(self, doc, survey, who=""):
		return api.ask_about(doc.doctype, doc.name, survey, who)

	def test_the_dialog_says_whom_it_will_ask_and_afterwards_what_became_of_each(self):
		survey = self.survey("Conversation")
		doc = self.talk(people=[{"side": "Business", "person_name": "Bob", "email": kit.person("bob")}])
		known = api.whom_to_ask(doc.doctype, doc.name)
		self.assertIn({"value": survey, "label": survey}, known["surveys"])
		by_way = {way["value"]: way for way in known["ways"]}
		self.assertIn(self.ann, by_way[events.CONTACT]["people"][0])
		self.assertIn(kit.person("bob"), by_way[events.PARTICIPANTS]["people"][0])
		self.assertIn("Nobody with a mail address", by_way[events.THAT_MATTER]["why_not"])
		self.assertEqual(known["asked"], [])

		done = self.ask(doc, survey)
		self.assertEqual(
			[(one["asked"], one["message"]) for one in done["people"]], [(True, "The survey is on its way.")]
		)
		(row,) = kit.rows(survey=survey)
		self.assertEqual((row.recipient, row.status, row.trigger), (self.ann, ledger.QUEUED, ledger.BY_HAND))

		(before,) = api.whom_to_ask(doc.doctype, doc.name)["asked"]
		self.assertEqual((before["survey"], before["became"]), (survey, "Queued"))
		again = self.ask(doc, survey)
		self.assertEqual((again["count"], again["people"][0]["asked"]), (0, False))
		self.assertIn("still open", again["people"][0]["message"])
		self.assertEqual(len(kit.rows(survey=survey)), 1)

	def test_a_limit_that_holds_is_said_of_the_person_it_holds_for(self):
		survey = self.survey("Conversation")
		self.ask(self.talk(), survey)
		done = self.ask(self.talk(), survey)
		self.assertEqual([one["asked"] for one in done["people"]], [False])
		self.assertIn("asked recently", done["people"][0]["message"])

	def test_what_did_not_take_place_yet_is_not_asked_about(self):
		planned = self.talk(starts_on=add_to_date(now_datetime(), days=2), notes=None)
		planned.run_method("onload")
		self.assertFalse(planned.get_onload("may_ask"))
		with self.assertRaisesRegex(frappe.ValidationError, "once it took place"):
			api.whom_to_ask(planned.doctype, planned.name)

	def test_without_a_survey_that_fits_the_dialog_says_what_to_do(self):
		for name in frappe.get_all("CX Survey", {"kind": "Conversation"}, pluck="name"):
			frappe.db.set_value("CX Survey", name, "enabled", 0)
		doc = self.talk()
		known = api.whom_to_ask(doc.doctype, doc.name)
		self.assertEqual(known["surveys"], [])
		self.assertIn("A CX Manager makes one under CX Survey", known["why_not"])

	def test_nobody_with_an_address_and_a_survey_of_another_kind_are_refused(self):
		doc = self.talk(contact=None)
		survey = self.survey("Conversation")
		with self.assertRaisesRegex(frappe.ValidationError, "Enter an address there first"):
			self.ask(doc, survey)
		with self.assertRaisesRegex(frappe.ValidationError, "asks about this record"):
			self.ask(doc, self.survey("Visit"))
		with self.assertRaisesRegex(frappe.ValidationError, "of this kind"):
			api.whom_to_ask("User", "Administrator")

	def test_who_may_ask(self):
		agent = unit_kit.make_user("asking.agent@desk.example", "Agent")
		other = unit_kit.make_user("asking.other@desk.example", "Agent")
		liaison = unit_kit.make_user("asking.liaison@desk.example", "Agent", "CX Liaison")
		frappe.db.delete("CX Liaison Assignment", {"unit": UNIT})
		unit_kit.assign(UNIT, liaison)
		survey = self.survey("Conversation")
		frappe.set_user(agent)
		doc = self.talk()
		doc.run_method("onload")
		self.assertTrue(doc.get_onload("may_ask"))
		ways = [way["value"] for way in api.whom_to_ask(doc.doctype, doc.name)["ways"]]
		self.assertEqual(ways, [events.CONTACT, events.PARTICIPANTS])
		with self.assertRaisesRegex(frappe.PermissionError, "not one of your units"):
			self.ask(doc, survey, events.THAT_MATTER)
		frappe.set_user(other)
		for door in (lambda: api.whom_to_ask(doc.doctype, doc.name), lambda: self.ask(doc, survey)):
			with self.assertRaises(frappe.PermissionError):
				door()
		frappe.set_user(liaison)
		self.assertIn(
			events.THAT_MATTER, [way["value"] for way in api.whom_to_ask(doc.doctype, doc.name)["ways"]]
		)
		self.assertTrue(self.ask(doc, survey)["people"][0]["asked"])
		frappe.set_user(agent)
		# The ledger is the liaison's to read; an agent sees what they asked themselves.
		self.assertEqual(api.whom_to_ask(doc.doctype, doc.name)["asked"], [])

	def test_many_are_left_to_the_deciding_job(self):
		survey = self.survey("Conversation")
		people = [
			{"side": "Business", "person_name": f"P{number}", "email": f"many{number}@asking.example"}
			for number in range(record_asking.MOST_AT_ONCE + 1)
		]
		done = self.ask(self.talk(people=people), survey, events.PARTICIPANTS)
		self.assertEqual(done["count"], record_asking.MOST_AT_ONCE + 1)
		self.assertIn("within the minute", done["people"][0]["message"])
		self.assertEqual({row.status for row in kit.rows(survey=survey)}, {ledger.PENDING})

	def test_a_record_of_each_kind_in_each_state(self):
		self.assertTrue(events.can_be_asked_about(events.INITIATIVE, "Early life"))
		for kind, state in (
			(events.INITIATIVE, "Draft"),
			(events.TICKET, "Resolved"),
			(events.VISIT, "Planned"),
		):
			self.assertFalse(events.can_be_asked_about(kind, state), SimpleNamespace(kind=kind, state=state))
