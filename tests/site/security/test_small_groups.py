"""Readers who may not read the rows of a confidential survey try to single people out, over HTTP and over time.

Every door that gives figures or rows is asked for the same things yesterday and today, with one more answer between;
what is shown is subtracted from each other and from what the reader knows anyway; filters are tried. Each attack
succeeds when its protection is switched off.
"""

import json
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import survey_kit
import unit_kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, now_datetime

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import card_kit

from cx_desk.core import suppression
from cx_desk.core.periods import latest_closed, quarter_of
from cx_desk.relationship import lights, signals
from cx_desk.surveys import acting, rollups
from cx_desk.units import closed_periods

SURVEY = "Spy survey"
TOP, BIG, SMALL, OWN = "Spy Group", "Spy Big", "Spy Small", "Spy Own"
DOMAIN = "spy.example"
# Who answered in the closed quarter: of Small too few. Own's liaison knows the rows of Own.
PEOPLE = {TOP: 0, BIG: 9, SMALL: 3, OWN: 8}
QUARTER = latest_closed(getdate())
_CHANCE = re.compile(r"__frappe_exc_id.{1,80}?[0-9a-f]{56}")
_TAKEN = re.compile(r'"execution_time": ?[0-9.e-]+')
# Moments, and the hour and minute that stand alone in a heading.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?|\b\d\d:\d\d\b")


class TestSmallGroups(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		cls.clean()
		unit_kit.make_unit(TOP, is_group=1)
		for unit in (BIG, SMALL, OWN):
			unit_kit.make_unit(unit, TOP)
		card_kit.make_survey("Confidential", SURVEY)
		# One is assigned above all without answering for it; one answers for Own and looks at the group as well.
		cls.readers = {
			name: unit_kit.make_user(f"{name}@{DOMAIN}", *roles)
			for name, roles in {
				"above": ("CX Liaison", "Agent"),
				"beside": ("CX Liaison", "Agent"),
				"agent": ("Agent", "Agent Manager"),
			}.items()
		}
		unit_kit.assign(TOP, cls.readers["above"], "Specialist")
		unit_kit.assign(TOP, cls.readers["beside"], "Specialist")
		unit_kit.assign(OWN, cls.readers["beside"])
		unit_kit.assign(BIG, unit_kit.make_user(f"big@{DOMAIN}", "CX Liaison"))
		unit_kit.assign(SMALL, unit_kit.make_user(f"small@{DOMAIN}", "CX Liaison"))
		cls.keys = {name: cls.key_of(user) for name, user in cls.readers.items()}
		number = 0
		for unit, count in PEOPLE.items():
			for value in range(count):
				number += 1
				cls.give(number, 1 + value % 5, unit, QUARTER.start)
				cls.give(number, 1 + value % 5, unit, getdate())
		closed_periods.close_quarters()
		rollups.take_snapshots()
		frappe.db.commit()

	@classmethod
	def tearDownClass(cls):
		frappe.db.rollback()
		cls.clean()
		super().tearDownClass()

	@classmethod
	def give(cls, number, value, unit, day, days_ago=3):
		days = (getdate() - getdate(day)).days
		name = card_kit.give(
			number,
			value,
			unit=unit,
			days_ago=days - 10 if days > 30 else days_ago,
			survey=SURVEY,
			comment="Spied words",
		)
		frappe.db.set_value("CX Survey Response", name, "act_state", "Nothing to do")
		return name

	@classmethod
	def forget_voices(cls):
		for voice in frappe.get_all("CX Voice", {"unit": ["like", "Spy %"]}, pluck="name"):
			frappe.db.delete("ToDo", {"reference_type": "CX Voice", "reference_name": voice})
			frappe.delete_doc("CX Voice", voice, force=True)

	@classmethod
	def clean(cls):
		responses = frappe.get_all("CX Survey Response", filters={"survey": SURVEY}, pluck="name")
		frappe.db.delete("CX Survey Answer", {"parent": ["in", responses or [""]]})
		for doctype in ("CX Survey Response", "CX Score Rollup", "CX Unit Snapshot", "CX Survey Version"):
			frappe.db.delete(doctype, {"survey": SURVEY})
		frappe.delete_doc("CX Survey", SURVEY, force=True, ignore_missing=True)
		cls.forget_voices()
		for doctype in ("CX Liaison Assignment", "CX Unit Week"):
			frappe.db.delete(doctype, {"unit": ["like", "Spy %"]})
		for unit in (BIG, SMALL, OWN, TOP):
			frappe.delete_doc("CX Business Unit", unit, force=True, ignore_missing=True)
		for user in frappe.get_all("User", filters={"name": ["like", f"%@{DOMAIN}"]}, pluck="name"):
			frappe.delete_doc("User", user, force=True)
		frappe.db.commit()

	@classmethod
	def key_of(cls, user):
		doc = frappe.get_doc("User", user)
		doc.api_key, doc.api_secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
		doc.save()
		return f"token {doc.api_key}:{doc.get_password('api_secret')}"

	# The doors.

	def get(self, reader, path):
		answer = survey_kit.http("GET", path, headers={"Authorization": self.keys[reader]})
		self.assertLess(answer.status_code, 500, path)
		return answer.status_code, answer.get_data(as_text=True)

	def doors(self):
		survey = quote(SURVEY)
		method = "/api/method/cx_desk.api"
		units = [quote(unit) for unit in PEOPLE]
		yield f"{method}.v1.units?survey={survey}"
		yield f"{method}.v1.targets?survey={survey}"
		for unit in units:
			yield f"{method}.v1.scores?unit={unit}"
			yield f"{method}.surveys.scores_of?unit={unit}"
			yield f"{method}.relationship.two_lights?unit={unit}"
			for period in (
				"window",
				"30",
				"90",
				"365",
				QUARTER.key,
				quarter_of(getdate()),
				f"{getdate():%Y-%m}",
			):
				yield f"{method}.v1.card?survey={survey}&unit={unit}&period={period}"
			yield f"{method}.v1.card?survey={survey}&unit={unit}&team=Product%20Experts"
			yield f"{method}.scorecards.paper?survey={survey}&unit={unit}"
			yield f"{method}.scorecards.comments?survey={survey}&unit={unit}&theme=none"
			yield f"{method}.scorecards.comments?survey={survey}&unit={unit}&theme={quote(card_kit.DRIVERS[0])}"
		yield f"{method}.relationship.my_business?everything=1"
		for card in ("told_and_settled", "overdue", "new_low_answers", "open_promises"):
			yield f"{method}.voices.{card}_card"
		for report in frappe.get_all("Report", {"module": "CX Desk"}, pluck="name"):
			yield f"/api/method/frappe.desk.query_report.run?report_name={quote(report)}&filters={{}}"
		for unit in units:
			yield f"/api/method/frappe.desk.notifications.get_open_count?doctype=CX%20Business%20Unit&name={unit}"
		for doctype in (
			*("CX Score Rollup", "CX Unit Snapshot", "CX Survey Response", "CX Survey Answer"),
			*("CX Unit Week", "CX Signal", "CX Voice", "CX Anonymous Response"),
		):
			name = quote(doctype)
			yield f"/api/resource/{name}?fields=[%22*%22]&limit_page_length=0"
			yield f"/api/method/frappe.client.get_count?doctype={name}"
			yield f"/api/method/frappe.desk.reportview.get_count?doctype={name}"
			yield (
				f"/api/method/frappe.desk.reportview.get?doctype={name}&fields=[%22count(name)%20as%20n%22]"
				f"&filters={quote(json.dumps({'unit': SMALL} if doctype != 'CX Survey Answer' else {}))}"
			)

	def look(self, reader) -> dict[str, str]:
		return {path: self.stable(*self.get(reader, path)) for path in self.doors()}

	def stable(self, status, text):
		"""What an answer says, without moments, names of chance and the order of rows."""
		text = _TAKEN.sub('"execution_time":0', _CHANCE.sub("", _MOMENT.sub("", text)))
		try:
			found = json.loads(text)
		except ValueError:
			return f"{status} {text}"
		if isinstance(found.get("data"), list):
			found["data"] = sorted(json.dumps({**row, "name": ""}, sort_keys=True) for row in found["data"])
		return f"{status} {json.dumps(found, sort_keys=True)}"

	# Yesterday and today.

	def changes(self, reader):
		"""The doors whose answer changed by one more answer of somebody in Small and one in Big."""
		before = self.look(reader)
		# About today, low, and acted upon: what moves on a real morning.
		names = [self.give(900, 1, SMALL, getdate(), 0), self.give(901, 5, BIG, getdate(), 0)]
		names += [self.give(902, 1, SMALL, QUARTER.start)]
		for name in names:
			frappe.db.set_value("CX Survey Response", name, "act_state", "Pending")
			acting.act(name)
		self.assertTrue(frappe.db.exists("CX Voice", {"unit": SMALL, "confidential": 1}))
		rollups.take_snapshots()
		closed_periods.close_quarters()
		lights.write_week()
		frappe.db.commit()
		try:
			after = self.look(reader)
		finally:
			rows = frappe.get_all("CX Survey Answer", filters={"parent": ["in", names]}, pluck="name")
			frappe.db.delete("CX Survey Answer", {"name": ["in", rows]})
			frappe.db.delete("CX Survey Response", {"name": ["in", names]})
			self.forget_voices()
			rollups.rebuild()
			rollups.take_snapshots()
			frappe.db.commit()
		return {path: (before[path], after[path]) for path in before if before[path] != after[path]}

	def test_yesterday_and_today_are_the_same(self):
		lights.write_week()
		frappe.db.commit()
		for reader in self.readers:
			changed = self.changes(reader)
			self.assertEqual(list(changed), [], {path: two[1][:400] for path, two in changed.items()})

	def test_signals_are_made_of_what_everybody_may_count(self):
		"""A signal says numbers to whoever sees the unit, and is looked for each week."""
		name = self.give(910, 1, SMALL, getdate(), 8)
		frappe.db.set_value("CX Survey Response", name, "act_state", "Pending")
		voice = acting.act(name)
		frappe.db.set_value(
			"CX Voice", voice, "creation", add_days(now_datetime(), -8), update_modified=False
		)

		def counted():
			series = signals.Series(getdate())
			return SMALL in series._answers, SMALL in series._complaints

		try:
			self.assertEqual(counted(), (False, False))
			frappe.db.set_value("CX Survey Response", name, "privacy", "Named")
			frappe.db.set_value("CX Voice", voice, "confidential", 0)
			self.assertEqual(counted(), (True, True))
		finally:
			frappe.db.rollback()

	def test_it_succeeds_where_figures_move(self):
		with patch.object(closed_periods, "reads_rows", return_value=True):
			changed = self.changes("above")
		small = [two for path, two in changed.items() if "v1.scores" in path and quote(SMALL) in path]
		self.assertTrue(small, "the attack must be able to succeed")
		before, after = (json.loads(text.partition(" ")[2]) for text in small[0])
		main = [next(row for row in one["message"] if row["main"]) for one in (before, after)]
		self.assertEqual(main[1]["n"] - main[0]["n"], 2, "today's, and the late one of the quarter")

	# Subtraction.

	def shown(self, reader) -> dict[str, int]:
		"""The answers of the main question that the reader is shown of each unit, by all doors."""
		found = {}
		_status, text = self.get(
			reader, f"/api/method/cx_desk.api.v1.card?survey={quote(SURVEY)}&unit={quote(TOP)}"
		)
		card = json.loads(text)["message"]
		if card["main"]:
			found[TOP] = card["main"]["score"]["n"]
		for row in card["units"]:
			found[row["unit"]] = row["score"]["n"] if "score" in row else row["n"]
		_status, text = self.get(reader, f"/api/method/cx_desk.api.v1.units?survey={quote(SURVEY)}")
		for row in json.loads(text)["message"]:
			if row["main"] and row["value"] is not None:
				found[row["unit"]] = row["n"]
		return found

	def singled_out(self, reader, known=()) -> list[int]:
		"""How many people are left of each total, when all else that is shown or known is taken from it."""
		shown = self.shown(reader)
		lefts = []
		for unit, count in shown.items():
			below = [one for one in PEOPLE if unit == TOP and one != TOP]
			taken = sum(PEOPLE[one] for one in below if one in shown or one in known)
			lefts.append(count - taken)
		return [left for left in lefts if 0 < left < suppression.FLOOR]

	def test_nothing_small_can_be_subtracted(self):
		self.assertEqual(self.shown("above").get(TOP), sum(PEOPLE.values()))
		self.assertNotIn(SMALL, self.shown("above"))
		self.assertEqual(self.singled_out("above"), [])

	def test_not_with_what_the_reader_knows_either(self):
		self.assertEqual(self.singled_out("beside", known=(OWN,)), [])

	def test_subtraction_succeeds_without_the_protections(self):
		def all_shown(own, parents, *, floor):
			return frozenset(parents)

		with patch.object(suppression, "protect_tree", all_shown):
			frappe.db.delete("CX Unit Snapshot", {"survey": SURVEY, "period": closed_periods.QUARTER})
			closed_periods.close_quarters()
			frappe.db.commit()
		try:
			self.assertTrue(self.singled_out("above"), "the attack must be able to succeed")
		finally:
			frappe.db.delete("CX Unit Snapshot", {"survey": SURVEY, "period": closed_periods.QUARTER})
			closed_periods.close_quarters()
			frappe.db.commit()

	def test_who_knows_a_unit_succeeds_without_that_protection(self):
		frappe.db.set_value(
			"CX Unit Snapshot", {"survey": SURVEY, "unit": BIG, "period": closed_periods.QUARTER}, "shown", 1
		)
		frappe.db.commit()
		with ExitStack() as stack:
			stack.callback(frappe.db.commit)
			stack.callback(
				frappe.db.set_value,
				"CX Unit Snapshot",
				{"survey": SURVEY, "unit": BIG, "period": closed_periods.QUARTER},
				"shown",
				0,
			)
			self.assertEqual(self.singled_out("beside", known=(OWN,)), [])
			with patch.object(closed_periods, "_known_from_within", lambda rows, readers: set()):
				self.assertEqual(self.singled_out("beside", known=(OWN,)), [3])

	def test_words_of_a_few_are_nowhere(self):
		for reader in self.readers:
			for path, text in self.look(reader).items():
				if reader == "beside" and ("CX%20Survey" in path or quote(OWN) in path):
					continue
				self.assertNotIn("Spied words", text, (reader, path))
