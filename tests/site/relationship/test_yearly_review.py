"""The yearly review by survey and in the meeting: both sides' level, the gap, and two questions about each want."""

from unittest.mock import patch

import survey_kit
import unit_kit as kit
from relationship_kit import RollbackCase, liaison_of

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate

from cx_desk.api import relationship as api
from cx_desk.core import yearly_review as core
from cx_desk.core.conversation import LEVELS
from cx_desk.relationship import both_sides, wants
from cx_desk.surveys import answering, shipped, versions

SPONSOR = "petra.sponsor@review.example"


class TestYearlyReview(RollbackCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		survey_kit.switch_on()
		shipped.make_shipped_surveys()
		frappe.db.set_value("CX Survey", shipped.REVIEW_SURVEY, "enabled", 1)
		frappe.clear_document_cache("CX Survey", shipped.REVIEW_SURVEY)
		cls.liaison = liaison_of(kit.RETAIL, "review.liaison@desk.example")
		if not frappe.db.exists("Contact Email", {"email_id": SPONSOR}):
			kit.make_contact(SPONSOR)
		cls.contact = frappe.db.get_value("Contact Email", {"email_id": SPONSOR}, "parent")

	def setUp(self):
		super().setUp()
		doc = frappe.get_doc("CX Business Unit", kit.RETAIL)
		doc.set("people", [{"contact": self.contact, "role": "Sponsor"}])
		doc.set(
			"wants",
			[
				{
					"words": "Ask before you <b>close</b>",
					"said_by": self.contact,
					"figure": "Own figure",
					"our_value": 9,
					"our_target": 5,
				},
				{"words": "One person who knows us", "said_by_name": "Rita"},
			],
		)
		doc.save()
		self.wants = [row.name for row in doc.wants]
		frappe.set_user(self.liaison)

	def ask(self):
		said = api.ask_sponsor(kit.RETAIL)
		row = frappe.get_all(
			"CX Survey Invitation",
			filters={"survey": shipped.REVIEW_SURVEY},
			fields=["*"],
			order_by="creation desc",
			limit=1,
		)
		return said, row[0] if row else None

	def answer(self, row, **form):
		frappe.set_user("Administrator")
		with patch("cx_desk.core.machine.judge", return_value=("Person", ())):
			page = answering.submit(
				survey_kit.token_of(row), {f"q_{key}": value for key, value in form.items()}
			)
		self.assertEqual(page.view, answering.THANKS, page.errors)

	def test_the_sponsor_is_asked_for_the_level_and_two_questions_of_each_want(self):
		said, row = self.ask()
		self.assertTrue(said["asked"], said)
		self.assertEqual((row.recipient, row.unit, row.contact), (SPONSOR, kit.RETAIL, self.contact))
		keys = [question["key"] for question in versions.load(row.survey_version)["questions"]]
		self.assertEqual(
			keys,
			[
				core.LEVEL,
				*(prefix + name for name in self.wants for prefix in (core.IMPORTANT, core.HOW_WE_DO)),
				core.EVIDENCE,
				core.NEXT_STEP,
			],
		)

	def test_the_answer_is_the_other_side_and_the_gap_is_the_result(self):
		api.plan_review(kit.RETAIL)
		frappe.db.set_value(
			"CX Conversation", {"unit": kit.RETAIL}, {"our_level": LEVELS[3], "our_evidence": "Board paper"}
		)
		self.assertIn("not asked yet", both_sides.shown(kit.RETAIL).text)
		_said, row = self.ask()
		self.answer(
			row,
			**{
				core.LEVEL: "1",
				core.EVIDENCE: "You do what we order.",
				core.NEXT_STEP: "Come to our planning.",
			},
		)
		frappe.set_user(self.liaison)
		shown = api.both_sides(kit.RETAIL)
		self.assertEqual((shown["theirs"]["number"], shown["ours"]["number"], shown["gap"]), (2, 4, 2))
		self.assertEqual(shown["theirs"]["evidence"], "You do what we order.")
		self.assertEqual(shown["theirs"]["next_step"], "Come to our planning.")
		self.assertEqual(shown["ours"]["evidence"], "Board paper")
		self.assertEqual(shown["text"], "We think 2 steps higher of it than they do")
		pack = api.review_pack(frappe.db.get_value("CX Conversation", {"unit": kit.RETAIL}))
		self.assertEqual((pack.level.theirs.number, pack.level.gap), (2, 2))

	def test_answers_about_wants_stand_on_the_unit_with_their_mark(self):
		_said, row = self.ask()
		first, second = self.wants
		self.answer(
			row,
			**{core.IMPORTANT + first: "4", core.HOW_WE_DO + first: "0", core.IMPORTANT + second: "2"},
		)
		self.assertEqual(wants.take_answers(), 2)
		doc = frappe.get_doc("CX Business Unit", kit.RETAIL)
		self.assertEqual(
			[(w.importance, w.how_we_do) for w in doc.wants],
			[("5", "1"), ("3", "")] if doc.wants[1].how_we_do == "" else [("5", "1"), ("3", None)],
		)
		self.assertEqual(doc.wants[0].mark, "They feel worse")
		self.assertEqual(getdate(doc.wants[0].asked_on), getdate(nowdate()))
		self.assertEqual(wants.take_answers(), 0, "the same answer is taken once")

	def test_german_people_are_asked_in_german(self):
		_said, row = self.ask()
		version = versions.load(row.survey_version)
		german = version["translations"]["de"]
		for question in version["questions"]:
			self.assertIn(question["question"], german)
			for option in question["options"].splitlines():
				self.assertIn(option, german)
				self.assertNotEqual(german[option], option)

	def test_words_of_the_answer_are_heard_as_a_voice(self):
		from cx_desk.surveys import acting

		_said, row = self.ask()
		self.answer(row, **{core.LEVEL: "1", core.EVIDENCE: "Nobody told us of the update."})
		name = frappe.db.get_value("CX Survey Response", {"invitation": row.name})
		self.assertTrue(acting.act(name))

	def test_nobody_is_asked_twice_and_each_refusal_says_what_to_do(self):
		self.ask()
		with self.assertRaisesRegex(frappe.ValidationError, "have not answered yet"):
			api.ask_sponsor(kit.RETAIL)
		with self.assertRaisesRegex(frappe.ValidationError, "not among the people that matter"):
			api.ask_sponsor(kit.RETAIL, contact="Somebody")
		frappe.set_user("Administrator")
		frappe.db.set_value("CX Survey", shipped.REVIEW_SURVEY, "enabled", 0)
		frappe.clear_document_cache("CX Survey", shipped.REVIEW_SURVEY)
		frappe.db.delete("CX Survey Invitation", {"survey": shipped.REVIEW_SURVEY})
		with self.assertRaisesRegex(frappe.ValidationError, "switched off"):
			api.ask_sponsor(kit.RETAIL)
		frappe.db.set_value("CX Survey", shipped.REVIEW_SURVEY, "enabled", 1)
		frappe.clear_document_cache("CX Survey", shipped.REVIEW_SURVEY)
		frappe.db.set_value("Contact", self.contact, "email_id", "")
		with self.assertRaisesRegex(frappe.ValidationError, "no mail address"):
			api.ask_sponsor(kit.RETAIL)
		frappe.db.delete("CX Unit Person", {"parent": kit.RETAIL})
		with self.assertRaisesRegex(frappe.ValidationError, "has no sponsor"):
			api.ask_sponsor(kit.RETAIL)

	def test_a_liaison_of_another_unit_is_refused(self):
		frappe.set_user(kit.make_user("review.other@desk.example", "CX Liaison"))
		for call in (api.ask_sponsor, api.both_sides):
			with self.assertRaises(frappe.PermissionError):
				call(kit.RETAIL)

	def test_somebody_who_is_not_named_on_the_unit_does_not_speak_for_it(self):
		_said, row = self.ask()
		self.answer(row, **{core.LEVEL: "4"})
		frappe.db.delete("CX Unit Person", {"parent": kit.RETAIL})
		self.assertIsNone(both_sides.of_unit(kit.RETAIL).theirs)

	def test_an_admins_words_stay(self):
		doc = frappe.get_doc("CX Survey", shipped.REVIEW_SURVEY)
		frappe.set_user("Administrator")
		doc.subject = "Ours"
		doc.save()
		shipped.make_shipped_surveys()
		self.assertEqual(frappe.db.get_value("CX Survey", shipped.REVIEW_SURVEY, "subject"), "Ours")

	# In the meeting.

	def test_the_review_lists_the_wants_and_gives_the_answers_to_the_unit_when_held(self):
		doc = frappe.get_doc("CX Conversation", api.plan_review(kit.RETAIL))
		self.assertEqual([row.want for row in doc.wants], self.wants)
		rows = [row.name for row in doc.wants]
		doc.save()
		self.assertEqual([row.name for row in doc.wants], rows, "no row is made anew")
		doc.wants[0].importance, doc.wants[0].how_we_do = "4", "2"
		doc.save()
		self.assertFalse(frappe.db.get_value("CX Unit Want", self.wants[0], "importance"), "not said yet")
		held = now_datetime()
		frappe.db.set_value("CX Conversation", doc.name, "starts_on", add_days(held, -1))
		api.move_conversation(doc.name, "Held", notes="All said.")
		row = frappe.db.get_value(
			"CX Unit Want", self.wants[0], ["importance", "how_we_do", "mark", "asked_on"], as_dict=True
		)
		self.assertEqual((row.importance, row.how_we_do, row.mark), ("4", "2", "They feel worse"))
		self.assertEqual(getdate(row.asked_on), getdate(add_days(held, -1)))

	def test_a_want_that_came_later_is_added_and_typed_rows_are_put_right(self):
		doc = frappe.get_doc("CX Conversation", api.plan_review(kit.RETAIL))
		unit = frappe.get_doc("CX Business Unit", kit.RETAIL)
		unit.append("wants", {"words": "A third", "said_by_name": "Rita"})
		unit.save()
		doc.wants[0].words = "typed over"
		doc.append("wants", {"words": "made up", "want": "no such", "importance": "5"})
		doc.save()
		self.assertEqual(
			[row.words for row in doc.wants],
			["Ask before you <b>close</b>", "One person who knows us", "A third"],
		)

	def test_an_older_word_does_not_replace_a_newer_one(self):
		frappe.db.set_value("CX Unit Want", self.wants[0], {"importance": "1", "asked_on": nowdate()})
		self.assertFalse(
			wants._say(kit.RETAIL, self.wants[0], {"importance": 5}, getdate(add_days(nowdate(), -1)))
		)
		self.assertTrue(wants._say(kit.RETAIL, self.wants[0], {"importance": 5}, getdate(nowdate())))

	def test_who_does_not_look_after_the_unit_gets_none_of_its_wants(self):
		frappe.set_user(kit.make_user("review.agent@desk.example", "Agent"))
		doc = frappe.get_doc(
			{
				"doctype": "CX Conversation",
				"unit": kit.RETAIL,
				"who": "Rita",
				"type": "Service review",
				"starts_on": add_days(now_datetime(), 3),
				"wants": [{"want": self.wants[0], "importance": "1"}],
			}
		).insert()
		doc.run_method("onload")
		self.assertFalse(doc.wants)

	def test_other_conversations_carry_no_wants(self):
		made = api.log_conversation(kit.RETAIL, "Rita", "Hello")
		self.assertFalse(frappe.get_doc("CX Conversation", made["name"]).wants)

	def test_words_have_no_score_in_the_counts_after_a_rebuild_either(self):
		from cx_desk.surveys import rollups

		def counts():
			return {
				(row.measure, row.question, row.question_type, row.score, row["count"])
				for row in frappe.get_all(
					"CX Score Rollup",
					filters={"survey": shipped.REVIEW_SURVEY},
					fields=["measure", "question", "question_type", "score", "count"],
				)
			}

		_said, row = self.ask()
		self.answer(row, **{core.LEVEL: "1", core.EVIDENCE: "Words.", core.NEXT_STEP: "More words."})
		self.assertEqual({entry[2] for entry in counts() if entry[0] == "Answer"}, {"Choice"})
		before = counts()
		day = frappe.db.get_value("CX Survey Response", {"invitation": row.name}, "event_day")
		rollups._rebuild_days(day, day)
		self.assertEqual(counts(), before)

	def test_an_answer_in_words_alone_is_taken(self):
		_said, row = self.ask()
		self.answer(row, **{core.EVIDENCE: "Only words."})
		self.assertEqual(
			frappe.db.get_value("CX Survey Response", {"invitation": row.name}, ["main_type", "comment"]),
			(None, "Only words."),
		)

	def test_the_mail_says_who_reads_it_and_speaks_of_no_request(self):
		frappe.db.set_single_value(
			"CX Settings", "reader_note", "Read by the team that handled your request."
		)
		frappe.clear_document_cache("CX Settings", "CX Settings")
		_said, row = self.ask()
		text = survey_kit.mail_of(row).get_body(("plain",)).get_content()
		self.assertIn("liaison of your business unit", text)
		self.assertNotIn("your request", text)
