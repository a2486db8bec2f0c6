"""Every type of question on the real page and back: shown, read, kept, counted, shown again; and what is refused."""

import random
import time
from unittest.mock import patch

import question_kit as kit
from question_kit import Form

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.api import survey_builder
from cx_desk.core import answers, survey_content, survey_texts
from cx_desk.surveys import (
	acting,
	answer_page,
	answering,
	builder,
	dialog,
	question_view,
	rollups,
	shipped,
	unit_card,
	versions,
)
from cx_desk.units import scores

DRIVERS = ("Questiontest speed", "Questiontest manners", "Questiontest tools")
PHONE = "Mozilla/5.0 (iPhone) Safari/604.1"
EVERYTHING = (
	{"question_type": "CSAT", "key": "csat", "low_at_most": 2, "look": "Faces"},
	{"question_type": "Rating", "key": "seven", "points": "7", "look": "Stars"},
	{"question_type": "Rating", "key": "eleven", "points": "11"},
	{"question_type": "Choice", "key": "one", "options": "Mail\nPhone\nPortal", "random_order": 1},
	{"question_type": "Many", "key": "some", "options": "Laptop\nPrinter\nPhone"},
	{"question_type": "Number", "key": "count", "minimum": 1, "maximum": 50},
	{"question_type": "Lost time", "key": "lost"},
	{
		"question_type": "Text",
		"key": "why",
		"required": 1,
		"show_if_question": "csat",
		"show_if_at_least": 1,
		"show_if_at_most": 2,
	},
	{"question_type": "Text", "key": "printer", "show_if_question": "some", "show_if_options": "Printer"},
)
REASONS = [
	{"driver": DRIVERS[0], "band": "Low"},
	{"driver": DRIVERS[1], "band": "High"},
	{"driver": DRIVERS[2], "band": "Any"},
]


class QuestionCase(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		for name in DRIVERS:
			if not frappe.db.exists("CX Driver", name):
				frappe.get_doc({"doctype": "CX Driver", "driver_name": name}).insert()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.local.cx_survey_texts = None
		frappe.local.lang = "en"

	def page_of(self, page, language="en"):
		frappe.local.lang = language
		return answer_page.document(page, language, "/cx/a/x", with_token=False)

	def form_of(self, page):
		return Form(self.page_of(page))

	def post(self, token, form, later=10):
		page = answering.open_page(token)
		with patch.object(time, "time", return_value=time.time() + later):
			return answering.submit(token, {"stamp": page.stamp, "gestures": "3", **form}, agent=PHONE)

	def kept(self, invitation):
		response = frappe.get_doc("CX Survey Response", {"invitation": invitation, "kind": "Person"})
		return response, {
			(
				row.question_key,
				row.question_type,
				None if row.question_type == survey_content.TEXT else row.score,
				row.value or "",
			)
			for row in response.answers
		}


class TestEveryType(QuestionCase):
	def setUp(self):
		super().setUp()
		kit.make(*EVERYTHING, drivers=REASONS)
		self.name, self.token = kit.link()

	def test_all_are_kept_counted_and_shown_again(self):
		page = self.post(
			self.token,
			{
				"q_csat": "2",
				"q_seven": "6",
				"q_eleven": "0",
				"q_one": "2",
				"q_some.0": "1",
				"q_some.1": "1",
				"q_count": "12",
				"q_lost": "other",
				"q_lost.free": "75",
				"q_why": "It took days",
				"q_printer": "On floor 2",
				"d_0": "1",
				"d_1": "1",
				"d_2": "1",
				"comment": "more",
			},
		)
		self.assertEqual(page.view, answering.THANKS, page.errors)
		response, kept = self.kept(self.name)
		self.assertEqual(
			kept,
			{
				("csat", "CSAT", 2, ""),
				("seven", "Rating 7", 6, ""),
				("eleven", "Rating 11", 0, ""),
				("one", "Choice", 2, "Portal"),
				("some", "Many", 0, "Laptop"),
				("some", "Many", 1, "Printer"),
				("count", "Number", 12, ""),
				("lost", "Lost time", 75, ""),
				("why", "Text", None, "It took days"),
				("printer", "Text", None, "On floor 2"),
				# The reason for high answers was not on the page.
				("drivers", "Driver", 0, DRIVERS[0]),
				("drivers", "Driver", 2, DRIVERS[2]),
			},
		)
		self.assertEqual((response.score, response.main_type, response.low), (2, "CSAT", 1))
		self.assertEqual(response.driver, DRIVERS[0])
		counted = frappe.get_all(
			"CX Score Rollup",
			filters={"survey": kit.NAME, "measure": "Answer", "count": [">", 0]},
			fields=["question", "question_type", "score"],
		)
		self.assertEqual(
			{(row.question, row.question_type, row.score) for row in counted},
			{
				("csat", "CSAT", 2),
				("seven", "Rating 7", 6),
				("eleven", "Rating 11", 0),
				("one", "Choice", 2),
				("some", "Many", 0),
				("some", "Many", 1),
				("count", "Number", 12),
				("lost", "Lost time", 75),
				("drivers", "Driver", 0),
				("drivers", "Driver", 2),
			},
		)
		form = self.form_of(answering.open_page(self.token))
		for name, value in {
			"q_csat": "2",
			"q_eleven": "0",
			"q_one": "2",
			"q_some.1": "1",
			"q_count": "12",
			"q_lost": "other",
			"q_lost.free": "75",
			"q_why": "It took days",
			"d_2": "1",
		}.items():
			self.assertEqual(form.values.get(name), value, name)
		self.assertNotIn("q_some.2", form.values)

	def test_what_was_hidden_is_never_kept_and_never_required(self):
		page = self.post(
			self.token, {"q_csat": "5", "q_why": "typed, then hidden", "q_printer": "hidden", "d_0": "1"}
		)
		self.assertEqual(page.view, answering.THANKS)
		response, kept = self.kept(self.name)
		self.assertEqual({row[0] for row in kept}, {"csat"})
		self.assertFalse(response.driver)
		self.assertFalse(response.comment)
		self.assertNotIn("hidden", frappe.as_json(response.as_dict()))

	def test_what_is_shown_and_required_is_asked_for(self):
		page = self.post(self.token, {"q_csat": "1", "q_count": "500", "q_lost": "other"})
		self.assertEqual(
			page.errors,
			{"why": answers.MISSING, "count": answers.TOO_LARGE, "lost": answers.MISSING},
		)
		html = self.page_of(page)
		form = Form(html)
		self.assertIn("Please enter a number from 1 to 50.", html)
		# The summary leads to each place.
		places = [link.removeprefix("#") for link in form.links if link.startswith("#")]
		self.assertEqual(len(places), 3)
		self.assertTrue(set(places) <= set(form.ids))
		# What was typed is still there.
		self.assertEqual(form.values["q_count"], "500")
		self.assertEqual(form.values["q_csat"], "1")

	def test_a_pressed_button_can_be_taken_back_where_nothing_must_be_answered(self):
		form = self.form_of(answering.open_page(self.token))
		radios = {field["name"] for field in form.inputs if field.get("type") == "radio"}
		required = {
			answers.field_name(row["key"])
			for row in versions.current_content(kit.NAME)["questions"]
			if row["required"]
		}
		for name in radios:
			self.assertEqual(answers.NO_ANSWER in form.choices[name], name not in required, name)
		self.assertTrue(radios - required)
		# Nothing is chosen beforehand, not even that.
		self.assertNotIn(answers.NO_ANSWER, form.values.values())
		page = self.post(self.token, {"q_csat": "3", "q_one": "2", "q_lost": "other", "q_lost.free": "20"})
		self.assertEqual(page.view, answering.THANKS, page.errors)
		page = self.post(
			self.token,
			{"q_csat": "3", "q_one": "none", "q_lost": "none", "q_lost.free": "20"},
		)
		self.assertEqual(page.view, answering.THANKS, page.errors)
		self.assertEqual({row[0] for row in self.kept(self.name)[1]}, {"csat"})

	def test_a_random_order_is_the_same_after_a_reload_and_another_for_others(self):
		def order(token):
			return self.form_of(answering.open_page(token)).choices["q_one"]

		self.assertEqual(order(self.token), order(self.token))
		orders = {tuple(order(kit.link(name=f"questiontest{at}")[1])) for at in range(12)}
		self.assertGreater(len(orders), 1)
		self.assertEqual({tuple(sorted(one)) for one in orders}, {("0", "1", "2", "none")})
		self.assertEqual({one[-1] for one in orders}, {"none"})

	def test_the_page_opens_at_once(self):
		self.assertLess(len(self.page_of(answering.open_page(self.token)).encode()), 30 * 1024)

	def test_every_field_has_a_label_and_every_id_is_of_one_thing(self):
		form = self.form_of(answering.open_page(self.token))
		self.assertEqual(len(form.ids), len(set(form.ids)))
		for field in form.inputs:
			self.assertTrue(
				field["in_label"] or field.get("id") in form.labelled or field.get("aria-label"), field
			)

	def test_a_mark_of_the_mail_preselects_on_every_scale(self):
		kit.make(
			{"question_type": "Rating", "points": "11", "key": "r"}, {"question_type": "CSAT", "key": "c"}
		)
		_name, token = kit.link()
		self.assertEqual(answering.open_page(token, rating="10").values, {"q_r": "10"})
		self.assertEqual(answering.open_page(token, rating="11").values, {})


class TestAnySurvey(QuestionCase):
	def test_every_valid_survey_is_shown_and_read(self):
		for seed in range(40):
			with self.subTest(seed=seed):
				doc = kit.make(*kit.any_survey(seed))
				version = versions.content_of(doc)
				name, token = kit.link()
				html = self.page_of(answering.open_page(token))
				form = Form(html)
				self.assertNotIn("<b>&amp;</b>", html)
				typed = self.fill(version, form, random.Random(seed))
				page = self.post(token, typed)
				self.assertEqual(page.view, answering.THANKS, (page.errors, typed))
				filled = answers.read_form(version, typed)
				_response, kept = self.kept(name)
				self.assertEqual(
					{row[0] for row in kept},
					{row["question_key"] for row in answers.rows_of(version, filled)},
				)
				again = self.form_of(answering.open_page(token)).values
				self.assertEqual(answers.read_form(version, again).answers, filled.answers, (again, typed))

	def fill(self, version, form, dice) -> dict:
		"""Everything on the page is filled in, as by a person who sees all of it."""
		typed = {}
		for name, choices in form.choices.items():
			if name.startswith("q_"):
				typed[name] = dice.choice(choices)
		for question in version["questions"]:
			field = answers.field_name(question["key"])
			if question["type"] == survey_content.NUMBER:
				typed[field] = str(
					dice.randint(*[min(bound, 60) for bound in survey_content.number_range(question)])
				)
			elif question["type"] == survey_content.LOST_TIME:
				typed[f"{field}.free"] = str(dice.randint(1, 90))
			elif question["type"] == survey_content.TEXT:
				typed[field] = "Words <i>and</i> more"
		return {**typed, "comment": "so it was"}


class TestBuilding(QuestionCase):
	def doc(self, *questions, **values):
		return {
			"kind": "Relationship",
			"privacy": "Named",
			"language": "en",
			"subject": "Hello",
			"questions": [{"question": "How was it?", **row} for row in questions],
			**values,
		}

	def test_the_preview_is_the_page(self):
		doc = kit.make(*EVERYTHING, drivers=REASONS)
		shown = Form(survey_builder.preview(doc.as_dict(convert_dates_to_str=True))["html"])
		_name, token = kit.link()
		real = self.form_of(answering.open_page(token))
		self.assertEqual(
			{name: sorted(values) for name, values in shown.choices.items()},
			{name: sorted(values) for name, values in real.choices.items()},
		)

	def test_what_can_be_built_is_what_the_records_take(self):
		offered = survey_builder.offered()
		questions = frappe.get_meta("CX Survey Question")
		for field, wanted in (
			("question_type", {row["type"] for row in offered["types"]}),
			("points", {str(points) for points in offered["points"]}),
			("look", set(offered["looks"])),
		):
			self.assertEqual(set(questions.get_field(field).options.split("\n")), wanted, field)
		bands = frappe.get_meta("CX Survey Driver").get_field("band").options
		self.assertEqual(set(bands.split("\n")), set(offered["bands"]))
		self.assertEqual(set(offered["scales"]), set(offered["limits"]))
		for kind, limit in offered["limits"].items():
			low, high = offered["scales"][kind]
			self.assertTrue(low <= limit < high, kind)
		survey = frappe.get_meta("CX Survey")
		self.assertTrue(all(survey.get_field(name) for name in offered["fields"]))
		for table, fields in offered["rows"].items():
			child = frappe.get_meta(survey.get_field(table).options)
			self.assertEqual([name for name in fields if not child.get_field(name)], [], table)
		# A field that a question has is a field that the builder keeps.
		kept = {field.fieldname for field in questions.fields if field.fieldtype != "Section Break"}
		self.assertEqual(kept, set(offered["rows"]["questions"]))

	def test_the_preview_saves_nothing_and_carries_no_token(self):
		before = frappe.db.count("CX Survey"), frappe.db.count("CX Survey Version")
		found = survey_builder.preview(frappe.as_json(self.doc({"question_type": "CSAT"})))
		self.assertEqual((frappe.db.count("CX Survey"), frappe.db.count("CX Survey Version")), before)
		self.assertNotIn("csrf", found["html"])
		self.assertNotIn("<script", found["html"])

	def test_only_those_who_may_see_surveys_may_preview(self):
		agent = "questiontest.agent@desk.example"
		roles = [{"role": "Agent"}, {"role": "Agent Manager"}]
		person = {
			"doctype": "User",
			"email": agent,
			"first_name": "Q",
			"send_welcome_email": 0,
			"roles": roles,
		}
		frappe.get_doc(person).insert()
		for user in ("Guest", agent):
			frappe.set_user(user)
			with self.assertRaises(frappe.PermissionError):
				survey_builder.preview(self.doc({"question_type": "CSAT"}))

	def test_mistakes_are_said_at_the_question(self):
		found = survey_builder.preview(
			self.doc(
				{"question_type": "CSAT", "key": "a"},
				{"question_type": "Choice", "options": "one", "key": "b"},
				{"question_type": "Rating", "points": "4", "key": "c"},
				{"question_type": "Text", "key": "d", "show_if_question": "gone"},
			)
		)
		self.assertEqual([fault["place"] for fault in found["faults"]], [1, 2, 3])
		self.assertIn("at least two choices", found["faults"][0]["message"])
		self.assertIn("2, 3, 5, 7, 10 or 11", found["faults"][1]["message"])

	def test_a_half_typed_survey_never_breaks_the_preview(self):
		dice = random.Random(8)
		wild = [
			"",
			None,
			0,
			-3,
			7,
			"x",
			"<script>",
			'q"]',
			"k1",
			["list"],
			{"a": 1},
			"5",
			10**9,
			"Choice",
			"Text",
		]
		names = builder._ROWS["questions"]
		for _number in range(120):
			rows = [
				{name: dice.choice(wild) for name in names if dice.random() < 0.6}
				| {"question_type": dice.choice([*survey_content.TYPES, "", "None"])}
				for _row in range(dice.randint(0, 4))
			]
			found = survey_builder.preview(
				{
					"questions": dice.choice([rows, rows, rows, None]),
					"drivers": [{"driver": dice.choice(wild), "band": dice.choice(wild)}],
					"translations": [{"language": dice.choice(wild), "source_text": dice.choice(wild)}],
					"subject": dice.choice(wild),
					"language": dice.choice(["en", "ar", "", None, "zz", "<b>"]),
				},
				dice.choice(["", "de", "<x>"]),
			)
			self.assertNotIn("<script>", found["html"])
			self.assertIn("<form", found["html"])
		with self.assertRaises(frappe.ValidationError):
			survey_builder.preview("[1, 2]")

	def test_a_survey_with_mistakes_is_not_saved_and_all_are_named(self):
		with self.assertRaises(frappe.ValidationError) as caught:
			kit.make({"question_type": "Many"}, {"question_type": "Number", "minimum": 9, "maximum": 2})
		self.assertIn("at least two choices", str(caught.exception))
		self.assertIn("9, is above the most, 2", str(caught.exception))

	def test_another_scale_is_another_question_and_conditions_follow(self):
		doc = kit.make(
			{"question_type": "CSAT", "key": "a"},
			{"question_type": "Text", "show_if_question": "a", "show_if_at_least": 1, "show_if_at_most": 2},
		)
		doc.questions[0].question = "Said otherwise"
		doc.save()
		self.assertEqual(doc.questions[0].key, "a")
		doc.questions[0].question_type, doc.questions[0].points = "Rating", "3"
		doc.save()
		self.assertNotEqual(doc.questions[0].key, "a")
		self.assertEqual(doc.questions[1].show_if_question, doc.questions[0].key)
		points = doc.questions[0].key
		doc.questions[0].points = "5"
		doc.save()
		self.assertNotEqual(doc.questions[0].key, points)

	def test_versions_keep_their_wording(self):
		doc = kit.make({"question_type": "Choice", "options": "One\nTwo", "key": "a"})
		name, token = kit.link()
		doc.reload()
		doc.questions[0].question, doc.questions[0].options = "Anew?", "Two\nThree"
		doc.save()
		html = self.page_of(answering.open_page(token))
		self.assertIn("Question 1?", html)
		self.assertNotIn("Three", html)
		self.post(token, {"q_a": "1"})
		_response, kept = self.kept(name)
		self.assertEqual(kept, {("a", "Choice", 1, "Two")})

	def test_settings_of_another_type_do_not_linger(self):
		doc = kit.make(
			{"question_type": "Text", "points": "7", "look": "Faces", "options": "a\nb", "maximum": 3}
		)
		row = versions.content_of(doc)["questions"][0]
		self.assertEqual((row["points"], row["look"], row["options"], row["maximum"]), (0, "Numbers", "", 0))


class TestLanguages(QuestionCase):
	def setUp(self):
		super().setUp()
		words = {
			"de": {"Question 1?": "Frage 1?"},
			"de-AT": {"Mail": "Post"},
			"ar": {"Question 1?": "السؤال الأول؟"},
			"he": {"Question 1?": "שאלה ראשונה?", "Send": "שליחה", "Very satisfied": "מרוצה מאוד"},
		}
		kit.make(
			{"question_type": "CSAT", "key": "a"},
			{"question_type": "Choice", "key": "b", "options": "Mail\nPhone"},
			translations=[
				{"language": language, "source_text": source, "translated_text": text}
				for language, texts in words.items()
				for source, text in texts.items()
				if frappe.db.exists("Language", language)
			],
		)

	def shown(self, language):
		_name, token = kit.link(language=language)
		return self.page_of(answering.open_page(token), language)

	def test_a_region_leans_on_its_language_and_that_on_the_survey(self):
		html = self.shown("de-AT")
		self.assertIn("Frage 1?", html)
		self.assertIn("Sehr zufrieden", html)
		self.assertIn("Question 2?", html)

	def test_right_to_left(self):
		html = self.shown("ar")
		self.assertIn('dir="rtl"', html)
		self.assertIn("السؤال الأول؟", html)
		self.assertIn("راضٍ جدًا", html)
		self.assertIn("إرسال", html)

	def test_a_survey_may_bring_the_texts_of_the_page_in_its_language(self):
		html = self.shown("he")
		self.assertIn("שליחה", html)
		self.assertIn("מרוצה מאוד", html)
		# They do not outlive the page.
		frappe.local.lang = "he"
		self.assertEqual(question_view._("Send"), frappe._("Send"))

	def test_the_builder_lists_what_each_language_lacks(self):
		doc = frappe.get_doc("CX Survey", kit.NAME)
		found = builder.preview(doc.as_dict(convert_dates_to_str=True), "ar")
		lacking = {row["code"]: row["lacking"] for row in found["languages"]}
		self.assertEqual(lacking["en"], 0)
		# Subject, second question and its two choices.
		self.assertEqual(lacking["ar"], 4)
		self.assertEqual(
			[row["text"] for row in found["texts"]], ["Hello", "Question 1?", "Question 2?", "Mail", "Phone"]
		)
		send = next(row for row in found["page_texts"] if row["text"] == "Send")
		self.assertEqual(send["app"], "إرسال")

	def test_all_that_is_shipped_speaks_english_and_german(self):
		for name, content in shipped._SURVEYS.items():
			doc = kit.make(
				*[], name=f"{kit.NAME} {name}", questions=content["questions"], kind=content["kind"]
			)
			html = builder.preview(doc.as_dict(convert_dates_to_str=True), "en")
			self.assertEqual(html["faults"], [])
			kit.forget(doc.name)
			if frappe.db.exists("CX Survey", name):
				version = versions.current_content(name)
				self.assertNotIn("de", survey_texts.missing_translations(version), name)
		frappe.local.lang = "de"
		for text in question_view.PAGE_TEXTS:
			if text != "Text":
				self.assertNotEqual(frappe._(text), text)


class TestOtherScales(QuestionCase):
	"""A main question that is no CSAT is listed, counted and shown with its own scale."""

	def setUp(self):
		super().setUp()
		kit.make(
			{"question_type": "Text", "key": "words"},
			{"question_type": "Rating", "points": "7", "key": "seven", "low_at_most": 2},
		)
		for score in ("6", "7", "2", "5"):
			name, token = kit.link()
			self.post(token, {"q_seven": score})
		self.response, _kept = self.kept(name)

	def test_the_response_carries_the_scale(self):
		self.assertEqual((self.response.score, self.response.main_type), (5, "Rating 7"))
		self.assertEqual(dialog._best(self.response), 7)

	def test_its_score_is_the_share_of_the_best_values(self):
		frappe.db.set_value(
			"CX Survey Response",
			{"survey": kit.NAME},
			"unit",
			frappe.db.get_value("CX Business Unit", {"is_unassigned": 1}),
		)
		rollups.rebuild()
		unit = frappe.db.get_value("CX Business Unit", {"is_unassigned": 1})
		score = scores.unit_score(unit, kit.NAME)
		self.assertEqual((score.type, score.value, score.answers), ("Rating 7", 0.5, 4))
		card = next(
			card for card in unit_card.scores_for(unit, "Administrator") if card["survey"] == kit.NAME
		)
		self.assertEqual(card["kind"], "Best values (6 to 7 of 7)")
		self.assertEqual(card["value"], "50 %")

	def test_a_low_rating_is_a_voice_that_says_its_scale(self):
		low = frappe.get_doc("CX Survey Response", {"survey": kit.NAME, "score": 2})
		self.assertEqual(low.act_state, "Pending")
		self.assertEqual(acting.statement_of(low, "Low answer"), "2 / 7")
