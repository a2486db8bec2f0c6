"""Importing answers of before: a CSV file, checked and run twice; Helpdesk's own ratings."""

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, get_datetime, getdate, now_datetime

from cx_desk.api import sources as api
from cx_desk.core import ledger
from cx_desk.surveys import imports, rollups, triggers


class TestImports(FrappeTestCase):
	def setUp(self):
		kit.sweep()
		kit.switch_on()
		self.main = frappe.get_doc("CX Survey", kit.TICKET_SURVEY).questions[0]

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		triggers.forget()

	def csv(self, *lines):
		head = f'answered at;"{self.main.question}";comment;email;ticket;unit'
		return "\n".join([head, *lines])

	def responses(self):
		return frappe.get_all(
			"CX Survey Response",
			{"survey": kit.TICKET_SURVEY},
			[
				"name",
				"score",
				"comment",
				"answered_at",
				"event_day",
				"channel",
				"kind",
				"act_state",
				"unit",
				"respondent_key",
			],
			order_by="answered_at asc",
		)

	def test_checked_then_imported_then_nothing_new(self):
		text = self.csv(
			f"{add_days(getdate(), -400)} 10:00;5;;ann@{kit.DOMAIN};;",
			f"{add_days(getdate(), -3)} 10:00;1;=cmd();;;",
			f"{add_days(getdate(), -3)} 10:00;1;=cmd();;;",
			"yesterday;5;;;;",
			f"{add_days(getdate(), 30)};5;;;;",
			f"{add_days(getdate(), -3)};9;;;;",
			f"{add_days(getdate(), -3)};4;;;99999999;",
			f"{add_days(getdate(), -3)};4;;nobody;;",
			f"{add_days(getdate(), -3)};4;;;;No such unit",
			f"{add_days(getdate(), -3)};;;;;",
			";4;;;;",
		)
		plan = imports.check(kit.TICKET_SURVEY, text)
		self.assertEqual(plan["counts"], {"new": 2, "known": 0, "double": 1, "bad": 8})
		faults = {row["line"]: " ".join(row["faults"]) for row in plan["problems"]}
		for line, words in {
			5: "“yesterday” is not a date",
			6: "in the future",
			7: "“9” is not a point",
			8: "no ticket 99999999",
			9: "nobody is no mail address",
			10: "no business unit No such unit",
			11: "answer is empty",
			12: "day of the answer is missing",
		}.items():
			self.assertIn(words, faults[line])
		self.assertEqual(self.responses(), [], "a check writes nothing")
		imports.run(kit.TICKET_SURVEY, text)
		old, new = self.responses()
		self.assertEqual((old.score, old.channel, old.act_state), (5, "Import", "Nothing to do"))
		self.assertEqual(old.answered_at, get_datetime(f"{add_days(getdate(), -400)} 10:00"))
		self.assertEqual(old.respondent_key, ledger.address_key(f"ann@{kit.DOMAIN}"))
		self.assertEqual((new.score, new.comment, new.act_state), (1, "=cmd()", "Pending"))
		again = imports.run(kit.TICKET_SURVEY, text)
		self.assertEqual(again["counts"]["known"], 2)
		self.assertEqual(len(self.responses()), 2)

	def test_the_check_says_what_follows_of_it(self):
		days = [(400, 1, ""), (400, 5, ""), (20, 4, "Slow"), (3, 1, ""), (3, 5, "Thanks"), (3, 5, "")]
		text = self.csv(
			*(f"{add_days(getdate(), -day)} 10:00;{score};{words};;;" for day, score, words in days)
		)
		plan = imports.check(kit.TICKET_SURVEY, text)
		self.assertEqual((plan["voices"], plan["resting"], plan["days"]), (2, 2, 14))
		imports.run(kit.TICKET_SURVEY, text)
		waiting = [
			row
			for row in self.responses()
			if row.act_state == "Pending" and (row.score < 3 or (row.comment or ""))
		]
		self.assertEqual(len(waiting), plan["voices"])
		again = imports.check(kit.TICKET_SURVEY, text)
		self.assertEqual((again["voices"], again["resting"]), (0, 0), "what is known already follows nothing")

	def test_counts_are_those_of_a_rebuild(self):
		imports.run(
			kit.TICKET_SURVEY,
			self.csv(*(f"{add_days(getdate(), -day)};{1 + day % 5};;;;" for day in range(1, 30))),
		)
		counted = self.counts()
		rollups.rebuild()
		self.assertEqual(self.counts(), counted)
		self.assertEqual(sum(counted.values()), 29)

	def counts(self):
		rows = frappe.get_all(
			"CX Score Rollup",
			{"survey": kit.TICKET_SURVEY, "question": self.main.key, "measure": "Answer", "count": ["!=", 0]},
			["day", "score", "count"],
		)
		return {(row.day, row.score): row["count"] for row in rows}

	def test_a_file_of_no_use_is_refused_with_what_to_do(self):
		for text, words in (
			("", "holds no answers"),
			(f"{self.main.question}\n5", "column 'answered at' is missing"),
			("answered at,colour\n2026-01-01,red", "as the template does"),
		):
			with self.assertRaisesRegex(frappe.ValidationError, words):
				imports.check(kit.TICKET_SURVEY, text)

	def test_only_those_who_may_change_the_survey(self):
		frappe.set_user("Guest")
		for call in (
			lambda: api.check_import(kit.TICKET_SURVEY, ""),
			lambda: api.run_import(kit.TICKET_SURVEY, ""),
			lambda: api.check_ratings(kit.TICKET_SURVEY),
			lambda: api.import_ratings(kit.TICKET_SURVEY),
			lambda: api.import_template(kit.TICKET_SURVEY),
		):
			self.assertRaises(frappe.PermissionError, call)

	def test_helpdesks_own_ratings_count_once_on_their_day(self):
		kit.empty()
		rated, plain = kit.resolve(kit.ticket()), kit.resolve(kit.ticket(subject="other"))
		kit.clear_counters()
		day = add_days(now_datetime(), -20)
		frappe.db.set_value(
			"HD Ticket",
			rated.name,
			{"feedback_rating": 0.8, "feedback_extra": "Good", "resolution_date": day},
			update_modified=False,
		)
		self.assertEqual(api.check_ratings(kit.TICKET_SURVEY)["counted"], 0)
		self.assertEqual(imports.import_ratings(kit.TICKET_SURVEY, "Administrator"), 1)
		(found,) = self.responses()
		self.assertEqual((found.score, found.comment, found.kind), (4, "Good", "Rated on portal"))
		self.assertEqual(found.event_day, getdate(day))
		self.assertEqual(found.act_state, "Nothing to do")
		self.assertEqual(imports.import_ratings(kit.TICKET_SURVEY), 0)
		self.assertEqual(len(self.responses()), 1)
		self.assertTrue(plain.name)

	def test_a_survey_without_five_points_takes_no_stars(self):
		doc = frappe.get_doc(
			{
				"doctype": "CX Survey",
				"survey_name": "Surveytest NPS",
				"kind": "Relationship",
				"subject": "x",
				"questions": [{"question": "Recommend us?", "question_type": "NPS"}],
			}
		).insert()
		with self.assertRaisesRegex(frappe.ValidationError, "five stars"):
			imports.check_ratings(doc.name)
