"""Page objects of initiatives: the business's page behind its link, and the form in the Desk."""

import re

from pages import Screen
from playwright.sync_api import TimeoutError, expect


class BusinessPage(Screen):
	"""Where it stands and what is asked of me; no sign-in."""

	def open(self, link: str) -> "BusinessPage":
		self.link = link
		self.go(link)
		expect(self.page.locator("h1")).to_be_visible()
		return self

	def read(self) -> "BusinessPage":
		"""As long as a person at least looks at the page; a form that comes back sooner is taken for a machine's."""
		self.page.wait_for_timeout(1800)
		return self

	def fill(self, **values: str) -> "BusinessPage":
		for name, value in values.items():
			self.page.locator(f'[name="{name}"]').fill(value)
		return self

	def press(self, label: str) -> "BusinessPage":
		self.read()
		with self.page.expect_navigation(wait_until="domcontentloaded"):
			self.page.get_by_role("button", name=label, exact=True).first.click()
		return self

	def answer(self, question: str, words: str) -> "BusinessPage":
		box = self.page.locator(".ask", has_text=question)
		box.locator("textarea").fill(words)
		self.read()
		with self.page.expect_navigation(wait_until="domcontentloaded"):
			box.get_by_role("button", name="Send the answer").click()
		return self

	def text(self) -> str:
		return self.page.locator("body").inner_text()

	def fits(self) -> bool:
		"""Whether nothing sticks out to the side on this screen."""
		# A phone shrinks what is too wide until it fits its window, so it is held against the screen.
		return self.page.evaluate(
			"document.documentElement.scrollWidth <= Math.min(window.innerWidth, screen.width)"
		)


class InitiativeForm(Screen):
	"""One initiative in the Desk."""

	def open(self, name: str) -> "InitiativeForm":
		self.name = name
		self.go(f"/app/cx-initiative/{name}")
		expect(self.page.locator(".cx-init-path")).to_be_visible(timeout=30_000)
		return self

	def stage(self) -> str:
		return self.page.locator(".cx-init-path [aria-current]").inner_text()

	def _button(self, label: str):
		return self.page.locator(
			".cx-init-buttons button", has_text=re.compile(f"^{re.escape(label)}$")
		).first

	def can(self, label: str) -> bool:
		button = self._button(label)
		return button.count() > 0 and button.is_enabled()

	def why_not(self, label: str) -> str:
		return self.page.locator(".cx-init-why", has_text=label).first.inner_text()

	def move(self, label: str, **needs: str) -> "InitiativeForm":
		"""Press a move's button, fill in what its dialog asks for, and wait for the next stage."""
		before = self.page.locator(".cx-init-path [aria-current]")
		was = before.inner_text()
		self._button(label).click()
		if needs:
			self._dialog(needs)
		expect(before).not_to_have_text(was, timeout=30_000)
		return self

	def _dialog(self, values: dict[str, str]) -> None:
		dialog = self.page.locator(".modal.show")
		expect(dialog).to_be_visible()
		for field, words in values.items():
			box = dialog.locator(f'[data-fieldname="{field}"]')
			control = box.locator("textarea, input:not([type=checkbox]), select").first
			if control.evaluate("e => e.tagName") == "SELECT":
				control.select_option(words)
			else:
				control.fill(words)
				control.blur()
		dialog.locator(".btn-modal-primary").click()
		expect(dialog).not_to_be_visible(timeout=20_000)

	def advise(self, advice: str, words: str = "") -> "InitiativeForm":
		self.page.locator("button", has_text=re.compile("desk's advice|Change the advice")).first.click()
		self._dialog({"advice": advice, "text": words})
		expect(self.page.locator(".cx-init-advice", has_text=advice).first).to_be_visible(timeout=20_000)
		return self

	def tab(self, label: str) -> "InitiativeForm":
		self.page.locator(".form-tabs .nav-link", has_text=label).first.click()
		self.page.wait_for_timeout(300)
		return self

	def ask(self, question: str) -> "InitiativeForm":
		self.tab("Questions and reviews")
		self.page.get_by_role("button", name="Ask a question").click()
		self._dialog({"question": question})
		expect(self.page.locator(".cx-init-table", has_text=question).first).to_be_visible(timeout=20_000)
		return self

	def ask_again(self, question: str) -> str:
		"""Try to ask what was answered; what the dialog says. The old answer is taken."""
		self.tab("Questions and reviews")
		self.page.get_by_role("button", name="Ask a question").click()
		dialog = self.page.locator(".modal.show")
		dialog.locator('[data-fieldname="question"] textarea').fill(question)
		dialog.locator(".btn-modal-primary").click()
		expect(dialog.locator(".cx-init-alike")).to_be_visible(timeout=20_000)
		said = dialog.locator(".cx-init-alike").inner_text()
		dialog.get_by_role("button", name="Take this answer, ask nobody").first.click()
		expect(dialog).not_to_be_visible(timeout=20_000)
		return said

	def change(self, script: str) -> "InitiativeForm":
		"""Open the form as it is now, change fields and save it, as the signed-in person."""
		self.open(self.name)
		self.page.evaluate(
			"(script) => { new Function('doc', 'frm', script)(cur_frm.doc, cur_frm); cur_frm.dirty(); return cur_frm.save(); }",
			script,
		)
		self.page.wait_for_timeout(600)
		return self.open(self.name)


class PartForm(Screen):
	"""A consideration, question, benefit or piece of news in the Desk."""

	def open(self, doctype: str, name: str) -> "PartForm":
		self.doctype, self.name = doctype, name
		self.go(f"/app/{doctype.lower().replace(' ', '-')}/{name}")
		self.page.wait_for_function(
			"(name) => window.cur_frm && cur_frm.doc && cur_frm.doc.name === name && !cur_frm.is_new()",
			arg=name,
			timeout=30_000,
		)
		self.page.wait_for_timeout(400)
		return self

	def change(self, **values: str) -> "PartForm":
		"""Fill in fields and save, as the signed-in person; what the desk refuses is in `refused`."""
		for attempt in range(3):
			try:
				with self.page.expect_response(
					lambda answer: "savedocs" in answer.url, timeout=15_000
				) as answer:
					self.page.evaluate(
						"""async (values) => {
							for (const [field, value] of Object.entries(values)) await cur_frm.set_value(field, value);
							cur_frm.save();
						}""",
						values,
					)
				break
			except TimeoutError:
				# The form read the record anew meanwhile, and had nothing to save: once more, as a person would.
				if attempt == 2:
					raise
		self.refused = "" if answer.value.ok else "refused"
		self.page.wait_for_timeout(500)
		if self.refused:
			dialog = self.page.locator(".msgprint-dialog.show, .modal.show").last
			expect(dialog).to_be_visible(timeout=10_000)
			self.refused = dialog.inner_text()
			self.page.keyboard.press("Escape")
		return self

	def press(self, label: str) -> "PartForm":
		self.page.locator(".page-actions button, .custom-actions button", has_text=label).first.click()
		self.page.wait_for_timeout(300)
		return self

	def confirm(self) -> "PartForm":
		self.page.locator(".modal.show .btn-modal-primary").click()
		return self

	def is_now(self, state: str) -> "PartForm":
		expect(self.page.locator(".title-area .indicator-pill").first).to_contain_text(state, timeout=20_000)
		return self

	def ask(self, question: str, to: str) -> "PartForm":
		self.press("Ask a question")
		dialog = self.page.locator(".modal.show")
		expect(dialog).to_be_visible()
		dialog.locator('[data-fieldname="question"] textarea').fill(question)
		box = dialog.locator('[data-fieldname="addressee_email"] input')
		box.fill(to)
		box.blur()
		dialog.locator(".btn-modal-primary").click()
		expect(dialog).not_to_be_visible(timeout=20_000)
		return self
