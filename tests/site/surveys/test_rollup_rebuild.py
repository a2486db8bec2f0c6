"""Counting anew in the database comes to what core counts, on generated rows, and finds every kind of wrong count."""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.core import rollup
from cx_desk.surveys import rollups

SURVEY = "Recounted survey"
FIRST = date(2019, 3, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]
# Texts that collations, lengths in bytes and separators could mix up.
UNITS = (None, "", "Cards", "cards", "Cards ", "Käse", "Kase", "3:ab|c", "Ünit 🙂", "Long " * 20)
TEAMS = (None, "Team", "TEAM", "1:|")
NOW = datetime(2019, 3, 20, 8)
WHO = ("Administrator", "Administrator")


class TestRollupRebuild(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		rng = random.Random(11)
		cls.make_responses(rng, 400)
		cls.make_anonymous(rng, 60)
		cls.make_invitations(rng, 300)

	def setUp(self):
		frappe.db.savepoint("recount")
		self.addCleanup(frappe.db.rollback, save_point="recount")
		whole = patch.object(rollups, "first_whole_day", return_value=None)
		whole.start()
		self.addCleanup(whole.stop)

	@classmethod
	def make_responses(cls, rng, count):
		responses, cls.answers = [], []
		for number in range(count):
			name = f"recount{number:04d}"
			responses.append(
				{
					"name": name,
					"survey": SURVEY,
					"survey_version": rng.choice((None, f"{SURVEY}-v1", f"{SURVEY}-v2")),
					"kind": rng.choice(("Person", "Person", "Rated on portal", "Suspected machine", None)),
					"event_day": rng.choice(DAYS),
					"asked_day": rng.choice((None, *DAYS)),
					"unit": rng.choice(UNITS),
					"team": rng.choice(TEAMS),
					"channel": rng.choice(("Mail", "Portal", None)),
				}
			)
			cls.answers += cls.answers_of(rng, name, "CX Survey Response")
		cls.insert("CX Survey Response", responses)

	@classmethod
	def answers_of(cls, rng, name, doctype):
		kinds = ("CSAT", "CES", "NPS", "Choice", "Text", "Number")
		found = [
			{
				"name": f"{name}{idx}",
				"parent": name,
				"parenttype": doctype,
				"parentfield": "answers",
				"idx": idx,
				"question_key": rng.choice(("main", "why", "Main", "")),
				"question_type": rng.choice(kinds),
				"score": rng.choice((0, 1, 5, 10, 1440)),
			}
			for idx in range(rng.randrange(4))
		]
		cls.insert("CX Survey Answer", found)
		return found

	@classmethod
	def make_anonymous(cls, rng, count):
		rows, cls.anonymous = [], []
		for number in range(count):
			row = {
				"name": f"recountanon{number:04d}",
				"survey": SURVEY,
				"survey_version": f"{SURVEY}-v1",
				"period": date(2019, rng.randrange(1, 4), 1),
				"unit": rng.choice(UNITS),
				"counted": rng.randrange(2),
			}
			rows.append(row)
			cls.anonymous.append(row | {"answers": cls.answers_of(rng, row["name"], "CX Anonymous Response")})
		cls.insert("CX Anonymous Response", rows)

	@classmethod
	def make_invitations(cls, rng, count):
		statuses = ("Pending", "Suppressed", "Queued", "Sent", "Answered", "Expired", "Failed", "Withdrawn")
		moments = (time(0), time(12, 30), time(23, 59, 59, 999999))
		cls.invitations = [
			{
				"name": f"recountask{number:04d}",
				"survey": SURVEY,
				"survey_version": f"{SURVEY}-v1",
				"status": rng.choice(statuses),
				"is_test": int(rng.random() < 0.1),
				"queued_at": rng.choice(
					(None, *(datetime.combine(day, rng.choice(moments)) for day in DAYS))
				),
				"unit": rng.choice(UNITS),
				"team": rng.choice(TEAMS),
			}
			for number in range(count)
		]
		cls.insert("CX Survey Invitation", cls.invitations)

	@staticmethod
	def insert(doctype, rows):
		if not rows:
			return
		columns = list(rows[0])
		values = [(NOW, NOW, *WHO, *(row[column] for column in columns)) for row in rows]
		frappe.db.bulk_insert(doctype, ["creation", "modified", "owner", "modified_by", *columns], values)

	def by_core(self):
		"""What core makes of every row, one by one: the way every answer goes."""
		counts = Counter()
		names = frappe.get_all("CX Survey Response", {"survey": SURVEY}, pluck="name")
		for response in rollups.load_responses(names):
			counts.update(rollups.response_counts(response))
		for response in self.anonymous:
			if response["counted"]:
				days = {"event_day": response["period"], "asked_day": response["period"]}
				counts.update(rollups.response_counts({**response, **days, "channel": "Mail"}))
		for invitation in self.invitations:
			counts.update(rollups.asked_count(invitation))
		return counts

	def stored(self):
		rows = frappe.get_all("CX Score Rollup", {"survey": SURVEY}, ["name", "count", *rollups.FIELDS])
		counts = Counter()
		for row in rows:
			key = rollup.Key(*(row[field] for field in rollups.FIELDS))
			self.assertEqual(row.name, key.name)
			counts[key] = row["count"]
		self.assertEqual(len(rows), len(counts))
		return counts

	def test_the_database_counts_as_core_does(self):
		before = frappe.db.count("CX Score Rollup")
		total = rollups.rebuild()
		self.assertEqual(self.stored(), self.by_core())
		self.assertEqual(total, frappe.db.count("CX Score Rollup"))
		self.assertGreater(total - before, 400)
		with patch.object(rollups, "_rebuild_days") as written:
			self.assertEqual(rollups.rebuild(), total)
		written.assert_not_called()

	def test_posting_each_answer_and_counting_anew_agree(self):
		rollups.post({}, self.by_core())
		with patch.object(rollups, "_rebuild_days") as written:
			rollups.rebuild()
		written.assert_not_called()

	def test_in_parts_of_any_size_it_comes_to_the_same(self):
		for most in (1, 40, 10**9):
			frappe.db.delete("CX Score Rollup", {"survey": SURVEY})
			calls: list[tuple] = []
			with (
				patch.object(rollups, "_READ_AT_ONCE", most),
				patch.object(rollups, "_WRITTEN_AT_ONCE", max(1, most // 2)),
			):
				rollups.rebuild(lambda *where, calls=calls: calls.append(where))
			self.assertEqual(self.stored(), self.by_core())
			self.assertEqual(calls[-1][0], calls[-1][1])
			self.assertEqual(calls, sorted(set(calls)))

	def test_every_wrong_count_is_found_and_no_other_day_is_written(self):
		rollups.rebuild()
		right, table = self.stored(), frappe.qb.DocType("CX Score Rollup")
		one, other = sorted(key for key in right if key.day == DAYS[5] and key.measure == rollup.ANSWER)[:2]

		def change(key, **values):
			for column, value in values.items():
				frappe.db.set_value("CX Score Rollup", key.name, column, value, update_modified=False)

		def posted(key, count):
			rollups.post({}, {key: count})

		invented = rollup.Key(DAYS[5], rollup.ANSWER, SURVEY, unit="Nobody", question="main", score=3)
		wrongs = {
			"a count too high": lambda: change(one, count=right[one] + 1),
			"a row that is missing": lambda: frappe.db.delete("CX Score Rollup", {"name": one.name}),
			"a row of nobody": lambda: posted(invented, 2),
			"a count on another key": lambda: (posted(one, 1), posted(other, -1)),
			"counts changed over": lambda: (
				posted(one, right[other] - right[one]),
				posted(other, right[one] - right[other]),
				posted(one, 1),
				posted(other, -1),
			),
			"a value changed under its name": lambda: change(one, score=one.score + 1),
			"another unit under its name": lambda: change(one, unit="Elsewhere"),
			"a name of old": lambda: (
				frappe.qb.update(table).set(table.name, "0" * 40).where(table.name == one.name).run()
			),
		}
		for what, break_it in wrongs.items():
			with self.subTest(what):
				frappe.db.savepoint("broken")
				break_it()
				with patch.object(rollups, "_rebuild_days", wraps=rollups._rebuild_days) as written:
					rollups.rebuild()
				self.assertEqual([call.args for call in written.call_args_list], [(DAYS[5], DAYS[5])])
				self.assertEqual(self.stored(), right)
				frappe.db.rollback(save_point="broken")

	def test_an_answer_that_came_past_the_counts_is_found(self):
		rollups.rebuild()
		frappe.db.set_value("CX Survey Response", "recount0001", {"kind": "Person", "unit": "Moved there"})
		rollups.rebuild()
		self.assertEqual(self.stored(), self.by_core())

	def test_names_of_old_are_made_new(self):
		from cx_desk.patches import counts_begin_with_their_day as change

		rollups.rebuild()
		right, table = self.stored(), frappe.qb.DocType("CX Score Rollup")
		for key in right:
			# As it was: forty digits of the hash, of which the first 32 follow the day now.
			frappe.qb.update(table).set(table.name, key.name[8:] + "abcdef01").where(
				table.name == key.name
			).run()
		change.execute()
		self.assertEqual(self.stored(), right)
		change.execute()
		self.assertEqual(self.stored(), right)
