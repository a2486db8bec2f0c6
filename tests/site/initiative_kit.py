"""A request of the business and the people around it, for the tests of initiatives."""

from unittest.mock import patch

import voice_kit

import frappe
from frappe.utils import add_days, nowdate

from cx_desk.initiatives import gates, moving, page_actions, people

CONTACT, SPONSOR = "hanna@initiativetest.example", "sven@initiativetest.example"


def without_commits(case) -> None:
	"""Nothing outlives a test: the host commits after each mail that it receives or sends."""
	commit = patch.object(frappe.db, "commit")
	commit.start()
	case.addCleanup(commit.stop)


class World:
	"""Manager, lead, representative and liaison of a unit, and a contact and a sponsor in it."""

	def __init__(self):
		frappe.set_user("Administrator")
		voice_kit.mail_account()
		self.manager = voice_kit.user("imanager", "CX Manager", "Agent")
		self.lead = voice_kit.user("ilead", "CX Liaison", "Agent")
		self.agent = voice_kit.user("iagent", "Agent")
		self.outsider = voice_kit.user("ioutsider", "Agent")
		self.unit = voice_kit.unit("Initiativetest HR")
		voice_kit.settings(desk_manager=self.manager)
		voice_kit.contact("Hanna Hr", CONTACT)
		voice_kit.contact("Sven Sponsor", SPONSOR)


def start(world: World, template: str | None = None, **values) -> str:
	"""A draft of the contact; its name."""
	frappe.set_user("Administrator")
	doc = frappe.get_doc(
		{
			"doctype": "CX Initiative",
			"title": "HR self-service portal",
			"template": template,
			"unit": world.unit,
			"requester_email": CONTACT,
			"requester_name": "Hanna Hr",
			**values,
		}
	)
	return doc.insert(ignore_permissions=True).name


def link(name: str, email: str = CONTACT) -> frappe._dict:
	"""Who somebody is by their link."""
	return people.find(people.token_for(name, email))


def hand_in(name: str, **values) -> None:
	"""As the contact on their page."""
	shown = page_actions.act(
		link(name),
		"submit",
		{
			"title": "HR self-service portal",
			"outcome": "Leave is asked for in one place, in two minutes.",
			"sponsor_name": "Sven Sponsor",
			"sponsor_email": SPONSOR,
			"people": "250",
			**values,
		},
	)
	assert not shown.problems, shown.problems


def as_user(user: str, run, *args, **kwargs):
	"""Run as somebody, and be Administrator again."""
	frappe.set_user(user)
	try:
		return run(*args, **kwargs)
	finally:
		frappe.set_user("Administrator")


def take(world: World, name: str) -> None:
	as_user(
		world.manager,
		moving.move,
		name,
		"Triage",
		message="Hello Hanna, I look after it and call you tomorrow.",
	)
	doc = frappe.get_doc("CX Initiative", name)
	doc.update({"lead": world.lead, "representative": world.agent})
	doc.save()


def meet_all(name: str) -> None:
	"""Every criterion met, with evidence."""
	doc = frappe.get_doc("CX Initiative", name)
	for row in doc.criteria:
		row.verdict, row.evidence = "Met", "Seen on the spot."
	doc.support_users = 250
	doc.save()


def send_all_news(world: World, name: str) -> None:
	from cx_desk.initiatives import news

	for row in news.of(name):
		if not row.before_golive:
			continue
		doc = frappe.get_doc("CX Announcement", row.name)
		doc.update({"subject": "Your new portal", "message": "It comes on Monday.", "audience": "Both"})
		doc.save()
		as_user(world.manager, news.approve, row.name)
		as_user(world.manager, news.send, row.name)


def advise(world: World, name: str, stage: str, advice: str = "Go", text: str = "") -> None:
	as_user(world.agent, gates.advise, name, stage, advice, text)


def in_days(days: int) -> str:
	return str(add_days(nowdate(), days))
