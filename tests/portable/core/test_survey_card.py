"""The scorecard of a survey as HTML: everything escaped, every text through the translator, nothing it was not given."""

import re

from cx_desk.core import measures
from cx_desk.core.render import survey_card

EVIL = "<script>alert('1')</script>"
PARTS = (
	"funnel",
	"chart",
	"drivers",
	"themes",
	"watermelon",
	"recovery",
	"nonresponse",
	"lost_time",
	"change",
)


def estimate(value=0.5, n=20):
	return {
		"value": value,
		"low": value / 2,
		"high": (1 + value) / 2,
		"n": n,
		"method": "Wilson",
		"effective": None,
	}


def entry(name="Unit", n=20):
	return {
		"key": "q",
		"name": name,
		"kind": "CSAT",
		"what": "Satisfied (4 and 5 of 5)",
		"unit": "share",
		"ends": (0.0, 1.0),
		"score": estimate(n=n) | {"answers": 25},
		"counts": [(str(value), value) for value in range(1, 6)],
		"asked": 60,
		"answered": 25,
		"response": estimate(0.4, 60),
		"band": "Not clear",
		"few": True,
		"still_coming": True,
	}


def card(**parts):
	empty = dict.fromkeys(PARTS)
	return {
		"title": "Survey",
		"about": "All",
		"audience": "desk",
		"main": None,
		"questions": [],
		"targets": [],
		"units": [],
		"teams": [],
		"months": [],
		"captions": {},
		"hidden": {"units": 0},
		"floor": 5,
		"notes": [],
		**empty,
		**parts,
	}


def plain(text):
	return text


def test_nothing_to_show():
	page = survey_card.survey_card(card(empty="Nobody has answered."), plain)
	assert "Nobody has answered." in page
	assert "<h2>" not in page


def test_names_are_text_wherever_they_stand():
	share = estimate()
	page = survey_card.survey_card(
		card(
			main=entry(EVIL),
			questions=[
				{
					"key": "c",
					"name": EVIL,
					"options": [{"name": EVIL, "count": 1, "share": share}],
					"caption": EVIL,
				}
			],
			units=[entry(EVIL) | {"unit_link": EVIL + '"', "depth": 2}],
			teams=[entry(EVIL)],
			targets=[
				dict.fromkeys(("target", "value", "interval", "n"), EVIL)
				| {"name": EVIL, "state": "Met", "link": '/app/x"onclick="1'}
			],
			funnel={
				"steps": [{"key": "eligible", "name": EVIL, "count": 3, "of": None}],
				"not_asked": 1,
				"why_not": [{"key": "x", "name": EVIL, "count": 1}],
			},
			drivers={
				"n": 1,
				"low": 1,
				"listed": [
					{"name": EVIL, "count": 1, "share": share, "running": 1.0, "vital": True, "lift": None}
				],
			},
			themes={
				"comments": 1,
				"without": 0,
				"note": EVIL,
				"listed": [
					{
						"name": EVIL + '"',
						"count": 1,
						"share": share,
						"low": 1,
						"before": 0,
						"months": {},
						"hint": EVIL,
					}
				],
			},
			notes=[EVIL],
		),
		plain,
	)
	assert "<script" not in page
	assert not re.search(r'="[^"]*"onclick', page)
	assert page.count("&lt;script&gt;") >= 10


def test_people_answers_interval_and_method_stand_beside_the_score():
	page = survey_card.survey_card(card(main=entry()), plain)
	for words in (
		"50.0 %",
		"25.0 % to 75.0 %",
		"Wilson",
		"<dd>20</dd>",
		"<dd>25</dd>",
		"<dd>60</dd>",
		"40.0 %",
	):
		assert words in page, words
	for chip in ("Not clear", "few answers", "still coming in"):
		assert chip in page


def test_every_text_goes_through_the_translator():
	asked = []

	def translate(text):
		asked.append(text)
		return text.upper() if "{" not in text else text

	page = survey_card.survey_card(card(main=entry(), units=[entry()], hidden={"units": 2}), translate)
	words = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", page))
	assert "PEOPLE" in words
	assert "People" not in words
	assert any(text.startswith("{0} not shown") for text in asked)


def test_a_page_for_paper_needs_nothing_from_elsewhere():
	page = survey_card.document(card(main=entry()), survey_card.survey_card(card(main=entry()), plain), "de")
	assert page.startswith('<!DOCTYPE html><html lang="de">')
	assert "default-src 'none'" in page
	assert not re.search(r'(src|href)="http', page)


def test_every_state_and_band_has_a_look():
	from cx_desk.core import scores

	for band in (scores.GOOD, scores.POOR, scores.NOT_CLEAR):
		assert band in survey_card.survey_card(card(main=entry() | {"band": band}), plain)
	assert measures.unit_of("CSAT") == "share"


def test_figures_are_written_as_the_reader_writes_them():
	share = estimate(0.333)
	everything = card(
		main=entry() | {"score": estimate(0.333) | {"answers": 25}},
		change={"value": -0.125, "text": "not more than noise"},
		drivers={
			"n": 1,
			"low": 1,
			"listed": [
				{"name": "Time", "count": 1, "share": share, "running": 0.333, "vital": True, "lift": 1.25}
			],
		},
		nonresponse={
			"fields": [{"name": "Team", "p_value": 0.0421, "flagged": False}],
			"asked": 60,
			"answered": 25,
		},
	)
	shown = {}
	for language in ("en", "de", "de-AT", "de-CH", "ar"):
		page = survey_card.survey_card(everything, plain, language)
		# Places in a drawing are not for readers.
		page = re.sub(r"<svg.*?</svg>", "", page, flags=re.S)
		shown[language] = set(re.findall(r"\d+([.,])\d", page))
		assert ("33,3 %" in page) == (shown[language] == {","}), language
	assert shown == {"en": {"."}, "de": {","}, "de-AT": {","}, "de-CH": {"."}, "ar": {"."}}
	# What one reader was shown does not reach the next.
	assert "33.3 %" in survey_card.survey_card(everything, plain)
	assert "\N{MINUS SIGN}12,5 " in survey_card.survey_card(everything, plain, "de")


def test_labels_of_drawings_too():
	page = survey_card.survey_card(card(units=[entry()]), plain, "de")
	assert 'aria-label="50,0 %, interval 25,0 % to 75,0 %"' in page
