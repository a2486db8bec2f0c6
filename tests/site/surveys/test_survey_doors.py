"""The doors: who may ask, try, see and reclassify; what an admin is told; the section in the ticket's dialog."""

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.api import surveys as api
from cx_desk.core import ledger
from cx_desk.surveys import dialog, dry_run, triggers, versions


class TestSurveyDoors(FrappeTestCase):
	def setUp(self):
		kit.switch_on()
		kit.empty()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		triggers.forget()
		frappe.local.message_log = []

	def user(self, name, *roles):
		address = f"{name}@{kit.DOMAIN}"
		if not frappe.db.exists("User", address):
			frappe.get_doc(
				{"doctype": "User", "email": address, "first_name": name, "send_welcome_email": 0}
			).insert(ignore_permissions=True)
		frappe.get_doc("User", address).add_roles(*roles)
		return address

	def test_an_agent_sends_a_survey_from_the_ticket_and_is_told(self):
		frappe.db.set_value("CX Survey Trigger", kit.TICKET_TRIGGER, "enabled", 0)
		triggers.forget()
		doc = kit.resolve(kit.ticket())
		agent, portal = self.user("agent", "Agent"), self.user("portal")
		frappe.set_user(agent)
		self.assertEqual(api.send_now(doc.name), {"asked": True, "message": "The survey is on its way."})
		frappe.set_user(portal)
		with self.assertRaises(frappe.PermissionError):
			api.send_now(doc.name)

	def test_only_managers_reclassify_rebuild_and_test(self):
		frappe.set_user(self.user("agent", "Agent"))
		for call in (
			lambda: api.reclassify("x", "Person"),
			api.rebuild_counts,
			lambda: api.send_me_one(kit.TICKET_SURVEY),
			lambda: api.ask_units(kit.TICKET_SURVEY, []),
			lambda: api.dry_run_of(kit.TICKET_TRIGGER),
		):
			with self.assertRaises(frappe.PermissionError):
				call()

	def test_the_section_in_the_ticket(self):
		found, _token = kit.asked()
		ticket = frappe._dict(name=found.event_name, asked=1, answered=1)
		ctx = frappe._dict(ticket=ticket, user="Administrator")
		dialog.survey_section(ctx)  # warms the caches
		with kit.count_queries() as statements:
			section = dialog.survey_section(ctx)
		self.assertLessEqual(len(statements), 2, statements)
		page = frappe.render_template(section["template"], section["context"])
		self.assertIn("Asked, the mail is on its way", page)
		with kit.count_queries() as statements:
			ctx.ticket.update(asked=0, answered=0)
			self.assertIsNone(dialog.survey_section(ctx))
		self.assertFalse(statements, "nobody looks for what is not there")
		ctx.ticket.update(asked=1, answered=1)
		agent = self.user("agent", "Agent")
		frappe.set_user(agent)
		self.assertIsNone(dialog.survey_section(frappe._dict(ctx, user=agent)))

	def test_a_units_score_is_for_its_people(self):
		found, _token = kit.asked()
		frappe.set_user(self.user("agent", "Agent"))
		self.assertTrue(all(card["hidden"] for card in api.scores_of(found.unit)))

	def test_a_survey_that_cannot_be_answered_is_refused(self):
		def survey(**values):
			return frappe.get_doc(
				{
					"doctype": "CX Survey",
					"survey_name": "Surveytest",
					"subject": "x",
					"kind": "Ticket",
					**values,
				}
			)

		with self.assertRaisesRegex(frappe.ValidationError, "Add at least one question"):
			survey().insert()
		with self.assertRaisesRegex(frappe.ValidationError, "outside its scale"):
			survey(questions=[{"question": "?", "question_type": "CSAT", "low_at_most": 9}]).insert()
		frappe.local.message_log = []
		survey(questions=[{"question": "?", "question_type": "NPS", "low_at_most": 6}]).insert()
		self.assertIn("NPS", str(frappe.local.message_log))

	def test_a_change_of_wording_makes_a_version_and_old_links_keep_theirs(self):
		found, _token = kit.asked()
		survey = frappe.get_doc("CX Survey", kit.TICKET_SURVEY)
		key = survey.questions[0].key
		survey.questions[0].question = "And now?"
		frappe.local.message_log = []
		survey.save()
		self.assertIn("They keep the wording", str(frappe.local.message_log))
		self.assertEqual(survey.questions[0].key, key)
		again, _token = kit.asked("bob")
		self.assertNotEqual(again.survey_version, found.survey_version)
		self.assertNotEqual(versions.load(found.survey_version)["questions"][0]["question"], "And now?")
		self.assertEqual(versions.load(again.survey_version)["questions"][0]["question"], "And now?")
		self.assertEqual(versions.current(kit.TICKET_SURVEY), again.survey_version)
		survey.questions[0].question_type = "CES"
		survey.save()
		self.assertNotEqual(survey.questions[0].key, key)

	def test_a_survey_that_is_off_can_be_chosen_for_a_trigger(self):
		from cx_desk.api import surveys

		frappe.db.set_value("CX Survey", kit.TICKET_SURVEY, "enabled", 0)
		found = surveys.find_surveys("CX Survey", "feed", "name", 0, 10, {"kind": "Ticket"})
		self.assertEqual([row[0] for row in found], [kit.TICKET_SURVEY])
		self.assertEqual(surveys.find_surveys("CX Survey", "feed", "name", 0, 10, {"kind": "Visit"}), [])

	def test_numbers_of_a_new_form_come_as_text(self):
		doc = frappe.get_doc(
			{
				"doctype": "CX Survey Trigger",
				"trigger_name": "Surveytest text",
				"survey": kit.TICKET_SURVEY,
				"audience": "Everyone",
				"sample_percent": "100",
				"quota": "5",
				"quota_days": "90",
				"delay_hours": "24",
			}
		).insert()
		self.assertEqual(frappe.db.get_value(doc.doctype, doc.name, ["sample_percent", "quota"]), (100, 5))

	def test_a_trigger_without_an_audience_is_refused(self):
		def trigger(**values):
			return frappe.get_doc(
				{
					"doctype": "CX Survey Trigger",
					"trigger_name": "Surveytest",
					"survey": kit.TICKET_SURVEY,
					**values,
				}
			)

		with self.assertRaisesRegex(frappe.ValidationError, "Choose the audience"):
			trigger().insert()
		with self.assertRaisesRegex(frappe.ValidationError, "at least one row"):
			trigger(audience="Only where the rows below match").insert()
		with self.assertRaisesRegex(frappe.ValidationError, "share asked"):
			trigger(audience="Everyone", sample_percent=0).insert()
		with self.assertRaisesRegex(frappe.ValidationError, "The survey does not fit|Choose another survey"):
			trigger(audience="Everyone", survey="How is IT doing for you").insert()
		doc = trigger(audience="Everyone").insert()
		self.assertIsNone(doc.enabled_since)
		doc.enabled = 1
		doc.save()
		self.assertTrue(doc.enabled_since)

	def test_an_asked_survey_cannot_be_deleted(self):
		kit.asked()
		with self.assertRaises(frappe.ValidationError):
			frappe.delete_doc("CX Survey", kit.TICKET_SURVEY)

	def test_the_dry_run_says_what_would_have_happened_and_writes_nothing(self):
		for name in ("ann", "bob", "ann"):
			kit.resolve(kit.ticket(kit.person(name)))
		frappe.db.delete("CX Survey Invitation")
		run = dry_run.run(kit.TICKET_TRIGGER)
		self.assertGreaterEqual(run["eligible"], 3)
		self.assertEqual(run["eligible"], run["would_send"] + sum(row["count"] for row in run["reasons"]))
		self.assertIn("Asked recently", [row["reason"] for row in run["reasons"]])
		self.assertEqual(frappe.db.count("CX Survey Invitation"), 0)
		self.assertEqual((run["own_rate"], run["response_rate"]), (False, 0.2))

	def test_nothing_is_kept_in_clear(self):
		found, token = kit.asked()
		self.assertEqual(found.token_hash, ledger.token_hash(token))
		meta = frappe.get_meta("CX Survey Invitation")
		for field in ("token_hash", "reminder_token_hash"):
			self.assertTrue(meta.get_field(field).hidden)
			self.assertTrue(meta.get_field(field).report_hide)
