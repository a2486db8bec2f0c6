"""Make the demo company on a site: units, mapping, people of the business and of the desk, teams, settings.

Everything is made through documents, as an admin would, and remembered. Running it again adds what is missing.
"""

from collections import Counter
from datetime import date, timedelta
from zlib import crc32

import frappe

from cx_desk.demo import memory, plan
from cx_desk.demo.log import Incident, homes, sizes
from cx_desk.demo.plan import Person
from cx_desk.host import names

MANAGER = Person("0", "Maria", "Manager", f"manager@{plan.DESK_DOMAIN}")
LIAISONS = tuple(
	Person("0", first, "Liaison", f"{first.lower()}@{plan.DESK_DOMAIN}")
	for first in ("Nora", "Eike", "Sven", "Wanda")
)
SHOWN_AGENT = Person("0", "Alex", "Agent", f"agent@{plan.DESK_DOMAIN}")

# What a site without CX Desk's settings had, to be put back by --remove.
KEPT_SETTINGS = ("desk_manager", "sample_data")


def insert(doctype: str, name: str | None, **values) -> str:
	"""Insert and remember a record, unless one of that name is there."""
	if name and frappe.db.exists(doctype, name):
		return name
	doc = frappe.get_doc({"doctype": doctype, **values})
	doc.flags.no_welcome_mail = True
	doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	memory.remember(doctype, [doc.name])
	return doc.name


class Company:
	"""The log's numbers as records of this site."""

	def __init__(self, everything: list[Incident], chosen: list[Incident], since: date):
		self.everything = everything
		self.chosen = chosen
		self.since = since
		self.sizes: Counter = sizes(everything)
		self.homes = homes(everything)
		groups = plan.groups(chosen)
		self.members = {g: who for g, who in plan.team_members(everything).items() if g in groups}

	def make(self) -> None:
		self.settings()
		self.units()
		self.desk()
		self.teams()
		self.assignments()
		self.contacts()
		self.mapping()
		self.trigger()

	def settings(self) -> None:
		doc = frappe.get_doc("CX Settings")
		if not memory.noted("settings"):
			memory.note("settings", frappe.as_json({key: doc.get(key) for key in KEPT_SETTINGS}))
		roles = ("CX Manager", "Agent", "Agent Manager", "System Manager")
		insert_user(MANAGER, *roles, password=plan.PASSWORD)
		doc.update({"desk_manager": MANAGER.email, "sample_data": plan.LABEL})
		doc.brand_name = doc.brand_name or f"{plan.COMPANY} Service Desk"
		doc.save(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it

	def units(self) -> None:
		root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")})
		for unit in plan.units(self.sizes, self.homes, root):
			insert(
				"CX Business Unit",
				unit.name,
				unit_name=unit.name,
				parent_cx_business_unit=unit.parent,
				is_group=int(unit.is_group),
				tier=unit.tier,
				sites=unit.sites,
				headcount=unit.headcount,
			)

	def desk(self) -> None:
		for liaison in LIAISONS:
			insert_user(liaison, "CX Liaison", "Agent", password=plan.PASSWORD)
		insert_user(SHOWN_AGENT, "Agent", password=plan.PASSWORD)
		for number in sorted({n for numbers in self.members.values() for n in numbers}, key=int):
			insert_user(plan.agent(number), "Agent")

	def teams(self) -> None:
		settings = frappe.get_doc("CX Settings")
		led = {row.team for row in settings.team_leads}
		for index, (group, numbers) in enumerate(self.members.items()):
			emails = [plan.agent(n).email for n in numbers]
			if index == 0:
				emails.append(SHOWN_AGENT.email)
			team = insert(
				names.TEAM,
				plan.team_name(group),
				team_name=plan.team_name(group),
				users=[{"user": email} for email in emails],
			)
			if team not in led:
				settings.append("team_leads", {"team": team, "user": emails[0]})
		settings.save(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it

	def assignments(self) -> None:
		"""One liaison per region with another as deputy; the last region has no deputy, "Other sites" nobody."""
		start = self.since - timedelta(days=30)
		for index, region in enumerate(plan.REGIONS):
			self._assign(region, LIAISONS[index], "Liaison", start)
			if index < len(plan.REGIONS) - 1:
				self._assign(region, LIAISONS[index + 1], "Deputy", start)

	def _assign(self, unit: str, who: Person, role: str, start: date) -> None:
		key = {"unit": unit, "user": who.email, "role": role}
		if not frappe.db.exists("CX Liaison Assignment", key):
			insert("CX Liaison Assignment", None, **key, from_date=start)

	def contacts(self) -> None:
		callers = {i.caller for i in self.chosen if i.caller} - set(memory.remembered("note:caller"))
		for number in sorted(callers, key=int):
			insert_contact(plan.caller(number), self.department_of(number))
		memory.remember("note:caller", sorted(callers, key=int))
		contact = plan.BUSINESS_CONTACT
		insert_contact(contact, self.department_of(contact.key))
		insert_user(contact, user_type="Website User", password=plan.PASSWORD)

	def department_of(self, caller: str) -> str | None:
		home = self.homes.get(caller)
		return plan.department(home) if home else None

	def mapping(self) -> None:
		"""Departments for everybody; addresses as well for one caller in ten, as after an import."""
		for place in sorted(self.sizes, key=int):
			self._map("Department", plan.department(place), plan.unit_of(place, self.sizes))
		for number in sorted({i.caller for i in self.chosen if i.caller}, key=int):
			if plan.is_mapped_by_address(number) and number in self.homes:
				unit = plan.unit_of(self.homes[number], self.sizes)
				self._map("Person", plan.caller(number).email, unit)

	def _map(self, kind: str, value: str, unit: str) -> None:
		if not frappe.db.exists("CX Unit Mapping", {"kind": kind, "value": value}):
			insert("CX Unit Mapping", None, kind=kind, value=value, unit=unit, source="Demo")

	def trigger(self) -> None:
		"""Switch the shipped survey and its trigger on, and remember that they were off."""
		from cx_desk.demo import surveys

		surveys.switch_on(self.since)

	def expected_unit(self, incident: Incident, unassigned: str) -> str:
		"""Which unit the mapping must give: said by the log alone, for tests to compare with."""
		home = self.homes.get(incident.caller)
		return plan.unit_of(home, self.sizes) if home else unassigned


def insert_user(
	person: Person, *roles: str, user_type: str = "System User", password: str | None = None
) -> None:
	"""A user; of the desk, an agent of Helpdesk as well. Without a password nobody can sign in as them."""
	if frappe.db.exists("User", person.email):
		return
	# The host allows sixty new users an hour; for this process it is more.
	frappe.local.conf.throttle_user_limit = 10_000
	insert(
		"User",
		person.email,
		email=person.email,
		first_name=person.first,
		last_name=person.last,
		send_welcome_email=0,
		user_type=user_type,
		new_password=password,
		roles=[{"role": role} for role in roles],
	)
	if "Agent" in roles and not frappe.db.exists(names.AGENT, {"user": person.email}):
		insert(names.AGENT, None, user=person.email, agent_name=person.name, is_active=1)


def insert_contact(person: Person, department: str | None) -> None:
	from cx_desk.host.people import contact_of

	if contact_of(person.email):
		return
	# As an import: otherwise the host asks a server in the internet for a picture of each person.
	before, frappe.flags.in_import = frappe.flags.in_import, True
	try:
		insert(
			"Contact",
			None,
			first_name=person.first,
			last_name=person.last,
			status="Passive",
			department=department,
			email_ids=[{"email_id": person.email, "is_primary": 1}],
			phone_nos=[{"phone": _telephone(person.email), "is_primary_mobile_no": 1}],
		)
	finally:
		frappe.flags.in_import = before


def _telephone(address: str) -> str:
	"""A number that no one has: Germany's network agency keeps this block of Berlin for films and books."""
	return f"+49 30 23125 {crc32(address.encode()) % 1000:03}"
