"""Screens of surveys: the builder on the form of a survey, and a page with questions of every type."""

from pages import Screen
from playwright.sync_api import FrameLocator, expect


class Builder(Screen):
	"""The form of a survey with its builder."""

	def open(self, name: str = "new") -> "Builder":
		self.go(f"/app/cx-survey/{name}")
		expect(self.page.locator(".cxb-add")).to_be_visible(timeout=40_000)
		return self

	def fill(self, field: str, words: str) -> "Builder":
		"""A plain field of the form."""
		box = self.page.locator(f'.frappe-control[data-fieldname="{field}"]').locator("input, textarea").first
		box.fill(words)
		box.blur()
		return self

	def choose(self, field: str, value: str) -> "Builder":
		self.page.locator(f'.frappe-control[data-fieldname="{field}"] select').first.select_option(value)
		return self

	def add(self, kind: str, words: str, **settings: str) -> "Builder":
		"""Add a question; settings are fields of its card, each a text or the value of a choice."""
		self.page.locator(f'.cxb-add [data-type="{kind}"]').click()
		self.set("question", words)
		for field, value in settings.items():
			self.set(field, value)
		return self

	def set(self, field: str, value: str) -> None:
		"""A field of the card that is open."""
		box = self.page.locator(f'.cxb-card.open [data-field="{field}"]')
		if box.evaluate("element => element.tagName") == "SELECT":
			box.select_option(value)
		elif box.get_attribute("type") == "checkbox":
			box.set_checked(bool(value))
		else:
			box.fill(value)

	def tab(self, name: str) -> "Builder":
		self.page.locator(f'.cxb-tabs [data-tab="{name}"]').click()
		return self

	def add_language(self, code: str) -> "Builder":
		self.page.locator('[data-act="add-language"]').click()
		dialog = self.page.locator(".modal.show")
		expect(dialog.locator('[data-fieldname="language"] input')).to_be_visible()
		# The host's list of suggestions is drawn anew while one types: a click may meet its neighbour.
		self.page.wait_for_function("() => window.cur_dialog && cur_dialog.fields_dict.language")
		self.page.evaluate("code => cur_dialog.set_value('language', code)", code)
		self.page.wait_for_function("code => cur_dialog.get_value('language') === code", arg=code)
		dialog.locator(".btn-modal-primary").click()
		expect(dialog).to_have_count(0)
		expect(
			self.page.locator(f'.cxb-languages [data-language="{code}"][aria-pressed="true"]')
		).to_be_visible(timeout=20_000)
		return self

	def translate(self, text: str, words: str) -> "Builder":
		box = self.page.locator(f'[data-source="{text}"]').first
		box.fill(words)
		box.blur()
		return self

	def preview(self) -> FrameLocator:
		return self.page.frame_locator(".cxb-phone iframe")

	def faults(self) -> list[str]:
		return [
			words for words in self.page.locator(".cxb-wrong p, .cxb-faults p").all_inner_texts() if words
		]

	def save(self) -> "Builder":
		self.page.locator('.standard-actions [data-label="Save"]').click()
		expect(self.page.locator(".indicator-pill", has_text="Not Saved")).to_have_count(0, timeout=20_000)
		return self


class QuestionPage(Screen):
	"""A survey's page behind a link."""

	def open(self, link: str) -> "QuestionPage":
		self.go(link)
		expect(self.page.locator("form.answer")).to_be_visible()
		return self

	def tick(self, field: str, value: str = "1") -> "QuestionPage":
		"""Touch the label of a radio button or box, as a finger does."""
		self.page.locator(f'label:has([name="{field}"][value="{value}"])').click()
		return self

	def write(self, field: str, words: str) -> "QuestionPage":
		self.page.locator(f'[name="{field}"]').fill(words)
		return self

	def shown(self, field: str) -> bool:
		return self.page.locator(f'[name="{field}"]').first.is_visible()

	def read(self) -> "QuestionPage":
		"""As long as a person at least looks at the page; a form that comes back sooner is taken for a machine's."""
		self.page.wait_for_timeout(2000)
		return self

	def send(self) -> "QuestionPage":
		self.page.locator('form.answer button[type="submit"]').click()
		self.page.wait_for_load_state("domcontentloaded")
		return self

	def focused(self) -> str:
		"""What has the focus: name and value of a field, else what it says."""
		return self.page.evaluate(
			"() => { const e = document.activeElement;"
			" return e.name ? `${e.name}=${e.type == 'radio' || e.type == 'checkbox' ? e.value : ''}` : e.innerText }"
		)
