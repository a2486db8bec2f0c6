"""Browser, site and mailbox for the journeys; `make test-browser` starts what stands behind them."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pages import DESKTOP, PHONE, GuestPage, Login, Mailbox, Screen, Site, TicketPage
from playwright.sync_api import sync_playwright
from prepare import PASSWORD, PEOPLE

ARGUMENTS = [
	*("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
	*("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def site() -> Site:
	return Site(os.environ["CX_URL"], os.environ["CX_TEST_SITE"], os.environ["CX_PYTHON"])


@pytest.fixture(scope="session")
def mailbox() -> Mailbox:
	return Mailbox(os.environ["CX_MAIL"])


@pytest.fixture(scope="session")
def shots() -> Path:
	return Path(os.environ["CX_SHOTS"])


@pytest.fixture(scope="session")
def chromium():
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=os.environ["CX_CHROMIUM"], args=ARGUMENTS)
		yield browser
		browser.close()


@pytest.fixture(scope="session")
def sessions(chromium, site, shots) -> dict[str, dict]:
	"""Each person signs in once, through the form; the session is kept for all tests."""
	kept = {}
	for email in PEOPLE:
		context = chromium.new_context(viewport=DESKTOP)
		Login(context, site, shots).sign_in(email, PASSWORD)
		kept[email] = context.storage_state()
		context.close()
	return kept


@pytest.fixture
def window(chromium, site, shots, sessions):
	"""window(Screen, "browser.agent@desk.example", phone=False): a window of that person; None is a guest."""
	contexts = []

	def make(screen: type[Screen] = Screen, who: str | None = None, phone: bool = False) -> Screen:
		context = chromium.new_context(
			viewport=PHONE if phone else DESKTOP,
			is_mobile=phone,
			has_touch=phone,
			storage_state=sessions[who] if who else None,
		)
		contexts.append(context)
		return screen(context, site, shots)

	yield make
	for context in contexts:
		context.close()


@pytest.fixture
def agent(window) -> TicketPage:
	return window(TicketPage, "browser.agent@desk.example")


@pytest.fixture
def guest_phone(window) -> GuestPage:
	return window(GuestPage, None, phone=True)


@pytest.fixture
def ticket(site) -> str:
	"""A fresh ticket of a person of the business, in the browser team."""
	return site.run(
		"doc = frappe.get_doc({'doctype': 'HD Ticket', 'subject': 'Browser: cannot print',\n"
		"	'description': 'It says offline.', 'raised_by': 'browser.person@business.example',\n"
		"	'agent_group': 'Browser Team'})\n"
		"doc.insert(ignore_permissions=True); result = str(doc.name)"
	)
