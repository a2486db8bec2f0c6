"""Surveys of every kind of question, as people build and answer them.

On a phone without scripts; with the keyboard alone; and built, sent and answered in three languages, one of them written
from right to left.
"""

import re

import pytest
from pages import PHONE
from playwright.sync_api import expect
from survey_pages import Builder, QuestionPage

MANAGER = "browser.manager@desk.example"
QUESTIONS = [
	{
		"question": "How satisfied are you?",
		"question_type": "CSAT",
		"key": "csat",
		"look": "Faces",
		"low_at_most": 2,
	},
	{
		"question": "What went wrong?",
		"question_type": "Text",
		"key": "why",
		"required": 1,
		"show_if_question": "csat",
		"show_if_at_least": 1,
		"show_if_at_most": 2,
	},
	{
		"question": "How fast were we?",
		"question_type": "Rating",
		"key": "fast",
		"points": "7",
		"look": "Stars",
	},
	{"question": "Would you recommend us?", "question_type": "NPS", "key": "nps"},
	{
		"question": "How did you reach us?",
		"question_type": "Choice",
		"key": "way",
		"options": "Mail\nPhone\nPortal",
	},
	{"question": "What did you use?", "question_type": "Many", "key": "used", "options": "Laptop\nPrinter"},
	{"question": "How much working time did you lose?", "question_type": "Lost time", "key": "lost"},
	{"question": "How many people were stuck?", "question_type": "Number", "key": "stuck", "maximum": 500},
	{
		"question": "Who else should hear of it?",
		"question_type": "Text",
		"key": "else",
		"show_if_question": "stuck",
		"show_if_at_least": 10,
	},
]
PEOPLE = {"en": "browser.english@business.example", "de": "browser.german@business.example"}
PEOPLE["ar"] = "browser.arabic@business.example"


@pytest.fixture
def link(site):
	"""An open link to a survey with every type of question; all of it goes afterwards."""
	made = site.run(
		"import secrets\n"
		"from frappe.utils import add_days, now_datetime\n"
		"from cx_desk.core import ledger\n"
		"from cx_desk.surveys import versions\n"
		"if frappe.db.exists('CX Survey', 'Browser questions'):\n"
		"	frappe.db.delete('CX Survey Invitation', {'survey': 'Browser questions'})\n"
		"	frappe.delete_doc('CX Survey', 'Browser questions', force=True)\n"
		f"questions = {QUESTIONS!r}\n"
		"drivers = [{'driver': 'Communication', 'band': 'Low'}, {'driver': 'Friendliness', 'band': 'High'}]\n"
		"frappe.get_doc({'doctype': 'CX Survey', 'survey_name': 'Browser questions', 'enabled': 1,\n"
		"	'kind': 'Relationship', 'privacy': 'Named', 'language': 'en', 'subject': 'Hello', 'drivers': drivers,\n"
		"	'questions': questions}).insert()\n"
		"token, now = secrets.token_urlsafe(24), now_datetime()\n"
		"row = {'name': frappe.generate_hash(length=20), 'creation': now, 'modified': now, 'owner': 'Administrator',\n"
		"	'modified_by': 'Administrator', 'survey': 'Browser questions',\n"
		"	'survey_version': versions.current('Browser questions'), 'status': 'Sent', 'event_doctype': 'CX Survey',\n"
		"	'event_name': 'Browser questions', 'event_at': now, 'recipient': 'browser.english@business.example',\n"
		"	'respondent_key': ledger.address_key('browser.english@business.example'), 'language': 'en',\n"
		"	'queued_at': now, 'sent_at': now, 'expires_at': add_days(now, 9), 'token_hash': ledger.token_hash(token)}\n"
		"frappe.db.bulk_insert('CX Survey Invitation', list(row), [tuple(row.values())])\n"
		"result = {'name': row['name'], 'path': f'/cx/a/{token}'}"
	)
	yield made
	site.run(
		f"for name in frappe.get_all('CX Survey Response', {{'invitation': {made['name']!r}}}, pluck='name'):\n"
		"	frappe.db.delete('CX Voice', {'response': name})\n"
		"	frappe.db.delete('CX Survey Answer', {'parent': name})\n"
		"	frappe.db.delete('CX Survey Response', {'name': name})\n"
		"for doctype in ('CX Survey Invitation', 'CX Survey Version', 'CX Score Rollup'):\n"
		"	frappe.db.delete(doctype, {'survey': 'Browser questions'})\n"
		"frappe.delete_doc('CX Survey', 'Browser questions', force=True)"
	)


def answers_of(site, invitation: str) -> list[list]:
	return site.run(
		f"name = frappe.db.get_value('CX Survey Response', {{'invitation': {invitation!r}, 'kind': 'Person'}})\n"
		"result = frappe.get_all('CX Survey Answer', {'parent': name or '-'},\n"
		"	['question_key', 'score', 'value'], as_list=True, order_by='idx')"
	)


def test_on_a_phone_without_scripts(chromium, site, shots, link):
	context = chromium.new_context(viewport=PHONE, is_mobile=True, has_touch=True, java_script_enabled=False)
	requests: list[str] = []
	page = QuestionPage(context, site, shots)
	page.page.on("request", lambda request: requests.append(request.url))
	page.open(link["path"])
	assert len(requests) <= 2
	assert len(page.page.content().encode()) < 30 * 1024
	assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
	for target in page.page.locator("label.choice:visible, label.box:visible, button:visible").all():
		box = target.bounding_box()
		assert min(box["width"], box["height"]) >= 44, target.inner_text()

	# What a low answer calls for comes into sight, without a script.
	assert not page.shown("q_why")
	page.tick("q_csat", "2")
	assert page.shown("q_why")
	assert page.shown("d_0")
	assert not page.shown("d_1")
	page.shot("questions-1-phone-low")

	# What was pressed can be taken back, and what it called for goes again.
	assert not page.page.locator('[name="q_nps"][value="none"]').is_visible()
	page.tick("q_nps", "3").tick("q_nps", "none").tick("q_way", "1").tick("q_way", "none")
	assert page.page.locator('[name="q_nps"]:checked').input_value() == "none"

	# Sent without what is required: each place is named and linked, and nothing is lost.
	page.tick("q_fast", "6").tick("q_lost", "other").write("q_lost.free", "75").read().send()
	summary = page.page.locator('[role="alert"]')
	expect(summary).to_contain_text("What went wrong?")
	page.shot("questions-2-phone-mistake")
	summary.get_by_role("link", name="What went wrong?").click()
	assert page.page.url.endswith("#" + page.page.locator('[name="q_why"]').get_attribute("id"))
	assert page.page.locator('[name="q_fast"][value="6"]').is_checked()

	page.write("q_why", "Nobody called back").tick("d_0").tick("q_used.1").write("q_stuck", "3")
	# Typed where a style sheet cannot hide it; three people do not call for it.
	page.write("q_else", "the night shift").read().send()
	expect(page.page.locator("h1")).to_contain_text("Thank")
	context.close()
	assert answers_of(site, link["name"]) == [
		["csat", 2, None],
		["why", 0, "Nobody called back"],
		["fast", 6, None],
		["used", 1, "Printer"],
		["lost", 75, None],
		["stuck", 3, None],
		["drivers", 0, "Communication"],
	]


def test_with_the_keyboard_alone(window, site, link):
	page = window(QuestionPage).open(link["path"])
	keys = page.page.keyboard

	def tab_to(start: str) -> None:
		for _press in range(40):
			keys.press("Tab")
			if page.focused().startswith(start):
				return
		raise AssertionError(f"no key leads to {start}")

	tab_to("q_csat=")
	# Space chooses the first, arrows move within the group, and the focus is seen.
	keys.press("Space")
	for _step in range(4):
		keys.press("ArrowRight")
	assert page.focused() == "q_csat=5"
	outline = page.page.locator("label.choice:focus-within").evaluate("e => getComputedStyle(e).outlineWidth")
	assert float(outline.removesuffix("px")) >= 2
	page.page.screenshot(path=page.shots / "questions-3-keyboard.png")
	tab_to("d_1")
	keys.press("Space")
	tab_to("q_nps=")
	keys.press("ArrowRight")
	keys.press("ArrowRight")
	assert page.focused() == "q_nps=2"
	tab_to("q_used.0")
	keys.press("Space")
	tab_to("q_stuck")
	# With scripts the follow-up to a number appears as it is typed.
	assert not page.shown("q_else")
	keys.type("12")
	assert page.shown("q_else")
	tab_to("q_else")
	keys.type("The plant")
	tab_to("Send")
	page.read()
	keys.press("Enter")
	expect(page.page.locator("h1")).to_contain_text("Thank")
	assert not page.errors
	kept = {row[0]: row[1] for row in answers_of(site, link["name"])}
	assert kept == {"csat": 5, "nps": 2, "used": 0, "stuck": 12, "else": 0, "drivers": 1}


@pytest.fixture
def business(site):
	"""Three people of a unit, each with a language; what was asked of them goes afterwards."""
	site.run(
		f"people = {PEOPLE!r}\n"
		"for language, email in people.items():\n"
		"	if not frappe.db.exists('User', email):\n"
		"		frappe.get_doc({'doctype': 'User', 'email': email, 'first_name': 'Browser ' + language,\n"
		"			'user_type': 'Website User', 'send_welcome_email': 0}).insert()\n"
		"	frappe.db.set_value('User', email, 'language', language)\n"
		"	if not frappe.db.exists('Contact', {'email_id': email}):\n"
		"		frappe.get_doc({'doctype': 'Contact', 'first_name': 'Browser ' + language,\n"
		"			'email_ids': [{'email_id': email, 'is_primary': 1}]}).insert()\n"
		"frappe.db.delete('CX Survey Invitation', {'survey': 'Browser built'})\n"
		"frappe.delete_doc('CX Survey', 'Browser built', force=True, ignore_missing=True)\n"
	)
	yield
	site.run(
		"for name in frappe.get_all('CX Survey Response', {'survey': 'Browser built'}, pluck='name'):\n"
		"	frappe.db.delete('CX Voice', {'response': name})\n"
		"	frappe.db.delete('CX Survey Answer', {'parent': name})\n"
		"for doctype in ('CX Survey Response', 'CX Survey Invitation', 'CX Survey Version', 'CX Score Rollup'):\n"
		"	frappe.db.delete(doctype, {'survey': 'Browser built'})\n"
		"frappe.delete_doc('CX Survey', 'Browser built', force=True, ignore_missing=True)"
	)


TEXTS = {
	"How do we do?": {"de": "Wie machen wir es?", "ar": "كيف أداؤنا؟"},
	"How good is the canteen's new till?": {
		"de": "Wie gut ist die neue Kasse der Kantine?",
		"ar": "ما مدى جودة صندوق الدفع الجديد في المقصف؟",
	},
	"Where do you see it?": {"de": "Wo sehen Sie es?", "ar": "أين تلاحظ ذلك؟"},
	"At lunch": {"de": "Beim Mittagessen", "ar": "عند الغداء"},
	"In the evening": {"de": "Am Abend", "ar": "في المساء"},
}
THANKS = {"en": "Thank", "de": "Danke", "ar": "شكرًا"}


def test_built_sent_and_answered_in_three_languages(window, site, shots, mailbox, business, chromium):
	mailbox.empty()
	form = window(Builder, MANAGER).open()
	form.fill("survey_name", "Browser built").choose("kind", "Relationship").fill("subject", "How do we do?")

	# A mistake is said at its question while it is made, and goes with it.
	form.add("Choice", "Where do you see it?")
	expect(form.page.locator(".cxb-wrong p")).to_contain_text("at least two choices")
	form.shot("builder-1-mistake")
	form.set("options", "At lunch\nIn the evening")
	expect(form.page.locator(".cxb-wrong p")).to_have_count(0)
	form.add("Rating", "How good is the canteen's new till?", points="7", look="Stars")
	# Up, by key; the first question then decides over the second.
	form.page.locator('[data-act="up"]').nth(1).press("Enter")
	expect(form.page.locator(".cxb-name").first).to_contain_text("canteen")
	form.page.locator(".cxb-title").nth(1).click()
	form.page.locator('.cxb-card.open [data-field="show_if_question"]').select_option(index=1)
	form.set("show_if_at_most", "4")
	expect(form.preview().locator("legend").first).to_contain_text("canteen")

	# Two more languages, every text.
	form.tab("translations")
	for code in ("de", "ar"):
		form.add_language(code)
		for text, words in TEXTS.items():
			form.translate(text, words[code])
	expect(form.preview().locator("html")).to_have_attribute("dir", "rtl")
	expect(form.preview().locator("legend").first).to_contain_text("المقصف")
	expect(form.page.locator('.cxb-languages [data-language="ar"]')).to_contain_text("✓")
	form.shot("builder-2-arabic")
	form.page.locator('.frappe-control[data-fieldname="enabled"] input').first.check()
	form.save()
	assert form.faults() == []
	form.page.reload(wait_until="domcontentloaded")
	expect(form.page.locator(".cxb-card")).to_have_count(2, timeout=40_000)
	form.shot("builder-3-saved")

	site.run(
		"from cx_desk.surveys import asking\n"
		"settings = frappe.get_doc('CX Settings'); settings.update({'cooldown_days': 0, 'send_from': '00:00:00', 'send_until': '23:59:59'}); settings.save()\n"
		"unit = frappe.db.get_value('CX Business Unit', {'is_unassigned': 1})\n"
		f"for email in {list(PEOPLE.values())!r}:\n"
		"	contact = frappe.db.get_value('Contact', {'email_id': email})\n"
		"	decision = asking.ask_person('Browser built', unit, contact)\n"
		"	assert decision.action == 'Ask', decision\n"
		"settings.update({'cooldown_days': 30}); settings.save()\n"
	)
	site.tick()
	for language, email in PEOPLE.items():
		message = mailbox.to(email)
		said = TEXTS["How do we do?"].get(language, "How do we do?")
		assert said in message["subject"]
		context = chromium.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
		page = QuestionPage(context, site, shots)
		page.open(mailbox.link(message, "/cx/a/").split("?")[0])
		expect(page.page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
		asked = TEXTS["How good is the canteen's new till?"].get(
			language, "How good is the canteen's new till?"
		)
		expect(page.page.locator("legend").first).to_contain_text(asked)
		first = page.page.locator('[value="3"]').first.get_attribute("name")
		page.tick(first, "3")
		lunch = TEXTS["At lunch"].get(language, "At lunch")
		page.page.locator("label.choice", has_text=lunch).click()
		page.shot(f"answer-{language}")
		if language == "ar":
			# The first point stands on the right.
			boxes = [
				page.page.locator(f'label:has([name="{first}"][value="{value}"])').bounding_box()
				for value in (1, 7)
			]
			assert boxes[0]["x"] > boxes[1]["x"]
		page.read().send()
		expect(page.page.locator("h1")).to_contain_text(re.compile(THANKS[language]))
		assert not page.errors
		context.close()
	rows = site.run(
		"result = [frappe.get_doc('CX Survey Response', name) for name in\n"
		"	frappe.get_all('CX Survey Response', {'survey': 'Browser built'}, pluck='name')]\n"
		"result = sorted([[doc.language, doc.score, doc.main_type, doc.answers[1].value] for doc in result])"
	)
	# One survey, one version: the answers of all languages count together.
	assert rows == [[language, 3, "Rating 7", "At lunch"] for language in sorted(PEOPLE)]
	assert not form.errors
