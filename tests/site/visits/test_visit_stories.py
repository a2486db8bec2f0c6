"""Stories: shared by who answers for the unit, beside what the records say, to who may open them; page and PDF."""

import re

import visit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils.pdf import get_pdf

from cx_desk.api import visits as api
from cx_desk.immersion import stories
from cx_desk.units import voices


class TestStories(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.addCleanup(frappe.set_user, "Administrator")
		self.people = kit.people()
		kit.no_visits()
		self.visit = kit.held(self.people.agent, report="The gate waits for the printer.")
		found = {
			"before": [40] * 6,
			"after": [20] * 6,
			"weeks": 6,
			"note": "",
			"verdict": "No clear change",
			"ratio": 0.5,
			"low": 0.2,
			"high": 1.1,
			"detectable": 0.5,
			"compared": False,
			"units": 0,
		}
		values = {
			"effect_question": "?",
			"effect_verdict": found["verdict"],
			"effect_result": frappe.as_json(found),
		}
		frappe.db.set_value("CX Visit", self.visit.name, values)
		self.voice = voices.hear(
			"Want", "Tell us before the till changes.", unit=kit.UNIT, source_name="Paul"
		)

	def story(self, **values):
		doc = frappe.get_doc(
			{
				"doctype": "CX Story",
				"title": "  The gate no longer   waits ",
				"unit": kit.UNIT,
				"before": "The gate waited for the printer.",
				"did": "We moved the night job.",
				"after": "It prints at six.",
				"evidence": [
					self.row("How it was", "CX Voice", self.voice),
					self.row("How it is now", "CX Visit", self.visit.name),
				],
				**values,
			}
		)
		return doc.insert()

	def row(self, part, record_type, record, shows="As they said it."):
		return {"part": part, "record_type": record_type, "record": record, "shows": shows}

	def test_an_agent_writes_it_and_the_liaison_shares_it(self):
		frappe.set_user(self.people.agent)
		doc = self.story(
			evidence=[
				self.row("How it was", "CX Visit", self.visit.name),
				self.row("How it is now", "CX Visit", self.visit.name),
			]
		)
		self.assertEqual((doc.title, doc.state), ("The gate no longer waits", "Draft"))
		with self.assertRaisesRegex(frappe.ValidationError, "liaison or a manager decides"):
			api.move_story(doc.name, "Shared")
		frappe.set_user(self.people.liaison)
		self.assertEqual(api.move_story(doc.name, "Shared")["state"], "Shared")
		doc.reload()
		self.assertTrue(doc.shared_on)
		doc.after = "It prints at four."
		with self.assertRaisesRegex(frappe.ValidationError, "stands as it was shared"):
			doc.save()
		with self.assertRaisesRegex(frappe.ValidationError, "why it is taken back"):
			api.move_story(doc.name, "Withdrawn")
		api.move_story(doc.name, "Withdrawn", reason="The printer broke again.")
		api.move_story(doc.name, "Draft")
		doc.reload()
		self.assertEqual((doc.state, doc.shared_on, doc.reason), ("Draft", None, None))

	def test_a_state_that_is_typed_is_judged_like_the_button(self):
		doc = self.story(after="")
		doc.state = "Shared"
		with self.assertRaisesRegex(frappe.ValidationError, "Write how it is after"):
			doc.save()
		made = self.story(state="Shared", shared_on="2020-01-01")
		self.assertEqual((made.state, made.shared_on), ("Draft", None))

	def test_the_page_says_what_the_record_says_and_names_nobody(self):
		doc = self.story()
		read = stories.read(doc)
		said = read.parts[2].evidence[0].says
		self.assertIn("Verdict: No clear change.", said)
		self.assertIn("240 tickets in the 6 weeks before, 120", said)
		earlier = self.story(evidence=[self.row("How it was", "CX Visit", self.visit.name)])
		self.assertNotIn("Verdict", stories.read(earlier).parts[0].evidence[0].says)
		page = frappe.render_template("templates/includes/cx_story.html", {"story": read})
		self.assertIn("Tell us before the till changes.", page)
		for name in ("Paul", "Hanna"):
			self.assertNotIn(name, page)

	def test_who_may_not_open_a_record_reads_the_sentence_alone(self):
		doc = self.story()
		frappe.db.set_value("CX Story", doc.name, "owner", self.people.stranger)
		frappe.set_user(self.people.stranger)
		doc = frappe.get_doc("CX Story", doc.name)
		doc.check_permission("read")
		evidence = stories.read(doc).parts[2].evidence[0]
		self.assertEqual((evidence.says, evidence.link), ("", ""))
		self.assertEqual(evidence.shows, "As they said it.")

	def test_evidence_that_is_closed_confidential_gone_or_twice_is_refused(self):
		frappe.set_user(self.people.stranger)
		with self.assertRaisesRegex(frappe.ValidationError, "may not open"):
			self.story()
		frappe.set_user("Administrator")
		frappe.db.set_value("CX Voice", self.voice, "confidential", 1)
		with self.assertRaisesRegex(frappe.ValidationError, "confidential"):
			self.story()
		twice = [self.row("How it is now", "CX Visit", self.visit.name)] * 2
		with self.assertRaisesRegex(frappe.ValidationError, "twice"):
			self.story(evidence=twice)
		with self.assertRaisesRegex(frappe.ValidationError, "what the record shows"):
			self.story(evidence=[self.row("How it is now", "CX Visit", self.visit.name, shows="  ")])
		with self.assertRaises(frappe.LinkValidationError):
			self.story(evidence=[self.row("How it is now", "CX Visit", "CXG-99999")])

	def test_a_record_that_goes_holds_sharing_back_and_is_not_blocked_by_the_story(self):
		ticket = frappe.get_doc(
			{
				"doctype": "HD Ticket",
				"subject": "Gate",
				"description": "x",
				"raised_by": "hanna@voicetest.example",
			}
		).insert()
		doc = self.story(
			evidence=[
				self.row("How it was", "HD Ticket", str(ticket.name)),
				self.row("How it is now", "CX Visit", self.visit.name),
			]
		)
		self.assertIn("“Gate”", stories.read(doc).parts[0].evidence[0].says)
		frappe.delete_doc("HD Ticket", ticket.name)
		doc.reload()
		with self.assertRaisesRegex(frappe.ValidationError, "Row 1 of the evidence is gone"):
			api.move_story(doc.name, "Shared")
		self.assertEqual(stories.read(doc).parts[0].evidence[0].says, "")

	def test_markup_stays_text_on_the_page_and_on_paper(self):
		doc = self.story(title="<script>alert(1)</script>", before="<b>x</b> {{ 7919*7919 }}")
		for text in (
			frappe.render_template("templates/includes/cx_story.html", {"story": stories.read(doc)}),
			frappe.get_print("CX Story", doc.name, "CX Story"),
		):
			self.assertNotIn("<script>alert", text)
			self.assertNotIn("<b>x</b>", text)
			self.assertNotIn(str(7919 * 7919), text)

	def test_as_pdf(self):
		doc = self.story()
		html = frappe.get_print("CX Story", doc.name, "CX Story")
		# No server answers here for the style sheets that the host puts around it.
		pdf = get_pdf(re.sub(r"<link[^>]*>|<img[^>]*>", "", html))
		self.assertTrue(pdf.startswith(b"%PDF"))
		self.assertGreater(len(pdf), 3000)

	def test_who_reads_it(self):
		doc = self.story()
		for user, may in (
			(self.people.liaison, True),
			(self.people.manager, True),
			(self.people.stranger, False),
		):
			frappe.set_user(user)
			self.assertEqual(bool(frappe.has_permission("CX Story", "read", doc.name)), may, user)
			self.assertEqual(bool(frappe.get_list("CX Story", {"name": doc.name})), may, user)
