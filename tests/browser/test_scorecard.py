"""A manager reads a scorecard: by keyboard, from the survey to a unit, its comments, on a phone, on paper."""

import re

import pytest
from pages import Screen
from playwright.sync_api import expect

MANAGER = "browser.manager@desk.example"
SURVEY, UNIT, PERSON = "Browser scorecard", "Browser Claims", "browser.card"
PREPARE = f"""
from frappe.utils import add_days, now_datetime
from cx_desk.core import answers, ledger
from cx_desk.surveys import answering, versions
if not frappe.db.exists("CX Business Unit", {UNIT!r}):
    frappe.get_doc(dict(doctype="CX Business Unit", unit_name={UNIT!r})).insert()
if not frappe.db.exists("CX Driver", "Browser waiting"):
    frappe.get_doc(dict(doctype="CX Driver", driver_name="Browser waiting", keywords="wait*")).insert()
if not frappe.db.exists("CX Survey", {SURVEY!r}):
    frappe.get_doc(dict(doctype="CX Survey", survey_name={SURVEY!r}, kind="Relationship", privacy="Named", language="en",
        subject="Tell us", questions=[dict(question="How satisfied are you?", question_type="CSAT"),
        dict(question="Which channel?", question_type="Choice", options="Phone\\nMail")])).insert()
version = versions.current({SURVEY!r})
content = versions.load(version)
scale, choice = (answers.field_name(row["key"]) for row in content["questions"])
for number in range(24):
    form = {{scale: str(5 if number % 4 else 1), choice: str(number % 2), "comment": "" if number % 4 else "I waited <b>long</b>"}}
    answering.record_external({SURVEY!r}, version, answers.read_form(content, form), channel="Link", unit={UNIT!r},
        respondent_key=ledger.address_key(f"{PERSON}.{{number}}@firm.example"),
        answered_at=add_days(now_datetime(), -number), origin=f"browser {{number}}")
for name in frappe.get_all("CX Experience Target", {{"survey": {SURVEY!r}}}, pluck="name"):
    frappe.delete_doc("CX Experience Target", name, force=True)
frappe.get_doc(dict(doctype="CX Experience Target", target_name="Browser target", survey={SURVEY!r}, unit={UNIT!r},
    target=95)).insert()
"""


class Scorecard(Screen):
	"""The page of a survey's scorecard."""

	def open(self) -> "Scorecard":
		self.go(f"/app/survey-scorecard/{SURVEY}")
		expect(self.card.locator(".big")).to_be_visible(timeout=30_000)
		return self

	@property
	def card(self):
		return self.page.locator(".cx-scorecard")

	def part(self, name: str):
		return self.card.locator(f"section[data-part={name}]")


@pytest.fixture(autouse=True)
def answered(site):
	site.run(PREPARE)


def test_from_the_survey_to_the_words_behind_a_theme(window, shots):
	card = window(Scorecard, MANAGER)
	card.go(f"/app/cx-survey/{SURVEY}")
	card.page.get_by_role("button", name="Scorecard").click()
	expect(card.card.locator(".big")).to_have_text("75.0 %", timeout=30_000)
	expect(card.card.locator(".head")).to_contain_text("24")
	expect(card.part("targets")).to_contain_text("Missed")
	expect(card.part("questions")).to_contain_text("Phone")
	# A unit narrows the card, and the address keeps it.
	card.part("units").get_by_role("link", name=UNIT).click()
	expect(card.page).to_have_url(re.compile("unit=Browser"))
	expect(card.card).to_contain_text(UNIT)
	card.part("themes").get_by_role("link", name="Browser waiting").click()
	dialog = card.page.locator(".modal.show")
	expect(dialog.locator("li")).to_have_count(6)
	expect(dialog.locator("li").first).to_contain_text("I waited")
	expect(dialog.locator("li b")).to_have_count(0)
	card.page.screenshot(path=shots / "scorecard-comments.png")


def test_by_keyboard(window):
	card = window(Scorecard, MANAGER).open()
	period = card.page.locator("select[data-fieldname=period]")
	period.focus()
	period.select_option("30")
	expect(card.page).to_have_url(re.compile("period=30"))
	# The card of the other period takes this one's place: what had the focus before would be gone.
	card.page.wait_for_load_state("networkidle")
	link = card.part("units").get_by_role("link", name=UNIT)
	link.focus()
	card.page.keyboard.press("Enter")
	expect(card.page).to_have_url(re.compile("unit=Browser"))
	card.page.go_back()
	expect(card.page).not_to_have_url(re.compile("unit=Browser"))


def test_on_a_phone_nothing_is_wider_than_the_screen(window, shots):
	card = window(Scorecard, MANAGER, phone=True).open()
	assert card.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	card.page.screenshot(path=shots / "scorecard-phone.png", full_page=True)


def test_on_paper(window, shots):
	card = window(Scorecard, MANAGER).open()
	with card.page.expect_popup() as opened:
		card.page.get_by_role("button", name="Print").click()
	sheet = opened.value
	expect(sheet.locator("h1")).to_have_text(SURVEY, timeout=20_000)
	expect(sheet.locator(".big")).to_have_text("75.0 %")
	sheet.emulate_media(media="print")
	sheet.screenshot(path=shots / "scorecard-paper.png", full_page=True)
