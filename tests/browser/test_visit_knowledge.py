"""Who knows which unit: the picture by keyboard, what goes when somebody goes, one's own pathway, a story to its page."""

import pytest
from pages import Screen
from playwright.sync_api import expect

AGENT, LEAD, MANAGER = (
	"browser.agent@desk.example",
	"browser.lead@desk.example",
	"browser.manager@desk.example",
)
UNIT = "Browser Depot"

PREPARE = f"""
import datetime
from cx_desk.immersion import knowledge
root = frappe.db.get_value('CX Business Unit', {{'parent_cx_business_unit': ('is', 'not set')}})
if not frappe.db.exists('CX Business Unit', {UNIT!r}):
	frappe.get_doc({{'doctype': 'CX Business Unit', 'unit_name': {UNIT!r}, 'parent_cx_business_unit': root}}).insert()
frappe.db.delete('CX Visit', {{'unit': {UNIT!r}}})
frappe.db.delete('CX Story', {{'unit': {UNIT!r}}})
names = []
for user, days in (({AGENT!r}, 5), ({LEAD!r}, 12)):
	start = frappe.utils.add_to_date(frappe.utils.now_datetime(), days=-days).replace(hour=9, microsecond=0)
	doc = frappe.get_doc({{'doctype': 'CX Visit', 'unit': {UNIT!r}, 'type': 'Floor-walk', 'starts_on': start,
		'people': [{{'side': 'Desk', 'user': user}}], 'report': 'The gate waits.'}})
	doc.insert()
	names.append(doc.name)
frappe.db.set_value('CX Visit', names[0], 'knows_us', 1)
knowledge.work_out()
result = names
"""


@pytest.fixture
def visits(site) -> list[str]:
	"""The agent's visit, confirmed by the unit, and the lead's."""
	return site.run(PREPARE)


class Knows(Screen):
	def open(self) -> "Knows":
		self.go("/app/who-knows")
		expect(self.page.locator(".cx-matrix")).to_be_visible(timeout=30_000)
		return self

	def choose(self, label: str, words: str) -> None:
		box = self.page.get_by_label(label).first
		box.click()
		box.press_sequentially(words, delay=20)
		with self.page.expect_response(lambda response: "validate_link" in response.url):
			self.page.locator('[role="option"]:visible', has_text=words).first.click()


def test_the_picture_is_read_by_keyboard_and_as_text(window, visits):
	screen = window(Knows, MANAGER).open()
	screen.page.locator(".cx-picture").focus()
	spoken = screen.page.locator(".cx-spoken")
	heard = []
	for _number in range(200):
		screen.page.keyboard.press("ArrowRight")
		heard.append(spoken.inner_text())
		if heard[-1:] == heard[-2:-1]:
			break
	assert f"{UNIT}. Bruno Agent: is confirmed by them (known well" in " | ".join(heard)
	assert any(line.startswith(f"{UNIT}. Lena Lead: has visited them") for line in heard)
	screen.page.get_by_text("The same as text").click()
	text = screen.page.locator(".cx-unit", has_text=UNIT).inner_text()
	assert "Bruno Agent: is confirmed by them" in text
	screen.shot("visit-who-knows")
	assert not screen.errors


def test_what_if_somebody_goes_books_the_hand_over(window, site, visits):
	screen = window(Knows, MANAGER).open()
	screen.choose("If this person goes", AGENT)
	screen.page.get_by_role("button", name="See what goes").click()
	risk = screen.page.locator(".cx-risk", has_text=UNIT)
	expect(risk).to_contain_text("nobody is left", timeout=20_000)
	expect(risk).to_contain_text("Could take over: Lena Lead")
	screen.shot("visit-what-if")
	risk.get_by_role("button", name="Book the hand-over visit").click()
	people = screen.page.locator('.form-page [data-fieldname="people"] .grid-body .rows')
	expect(people).to_contain_text(AGENT, timeout=30_000)
	expect(people).to_contain_text(LEAD)
	assert "browser.agent" not in screen.page.url, "nobody's plans stand in an address"
	screen.shot("visit-hand-over")


def test_an_agent_sees_their_own_pathway_and_not_the_picture(window, visits):
	screen = window(Screen, AGENT)
	screen.go("/app/my-pathway")
	mine = screen.page.locator(".cx-pathway")
	expect(mine).to_contain_text(UNIT, timeout=30_000)
	expect(mine.locator("li", has_text="Product or service owner")).to_contain_text("uses what you know")
	screen.shot("visit-pathway")
	screen.go("/app/who-knows")
	screen.page.wait_for_timeout(3000)
	expect(screen.page.locator(".cx-matrix")).to_have_count(0)


def test_a_story_from_draft_to_its_page(window, site, visits):
	name = site.run(
		"doc = frappe.get_doc({'doctype': 'CX Story', 'title': 'The gate opens on time', 'unit': '"
		+ UNIT
		+ "',"
		"'before': 'The gate waited.', 'did': 'We looked.', 'after': 'It opens.', 'evidence': ["
		"{'part': 'How it was', 'record_type': 'CX Visit', 'record': '"
		+ visits[0]
		+ "', 'shows': 'We saw it wait.'}]})\n"
		"doc.insert(); result = doc.name"
	)
	form = window(Screen, MANAGER)
	form.go(f"/app/cx-story/{name}")
	share = form.page.get_by_role("button", name="Share it")
	expect(share).to_be_disabled(timeout=30_000)
	assert (
		"Name a record that shows how it is after"
		in form.page.locator('[data-fieldname="moves_html"]').inner_text()
	)
	site.run(
		f"doc = frappe.get_doc('CX Story', {name!r})\n"
		f"doc.append('evidence', {{'part': 'How it is now', 'record_type': 'CX Visit', 'record': {visits[1]!r},"
		" 'shows': 'It opened while we stood there.'})\ndoc.save()"
	)
	form.page.reload()
	form.page.get_by_role("button", name="Share it").click()
	expect(form.page.locator(".page-title .indicator-pill").first).to_have_text("Shared", timeout=20_000)
	form.shot("visit-story-form")
	page = window(Screen, MANAGER, phone=True)
	page.go(f"/cx/story?name={name}")
	expect(page.page.locator(".cx-story h1")).to_have_text("The gate opens on time")
	assert "It opened while we stood there." in page.page.locator(".cx-story").inner_text()
	page.shot("visit-story-phone")
	stranger = window(Screen, None)
	stranger.go(f"/cx/story?name={name}")
	assert "The gate" not in stranger.page.locator("body").inner_text()
	assert not form.errors
