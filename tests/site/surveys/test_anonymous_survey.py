"""Anonymous surveys from the mail to the counts: one code, one answer, batches, reminders to all, closing together."""

from datetime import timedelta
from unittest.mock import patch

import anonymous_kit
import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, add_months, getdate

from cx_desk.surveys import anonymous, anonymous_page, answering, rollups, triggers, versions, waves
from cx_desk.units import scores

BIG, SMALL = anonymous_kit.UNITS


class TestAnonymousSurvey(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		anonymous_kit.sweep()

	@classmethod
	def tearDownClass(cls):
		anonymous_kit.sweep()
		super().tearDownClass()

	def setUp(self):
		kit.switch_on(cooldown_days=0, yearly_budget=0)
		kit.empty()
		frappe.db.delete(anonymous.RESPONSE)
		frappe.db.delete(anonymous.CODE)
		anonymous_kit.units()
		anonymous_kit.survey()
		self.rows = anonymous_kit.ask()

	def tearDown(self):
		frappe.db.rollback()
		frappe.clear_document_cache("CX Survey", anonymous_kit.SURVEY)
		triggers.forget()

	def tokens(self, unit=BIG):
		return [anonymous_kit.token_of(row) for row in self.rows if row.unit == unit]

	def answers(self, **filters):
		return frappe.get_all(anonymous.RESPONSE, filters=filters, fields=["*"])

	def counted(self):
		rows = frappe.get_all(
			"CX Score Rollup",
			filters={"survey": anonymous_kit.SURVEY, "measure": "Answer", "count": ["!=", 0]},
			fields=["unit", "score", "count", "day"],
		)
		return {(row.unit, row.score): row["count"] for row in rows}

	def test_the_mail_has_one_button_a_code_and_says_what_is_anonymous(self):
		self.assertEqual(len(self.rows), 15)
		self.assertEqual({row.status for row in self.rows}, {"Queued"})
		text = anonymous_kit.text_of(self.rows[0])
		self.assertIn("/cx/n/en.", text)
		self.assertNotIn("?r=", text)
		self.assertNotIn("/cx/a/", text)
		self.assertIn("A reply to this mail bears your address", text)
		self.assertEqual(frappe.db.count(anonymous.CODE), 15)
		# What is asked stands in it, in both of its forms; no answer does.
		question = versions.current_content(anonymous_kit.SURVEY)["questions"][0]["question"]
		whole = kit.mail_of(self.rows[0]).get_body(("html",)).get_content()
		for form in (text, whole):
			self.assertIn(question, form)
			self.assertNotIn("Very dissatisfied", form)
		self.assertEqual(whole.count("/cx/n/"), 1)

	def test_a_code_records_one_answer_and_is_gone(self):
		token = self.tokens()[0]
		self.assertEqual(anonymous_page.open_page(token).view, answering.FORM)
		self.assertEqual(anonymous_kit.answer(token, 2, "Too slow.").view, answering.THANKS)
		self.assertEqual(anonymous_page.open_page(token).view, answering.CLOSED)
		self.assertEqual(anonymous_kit.answer(token, 5).view, answering.CLOSED)
		(found,) = self.answers()
		self.assertEqual((found.score, found.comment, found.low, found.counted), (2, "Too slow.", 1, 0))
		self.assertEqual(frappe.db.count(anonymous.CODE), 14)
		self.assertEqual(frappe.db.count("CX Survey Response"), 0)

	def test_a_machine_is_asked_again_and_leaves_nothing(self):
		token = self.tokens()[0]
		self.assertEqual(anonymous_kit.answer(token, later=0).notice, answering.DOUBT)
		self.assertFalse(self.answers())
		self.assertEqual(frappe.db.count(anonymous.CODE), 15)

	def test_small_units_hide_in_the_one_above(self):
		for token in (self.tokens(BIG)[0], self.tokens(SMALL)[0]):
			anonymous_kit.answer(token)
		top = anonymous._top()
		# The three of the small unit would stand alone: the big one is dissolved into them.
		self.assertEqual({row.unit for row in self.answers()}, {top})
		more = anonymous_kit.ask({"Surveytest Small": 12})
		self.assertEqual(len([row for row in more if row.status == "Queued"]), 9, "three were asked already")
		anonymous_kit.answer(self.tokens(BIG)[1])
		self.assertEqual(len(self.answers(unit=BIG)), 1)

	def test_counts_take_five_at_a_time(self):
		anonymous_kit.ask({"Surveytest Small": 12})
		tokens = self.tokens()
		for token in tokens[:4]:
			anonymous_kit.answer(token, 5)
		anonymous.nightly()
		self.assertEqual(self.counted(), {})
		anonymous_kit.answer(tokens[4], 1)
		anonymous.nightly()
		self.assertEqual(self.counted(), {(BIG, 5): 4, (BIG, 1): 1})
		for token in tokens[5:9]:
			anonymous_kit.answer(token, 1)
		anonymous.nightly()
		self.assertEqual(self.counted(), {(BIG, 5): 4, (BIG, 1): 1}, "four more wait for a fifth")
		rollups.rebuild()
		self.assertEqual(self.counted(), {(BIG, 5): 4, (BIG, 1): 1})
		score = scores.unit_score(BIG, anonymous_kit.SURVEY)
		self.assertEqual((score.answers, score.n), (5, 5))

	def test_the_last_few_stand_together_when_all_is_over(self):
		anonymous_kit.ask({"Surveytest Small": 12})
		for unit in (BIG, SMALL):
			for token in self.tokens(unit)[:3]:
				anonymous_kit.answer(token, 3)
		anonymous.count_batches()
		self.assertEqual(self.counted(), {})
		over = add_days(anonymous.closes_on(anonymous.period_of(getdate()), {}), 1)
		with patch.object(
			anonymous, "getdate", lambda value=None: getdate(value) if value else getdate(over)
		):
			anonymous.nightly()
		self.assertEqual(self.counted(), {(anonymous._top(), 3): 6})
		self.assertEqual(frappe.db.count(anonymous.CODE), 0)

	def test_words_are_shown_eight_at_a_time_as_voices_of_nobody(self):
		anonymous_kit.ask({"Surveytest Small": 12})
		tokens = self.tokens()
		for number, token in enumerate(tokens[:7]):
			anonymous_kit.answer(token, 2, f"Word {number}")
		anonymous.nightly()
		voices = {"source_type": "Anonymous", "unit": BIG}
		self.assertEqual(frappe.db.count("CX Voice", voices), 0)
		for token in tokens[7:12]:
			anonymous_kit.answer(token, 5)
		anonymous.nightly()
		heard = frappe.get_all("CX Voice", filters=voices, fields=["*"])
		self.assertEqual(
			sorted(voice.statement for voice in heard), [f"Word {number}" for number in range(7)]
		)
		for voice in heard:
			self.assertFalse(voice.response or voice.contact or voice.source_email or voice.ticket)

	def test_a_reminder_goes_to_all_with_the_same_code(self):
		tokens = dict(
			zip([row.name for row in self.rows], map(anonymous_kit.token_of, self.rows), strict=True)
		)
		anonymous_kit.answer(next(iter(tokens.values())))
		asked = {"status": "Sent", "queued_at": add_days(self.rows[0].queued_at, -10)}
		frappe.db.set_value("CX Survey Invitation", {"survey": anonymous_kit.SURVEY}, asked)
		with patch.object(waves.survey_policy, "next_opening", lambda now, *rest: now):
			waves.remind_batch([anonymous_kit.SURVEY])
		reminded = kit.rows(survey=anonymous_kit.SURVEY)
		self.assertEqual({row.wave for row in reminded}, {1})
		self.assertEqual({row.name: anonymous_kit.token_of(row) for row in reminded}, tokens)
		self.assertEqual(frappe.db.count(anonymous.CODE), 14)

	def test_no_code_outlives_the_sending_of_its_mail(self):
		tokens = {row.name: anonymous_kit.token_of(row) for row in self.rows}
		self.assertEqual(anonymous.forget_codes(), 0, "nothing was sent yet")
		frappe.db.set_value(
			"Email Queue", {"name": ["in", [row.email_queue for row in self.rows]]}, "status", "Sent"
		)
		self.assertEqual(anonymous.forget_codes(), 15)
		self.assertEqual(anonymous.forget_codes(), 0)
		kept = frappe.as_json(
			[frappe.get_all(name, fields=["*"]) for name in ("Email Queue", "CX Survey Invitation")]
		)
		for token in tokens.values():
			self.assertNotIn(token.split(".")[1], kept)
		frappe.db.set_value(
			"CX Survey Invitation", {"survey": anonymous_kit.SURVEY}, "expires_at", "2020-01-01"
		)
		anonymous.forget_codes()
		self.assertFalse(kit.rows(survey=anonymous_kit.SURVEY, sealed_code=["is", "set"]))

	def test_all_close_on_one_day_and_nobody_is_marked_as_answered(self):
		anonymous_kit.answer(self.tokens()[0])
		rows = kit.rows(survey=anonymous_kit.SURVEY)
		self.assertEqual(len({row.expires_at for row in rows}), 1)
		self.assertEqual({(row.status, row.answered_at) for row in rows}, {("Queued", None)})
		with patch.object(
			anonymous_page, "getdate", lambda value=None: getdate(rows[0].expires_at) + timedelta(days=1)
		):
			self.assertEqual(anonymous_page.open_page(self.tokens()[1]).view, answering.CLOSED)

	def test_the_unsubscribe_link_of_the_mail_opens_no_form(self):
		text = anonymous_kit.text_of(self.rows[0])
		token = text.split("/cx/u/")[1].split()[0]
		self.assertEqual(answering.open_page(token).view, answering.CLOSED)
		self.assertIs(answering.is_unsubscribed(token), False)

	def test_nobody_opens_the_records_in_the_desk(self):
		anonymous_kit.answer(self.tokens()[0])
		(found,) = self.answers()
		for doctype, name in ((anonymous.RESPONSE, found.name), (anonymous.CODE, None)):
			for roles in (["CX Manager"], ["CX Liaison"], ["System Manager"], ["Agent Manager"]):
				with patch.object(frappe, "get_roles", lambda user=None, roles=roles: roles):
					self.assertFalse(
						frappe.has_permission(doctype, "read", doc=name, user="somebody@desk.example")
					)

	def test_old_words_are_emptied(self):
		anonymous_kit.answer(self.tokens()[0], 2, "Old words")
		frappe.db.set_value(anonymous.RESPONSE, {"name": ["is", "set"]}, "period", add_months(getdate(), -30))
		self.assertEqual(anonymous.empty_comments(24), 1)
		self.assertEqual({row.comment for row in self.answers()}, {None})

	def test_a_promise_cannot_be_taken_back_and_is_not_given_where_it_cannot_be_kept(self):
		doc = frappe.get_doc("CX Survey", anonymous_kit.SURVEY)
		doc.privacy = "Confidential"
		with self.assertRaisesRegex(frappe.ValidationError, "cannot be taken back"):
			doc.save(ignore_permissions=True)
		doc.reload()
		doc.kind = "Ticket"
		with self.assertRaisesRegex(frappe.ValidationError, "single event"):
			doc.save(ignore_permissions=True)
		few = {"ann@surveytest.example": frappe._dict(unit=SMALL, contact=None)}
		with (
			patch.object(waves, "audience", return_value=few),
			self.assertRaisesRegex(frappe.ValidationError, "at least 10"),
		):
			waves.ask(anonymous_kit.SURVEY, [SMALL])
		frappe.db.delete("CX Survey Invitation", {"survey": anonymous_kit.SURVEY})
		doc.reload()
		doc.privacy = "Named"
		doc.save(ignore_permissions=True)
