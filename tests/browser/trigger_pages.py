"""The form of a trigger."""

from urllib.parse import quote

from pages import Screen
from playwright.sync_api import TimeoutError


class TriggerForm(Screen):
	"""When a survey is asked, and of whom."""

	def open(self, name: str) -> "TriggerForm":
		self.go(f"/app/cx-survey-trigger/{quote(name)}")
		self.page.wait_for_selector(".cx-trigger-sentence")
		return self

	def new(self) -> "TriggerForm":
		return self.open("new-cx-survey-trigger")

	def choose(self, field: str, value: str) -> "TriggerForm":
		self.page.locator(f"[data-fieldname={field}] select").select_option(value)
		return self

	def enter(self, field: str, value: str) -> "TriggerForm":
		box = self.page.locator(f"[data-fieldname={field}] input").first
		box.fill(value)
		box.press("Tab")
		return self

	def link(self, field: str, value: str) -> "TriggerForm":
		box = self.page.locator(f"[data-fieldname={field}] input").first
		option = self.page.locator(f"[data-fieldname={field}] [role=option]", has_text=value).first
		for _attempt in range(4):
			# The host draws its suggestions anew while one types: a click can fall between two of them.
			box.fill("")
			box.press_sequentially(value)
			option.click(timeout=40_000)
			try:
				self.page.wait_for_function(
					"([field, value]) => cur_frm.doc[field] === value", arg=[field, value], timeout=5000
				)
				return self
			except TimeoutError:
				continue
		raise AssertionError(f"{field} does not take {value}")

	@property
	def sentence(self):
		return self.page.locator(".cx-trigger-sentence")

	@property
	def step(self):
		"""What the form says comes next."""
		return self.page.locator(".form-message:visible").first

	@property
	def dry_run(self):
		return self.page.locator("[data-fieldname=dry_run_html]")

	def options(self, field: str) -> list[str]:
		texts = self.page.locator(f"[data-fieldname={field}] option").all_inner_texts()
		return [text for text in texts if text]

	def save(self) -> "TriggerForm":
		self.page.keyboard.press("Escape")
		self.page.get_by_role("button", name="Save", exact=True).first.click()
		return self

	def press(self, label: str) -> "TriggerForm":
		self.page.get_by_role("button", name=label, exact=True).first.click()
		return self

	def is_wider_than_the_screen(self) -> bool:
		return self.page.evaluate(
			"[...document.querySelectorAll('[data-fieldname=dry_run_html], .cx-trigger-sentence')]"
			".some((box) => box.scrollWidth > box.clientWidth + 1 || box.getBoundingClientRect().right > innerWidth)"
		)
