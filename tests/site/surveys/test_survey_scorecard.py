"""The scorecard of a survey: every question type, every part, who sees what, and what two looks give away."""

from datetime import timedelta
from unittest.mock import patch

import card_kit
import survey_kit
import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate

from cx_desk.api import scorecards as api
from cx_desk.core import periods, rollup
from cx_desk.core.render import survey_card
from cx_desk.surveys import reading, rollups, scorecard, themes
from cx_desk.units import closed_periods, scores


class TestSurveyScorecard(FrappeTestCase):
	def setUp(self):
		survey_kit.empty()
		kit.make_tree()
		card_kit.make_survey()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.clear_document_cache("CX Survey", card_kit.SURVEY)

	def card(self, **choices):
		return scorecard.build(card_kit.SURVEY, frappe.session.user, **choices)

	def test_nobody_answered_yet(self):
		card = self.card()
		self.assertIn("Nobody has answered", card["empty"])
		self.assertIsNone(card["main"])
		self.assertIn(card["empty"], survey_card.survey_card(card, frappe._))

	def test_every_question_is_counted_with_its_people(self):
		for number in range(12):
			card_kit.give(number, 5 if number < 9 else 1)
		# One person three times: an answer each, one person.
		for number in (20, 21, 22):
			card_kit.give(number, 1, person=0)
		card = self.card()
		main = card["main"]
		self.assertEqual((main["score"]["n"], main["score"]["answers"]), (12, 15))
		self.assertAlmostEqual(main["score"]["value"], 9 / 15)
		self.assertLess(main["score"]["effective"], 15)
		self.assertEqual(main["counts"], [("1", 6), ("2", 0), ("3", 0), ("4", 0), ("5", 9)])
		kinds = {entry["kind"]: entry for entry in card["questions"]}
		self.assertEqual(
			set(kinds), {"Rating 7", "CES", "NPS", "Choice", "Many", "Number"}, "lost time stands by itself"
		)
		self.assertEqual(sum(row["count"] for row in kinds["Choice"]["options"]), 15)
		many = {row["name"]: row for row in kinds["Many"]["options"]}
		self.assertEqual((many["Laptop"]["count"], many["Laptop"]["share"]["value"]), (15, 1.0))
		self.assertEqual(kinds["Number"]["score"]["answers"], 15)
		lost = card["lost_time"]
		self.assertAlmostEqual(lost["answered"], (6 * 30 + 9 * 5) / 60)
		self.assertLessEqual(lost["at_least"], lost["likely"])
		for entry in (main, *(e for e in card["questions"] if "score" in e)):
			for key in ("value", "low", "high", "n", "answers", "method"):
				self.assertIn(key, entry["score"])
		page = survey_card.survey_card(card, frappe._)
		self.assertIn("Which channel?", page)
		self.assertNotIn("<script", page)

	def test_choices_reasons_and_themes_are_said_in_the_readers_language(self):
		survey = frappe.get_doc("CX Survey", card_kit.SURVEY)
		# One that is shipped, so that the app knows its German.
		survey.append("drivers", {"driver": "Solution", "band": "Any"})
		survey.append(
			"translations", {"language": "de", "source_text": "Phone", "translated_text": "Telefon"}
		)
		survey.save()
		for number in range(6):
			card_kit.give(number, 1, driver="Solution", comment="It broke again, no solution")
		try:
			frappe.local.lang = "de"
			card = self.card()
			page = survey_card.survey_card(card, frappe._, "de")
		finally:
			frappe.local.lang = "en"
		channels = next(entry for entry in card["questions"] if entry["kind"] == "Choice")
		self.assertEqual({row["name"] for row in channels["options"]}, {"Telefon", "Mail", "Portal"})
		self.assertEqual([row["name"] for row in card["drivers"]["listed"]], ["Lösung"])
		self.assertIn('data-theme="Solution">Lösung</a>', page)
		self.assertNotIn(">Solution<", page)

	def test_what_is_on_and_about_tickets_is_offered_first(self):
		on = {row.name: row for row in frappe.get_all("CX Survey", fields=["name", "enabled", "kind"])}
		listed = [on[name] for name in scorecard.choices(frappe.session.user)["surveys"]]
		self.assertEqual(len(listed), len(on))
		order = [(not row.enabled, row.kind != "Ticket") for row in listed]
		self.assertEqual(order, sorted(order))

	def test_units_teams_months_and_periods(self):
		for number in range(6):
			card_kit.give(number, 5, unit=kit.RETAIL)
			card_kit.give(100 + number, 1, unit=kit.CLAIMS, days_ago=200)
		short = self.card(period="90")
		self.assertEqual([row["name"] for row in short["units"]], [kit.SOUTH, kit.RETAIL])
		self.assertEqual(short["units"][1]["depth"], 1)
		long = self.card(period="365")
		self.assertEqual(long["main"]["score"]["n"], 12)
		self.assertEqual(len(long["months"]), 2)
		self.assertEqual([row["score"]["n"] for row in long["months"]], [6, 6])
		one = self.card(unit=kit.CLAIMS, period="365")
		self.assertEqual(one["main"]["score"]["value"], 0)
		month = f"{getdate(add_days(getdate(), -200)):%Y-%m}"
		self.assertEqual(self.card(period=month)["main"]["score"]["answers"], 6)
		with self.assertRaises(frappe.ValidationError):
			self.card(period="2026-11-01")

	def test_the_window_widens_where_few_answered(self):
		for number in range(4):
			card_kit.give(number)
			card_kit.give(50 + number, days_ago=150)
		card = self.card()
		self.assertEqual(card["main"]["score"]["n"], 8)
		self.assertTrue(card["main"]["few"])

	def test_reasons_watermelon_and_text_are_escaped(self):
		name = card_kit.give(
			1, 1, driver=card_kit.DRIVERS[0], comment="<img src=x onerror=alert(1)> I waited"
		)
		frappe.db.set_value("CX Survey Response", name, "agreement_status", "Fulfilled")
		for number in range(2, 8):
			other = card_kit.give(number, 5)
			frappe.db.set_value("CX Survey Response", other, "agreement_status", "Fulfilled")
		card = self.card()
		self.assertEqual([row["name"] for row in card["drivers"]["listed"]], [card_kit.DRIVERS[0]])
		self.assertEqual(card["watermelon"]["met_bad"], 1)
		self.assertEqual(card["watermelon"]["rate"]["n"], 7)
		self.assertEqual(card["themes"]["listed"][0]["name"], card_kit.DRIVERS[0])
		self.assertEqual(card["themes"]["listed"][0]["low"], 1)
		self.assertNotIn("<img", survey_card.survey_card(card, frappe._))

	def test_a_reader_sees_their_units_and_no_other(self):
		liaison = kit.make_user("card.retail@desk.example", "CX Liaison")
		kit.assign(kit.RETAIL, liaison)
		for number in range(6):
			card_kit.give(number, 5, unit=kit.RETAIL, comment="I waited")
			card_kit.give(30 + number, 1, unit=kit.TREASURY, comment="I waited too")
		frappe.set_user(liaison)
		card = api.card(card_kit.SURVEY)
		self.assertEqual(card["unit"], kit.RETAIL)
		self.assertNotIn(kit.TREASURY, card["html"])
		for unit in (kit.SOUTH, kit.TREASURY):
			with self.assertRaises(frappe.PermissionError):
				api.card(card_kit.SURVEY, unit=unit)
		found = api.comments(card_kit.SURVEY, card_kit.DRIVERS[0])
		self.assertEqual({row["unit"] for row in found}, {kit.RETAIL})
		self.assertEqual([row["value"] for row in api.choices()["units"]], [kit.RETAIL])
		frappe.set_user(kit.make_user("card.agent@desk.example", "Agent"))
		with self.assertRaises(frappe.PermissionError):
			api.card(card_kit.SURVEY)

	def test_comments_without_a_theme(self):
		card_kit.give(1, 3, comment="Something else")
		card_kit.give(2, 3, comment="Nobody would explain it")
		found = api.comments(card_kit.SURVEY, themes.NONE)
		self.assertEqual([row["comment"] for row in found], ["Something else"])
		with self.assertRaises(frappe.DoesNotExistError):
			api.comments(card_kit.SURVEY, "No such theme")

	def test_key_words_are_checked(self):
		doc = frappe.get_doc("CX Driver", card_kit.DRIVERS[0])
		for wrong in ("*", "wait*, pr*nter", "x" * 80):
			doc.keywords = wrong
			with self.assertRaises(frappe.ValidationError):
				doc.save()

	def test_what_took_long_is_kept_a_while_but_for_the_targets(self):
		card_kit.give(1)
		frappe.cache.delete_keys("cx_scorecard")
		self.addCleanup(frappe.cache.delete_keys, "cx_scorecard")
		with patch.object(scorecard, "SLOW_SECONDS", 0):
			first = self.card()
		card_kit.give(2)
		kept = self.card()
		self.assertEqual((kept["main"]["score"]["n"], kept["as_of"]), (1, first["as_of"]))
		self.assertEqual(self.card(period="365")["main"]["score"]["n"], 2)
		frappe.cache.delete_keys("cx_scorecard")
		self.assertEqual(self.card()["main"]["score"]["n"], 2)

	def test_a_survey_or_unit_that_is_not_there(self):
		with self.assertRaises(frappe.DoesNotExistError):
			scorecard.build("No such survey", "Administrator")
		with self.assertRaises(frappe.DoesNotExistError):
			self.card(unit="No such unit")


CONFIDENTIAL = "Card kit confidential"
# A quarter that is over, but within the last year.
QUARTER = periods.read(periods.quarter_of(getdate() - timedelta(days=200)), getdate())
IN_QUARTER, AFTER = QUARTER.start + timedelta(days=40), periods.closes_on(QUARTER.key)


class TestWiderAudience(FrappeTestCase):
	"""A confidential survey: South's liaison sees all units below, but Retail has its own liaison."""

	def setUp(self):
		survey_kit.empty()
		kit.make_tree()
		card_kit.make_survey("Confidential", CONFIDENTIAL)
		self.south = kit.make_user("wide.south@desk.example", "CX Liaison")
		self.retail = kit.make_user("wide.retail@desk.example", "CX Liaison")
		kit.assign(kit.SOUTH, self.south)
		kit.assign(kit.RETAIL, self.retail)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.clear_document_cache("CX Survey", CONFIDENTIAL)

	def answer(self, number, value, unit):
		days = (getdate() - IN_QUARTER).days
		return card_kit.give(number, value, unit=unit, days_ago=days, survey=CONFIDENTIAL)

	def wide(self, **choices):
		frappe.set_user(self.south)
		try:
			return scorecard.build(CONFIDENTIAL, self.south, **choices)
		finally:
			frappe.set_user("Administrator")

	def test_nothing_before_a_quarter_is_closed(self):
		for number in range(20):
			self.answer(number, 5, kit.RETAIL)
		card = self.wide(unit=kit.SOUTH)
		self.assertEqual(card["audience"], "wide")
		self.assertIsNone(card["main"])
		self.assertIn("closes on", card["empty"])

	def test_a_closed_quarter_and_small_units_hidden_by_subtraction_too(self):
		for number in range(9):
			self.answer(number, 5, kit.RETAIL)
		for number in range(3):
			self.answer(50 + number, 1, kit.TREASURY)
		closed_periods.close_quarters(AFTER)
		card = self.wide(unit=kit.SOUTH)
		self.assertEqual(card["main"]["score"]["n"], 12)
		# Retail has nine people, but South less Retail would be Treasury's three.
		self.assertEqual(card["units"], [])
		self.assertEqual(card["hidden"]["units"], 2)
		self.assertEqual(card["period"]["key"], QUARTER.key)
		for part in (
			"funnel",
			"drivers",
			"themes",
			"watermelon",
			"recovery",
			"nonresponse",
			"lost_time",
			"chart",
		):
			self.assertIsNone(card[part], part)
		self.assertEqual((card["teams"], card["months"]), ([], []))

	def test_yesterday_and_today_are_the_same_to_them(self):
		"""The attack: look, let one more person answer, look again. It works on the figures of those near."""
		for number in range(9):
			self.answer(number, 5, kit.RETAIL)
		closed_periods.close_quarters(AFTER)
		before, near_before = self.wide(unit=kit.SOUTH)["main"]["counts"], self.near()
		self.answer(90, 1, kit.RETAIL)
		closed_periods.close_quarters(AFTER)
		self.assertEqual(self.wide(unit=kit.SOUTH)["main"]["counts"], before)
		near_after = self.near()
		self.assertEqual(near_after["1"] - near_before.get("1", 0), 1, "the attack must be able to succeed")
		with patch.object(closed_periods, "reads_rows", return_value=True):
			seen = dict(
				scorecard.build(CONFIDENTIAL, self.south, unit=kit.SOUTH, period="365")["main"]["counts"]
			)
		self.assertEqual(seen["1"], 1, "with the protection off the wider audience sees it too")

	def near(self):
		frappe.set_user(self.retail)
		try:
			return dict(
				scorecard.build(CONFIDENTIAL, self.retail, unit=kit.RETAIL, period="365")["main"]["counts"]
			)
		finally:
			frappe.set_user("Administrator")

	def test_no_other_door_shows_figures_that_move(self):
		for number in range(9):
			self.answer(number, 5, kit.RETAIL)
		frappe.set_user(self.south)
		(row,) = [r for r in scores.shown_to(self.south, kit.SOUTH) if r.main]
		self.assertTrue(row.hidden)
		self.assertIsNone(row.value)
		for doctype in ("CX Score Rollup", "CX Unit Snapshot", "CX Survey Response"):
			self.assertEqual(frappe.get_list(doctype, limit=5), [], doctype)
		self.assertEqual(api.comments(CONFIDENTIAL, themes.NONE, unit=kit.SOUTH), [])
		frappe.set_user(self.retail)
		self.assertTrue(frappe.get_list("CX Score Rollup", limit=1))
		(row,) = [r for r in scores.shown_to(self.retail, kit.RETAIL) if r.main]
		self.assertEqual(row.n, 9)

	def test_of_an_anonymous_survey_nobody_sees_more_not_even_a_manager(self):
		survey = frappe.get_doc(
			{
				"doctype": "CX Survey",
				"survey_name": "Card kit anonymous",
				"kind": "Relationship",
				"privacy": "Anonymous",
				"language": "en",
				"subject": "Tell us",
				"questions": [{"question": "How?", "question_type": "CSAT"}],
			}
		).insert()
		counts = {}
		for unit, score, count in ((kit.RETAIL, 5, 9), (kit.RETAIL, 1, 3), (kit.TREASURY, 4, 3)):
			key = rollup.Key(
				day=IN_QUARTER.replace(day=1),
				measure="Answer",
				survey=survey.name,
				question=survey.questions[0].key,
				question_type="CSAT",
				unit=unit,
				score=score,
			)
			counts[key] = count
		rollups.post({}, counts)
		closed_periods.close_quarters(AFTER)
		card = scorecard.build(survey.name, "Administrator")
		self.assertEqual(card["audience"], "wide")
		self.assertEqual((card["main"]["score"]["n"], card["main"]["score"]["answers"]), (15, 15))
		self.assertEqual([row["name"] for row in card["units"]], [kit.SOUTH])
		self.assertEqual(api.comments(survey.name, themes.NONE), [])
		rows = {row["unit"]: row for row in reading.scores_of_units("Administrator", survey.name)}
		self.assertEqual((rows[kit.SOUTH]["n"], rows[kit.RETAIL]["suppressed"]), (15, True))

	def test_a_quarter_in_which_nobody_answered_is_closed_too(self):
		self.answer(1, 5, kit.RETAIL)
		self.assertEqual(closed_periods.close_quarters(AFTER), 1)
		self.assertEqual(closed_periods.close_quarters(AFTER), 0)
		following = periods.quarter_of(QUARTER.end + timedelta(days=1))
		self.assertEqual(closed_periods.close_quarters(periods.closes_on(following)), 1)
		self.assertEqual(closed_periods.closed(CONFIDENTIAL), [QUARTER.key, following])
		self.assertIsNone(self.wide(unit=kit.SOUTH)["main"])

	def test_the_night_leaves_closed_quarters_alone(self):
		self.answer(1, 5, kit.RETAIL)
		closed_periods.close_quarters(AFTER)
		kept = {"period": "Quarter", "quarter": QUARTER.key, "survey": CONFIDENTIAL}
		before = frappe.get_all("CX Unit Snapshot", kept, pluck="name", order_by="name asc")
		rollups.take_snapshots()
		self.assertTrue(before)
		self.assertEqual(frappe.get_all("CX Unit Snapshot", kept, pluck="name", order_by="name asc"), before)
