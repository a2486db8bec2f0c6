"""The host rates the visit on four words: one ledger row when the report is shared, asked through the same invitations."""

import visit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_to_date, now_datetime

from cx_desk.immersion import visits
from cx_desk.surveys import asking, records, shipped, triggers


class TestVisitSurvey(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.people = kit.people()
		kit.kit.mail_account()
		if not frappe.db.exists("CX Survey", shipped.VISIT_SURVEY):
			shipped._make_survey(shipped.VISIT_SURVEY)
		shipped.make_trigger(shipped.VISIT_TRIGGER)

	def setUp(self):
		kit.no_visits()
		frappe.db.set_value("CX Survey", {"kind": "Visit"}, "enabled", 0)
		frappe.db.set_value("CX Survey Trigger", shipped.VISIT_TRIGGER, "enabled", 0)
		triggers.forget()
		self.addCleanup(triggers.forget)

	def share(self):
		doc = kit.held(self.people.agent, report="Seen.")
		visits.move(doc.name, "Shared", key="hand_over", note="on paper")
		return doc.name

	def rows(self, visit):
		return frappe.get_all(
			"CX Survey Invitation", {"event_doctype": "CX Visit", "event_name": visit}, ["*"]
		)

	def switch_on(self):
		doc = frappe.get_doc("CX Survey", shipped.VISIT_SURVEY)
		doc.enabled = 1
		doc.save()
		trigger = frappe.get_doc("CX Survey Trigger", shipped.VISIT_TRIGGER)
		trigger.enabled = 1
		trigger.save()

	def test_off_as_shipped(self):
		self.assertEqual(len(frappe.get_doc("CX Survey", shipped.VISIT_SURVEY).questions), 4)
		self.assertEqual(self.rows(self.share()), [])

	def test_one_row_a_day_after_sharing_and_no_second_one(self):
		self.switch_on()
		visit = self.share()
		row = self.rows(visit)[0]
		self.assertEqual(
			(row.survey, row.recipient, row.unit, row.status),
			(shipped.VISIT_SURVEY, kit.HOST, kit.UNIT, "Pending"),
		)
		self.assertGreater(row.due_at, add_to_date(now_datetime(), hours=23))
		doc = frappe.get_doc("CX Visit", visit)
		records.record_event(doc)
		doc.walk_ups = 3
		doc.save()
		self.assertEqual(len(self.rows(visit)), 1)

	def test_it_is_asked_as_every_survey_is(self):
		self.switch_on()
		visit = self.share()
		name = self.rows(visit)[0].name
		decision = asking.decide_now(name)
		self.assertIn(decision.action, ("Ask", "Wait"), decision)
		if decision.action == "Wait":
			kit.kit.settings(send_from="00:00:00", send_until="23:59:59")
			decision = asking.decide_now(name)
		row = self.rows(visit)[0]
		self.assertEqual((decision.action, row.status), ("Ask", "Queued"))
		message = frappe.db.get_value("Email Queue", row.email_queue, "message")
		self.assertIn("How was our visit", message)

	def test_no_address_is_accounted_for_and_nobody_is_asked(self):
		self.switch_on()
		doc = kit.held(self.people.agent, type="Floor-walk", host_contact=None, report="Seen.")
		visits.move(doc.name, "Shared", key="hand_over", note="to the shift lead")
		decision = asking.decide_now(self.rows(doc.name)[0].name)
		self.assertEqual((decision.action, decision.reason), ("Suppress", "No address"))
