"""Page objects of visits: the form, the phone page, the host's page."""

import re

from pages import Screen
from playwright.sync_api import expect


class PhonePage(Screen):
	"""The phone page of a visit."""

	def open(self, visit: str) -> "PhonePage":
		self.go(f"/cx/visit?name={visit}")
		expect(self.page.locator("#on-visit")).to_be_visible()
		return self

	def ready_without_reception(self) -> None:
		"""Wait until the service worker holds the page and its files."""
		self.page.wait_for_function(
			"""async () => {
				const cache = await caches.open("cx-visit-1");
				return (await cache.keys()).length >= 3;
			}"""
		)

	def keep(self, words: str, who: str = "", kind: str = "Said", photo: str | None = None) -> "PhonePage":
		self.page.locator("#statement").fill(words)
		self.page.locator(f'input[name="kind"][value="{kind}"]').check(force=True)
		self.page.locator("#who").fill(who)
		if photo:
			self.page.locator("#photo").set_input_files(photo)
		self.page.get_by_role("button", name="Keep it").click()
		return self

	def entry(self, words: str):
		return self.page.locator("#kept li", has_text=words)

	def expect_entry(self, words: str, state: str) -> None:
		expect(self.entry(words)).to_have_class(re.compile(state), timeout=20_000)

	def kept_photo(self) -> list[int] | None:
		"""Width and height of the photo that waits in the outbox."""
		return self.page.evaluate(
			"""async () => {
				const database = await new Promise((resolve) => {
					const request = indexedDB.open("cx-visit", 1);
					request.onsuccess = () => resolve(request.result);
				});
				const rows = await new Promise((resolve) => {
					const request = database.transaction("outbox").objectStore("outbox").getAll();
					request.onsuccess = () => resolve(request.result);
				});
				const kept = rows.find((row) => row.photo);
				if (!kept) return null;
				const picture = await createImageBitmap(kept.photo);
				return [picture.width, picture.height];
			}"""
		)

	def state(self) -> str:
		return self.page.locator("#state").inner_text()


class VisitForm(Screen):
	"""A visit in the Desk."""

	def open(self, visit: str) -> "VisitForm":
		self.go(f"/app/cx-visit/{visit}")
		expect(self.page.locator(".page-title .indicator-pill")).to_be_visible(timeout=30_000)
		return self

	def tab(self, name: str) -> "VisitForm":
		self.page.get_by_role("tab", name=name).click()
		return self

	def press(self, name: str) -> "VisitForm":
		self.page.get_by_role("button", name=name, exact=True).first.click()
		return self

	def expect_state(self, state: str) -> None:
		expect(self.page.locator(".page-title .indicator-pill").first).to_have_text(state, timeout=20_000)

	def write(self, fieldname: str, words: str) -> "VisitForm":
		self.page.locator(f'.form-page [data-fieldname="{fieldname}"] textarea').first.fill(words)
		self.page.keyboard.press("Tab")
		return self

	def save(self) -> None:
		self.page.locator('button[data-label="Save"]').first.click()
		expect(self.page.locator(".page-title .indicator-pill.orange", has_text="Not Saved")).to_have_count(0)
		self.page.wait_for_timeout(800)

	def triage(self, words: str, driver: str, impact: str, way: str, reason: str = "") -> "VisitForm":
		rows = self.page.locator(
			'[data-fieldname="voices_html"] div', has=self.page.get_by_role("button", name="Triage")
		)
		rows.filter(has_text=words).last.get_by_role("button", name="Triage").click()
		dialog = self.page.locator(".modal.show")
		expect(dialog).to_be_visible()
		box = dialog.locator('[data-fieldname="driver"] input')
		box.click()
		box.press_sequentially(driver, delay=20)
		dialog.locator('[data-fieldname="driver"] [role="option"]', has_text=driver).first.click()
		dialog.locator('[data-fieldname="impact"] select').select_option(impact)
		dialog.locator('[data-fieldname="way"] select').select_option(way)
		if reason:
			dialog.locator('[data-fieldname="reason"] textarea').fill(reason)
		dialog.get_by_role("button", name="Decide").click()
		expect(dialog).to_be_hidden()
		return self


class HostPage(Screen):
	"""What the host of a visit sees behind the link."""

	def open(self, link: str) -> "HostPage":
		self.go(link)
		expect(self.page.locator("main h1")).to_be_visible()
		return self

	def say(self, word: str, sentence: str = "") -> "HostPage":
		if sentence:
			self.page.locator("#sentence").fill(sentence)
		self.page.wait_for_timeout(2500)  # a person reads first; faster is taken for a machine
		self.page.locator(f'button[value="{word}"]').click()
		self.page.wait_for_load_state("domcontentloaded")
		return self
