"""Who is of the desk and who is of the business, by queries of our own.

Helpdesk's `is_agent` says yes for anybody when the session is Administrator, as in every scheduler job.
"""

from collections.abc import Iterable

import frappe

from cx_desk.core.mapping import clean_address
from cx_desk.host.names import AGENT, AGENT_ROLES, TEAM, TEAM_MEMBER

# Holders of these work for the desk; System Manager alone does not make somebody one of its people.
STAFF_ROLES = (*AGENT_ROLES, "CX Manager", "CX Liaison")


def is_staff(user_or_email: str | None) -> bool:
	"""Whether a user id or mail address belongs to an enabled member of the desk."""
	if not user_or_email or user_or_email == "Guest":
		return False
	if user_or_email == "Administrator":
		return True
	return bool(_staff_users([user_or_email, clean_address(user_or_email) or user_or_email]))


def staff_addresses(addresses: Iterable[str]) -> set[str]:
	"""Those of the mail addresses (in lower case) that belong to the desk's own people."""
	wanted = {clean_address(address) for address in addresses} - {""}
	if not wanted:
		return set()
	found = set()
	for user in _staff_users(sorted(wanted)):
		found |= {clean_address(user.name), clean_address(user.email)} & wanted
	return found


def _staff_users(keys: list[str]) -> list[frappe._dict]:
	"""Enabled users among `keys` (ids or addresses) that hold a staff role or are an active agent."""
	users = frappe.get_all(
		"User",
		filters={"enabled": 1},
		or_filters={"name": ("in", keys), "email": ("in", keys)},
		fields=["name", "email"],
	)
	if not users:
		return []
	ids = [user.name for user in users]
	staff = set(
		frappe.get_all(
			"Has Role",
			filters={"parenttype": "User", "parent": ("in", ids), "role": ("in", STAFF_ROLES)},
			pluck="parent",
		)
	)
	if len(staff) < len(ids):
		staff |= set(frappe.get_all(AGENT, filters={"user": ("in", ids), "is_active": 1}, pluck="user"))
	return [user for user in users if user.name in staff]


def contact_of(email: str | None) -> str | None:
	"""The contact that holds a mail address, its main address before its others; None if there is none."""
	address = clean_address(email)
	if not address:
		return None
	rows = frappe.get_all(
		"Contact Email",
		filters={"email_id": address, "parenttype": "Contact"},
		fields=["parent"],
		order_by="is_primary desc, creation asc",
		limit=1,
	)
	if rows:
		return rows[0].parent
	return frappe.db.get_value("Contact", {"email_id": address}, "name", order_by="creation asc")


def full_names(users: Iterable[str]) -> dict[str, str]:
	"""User id -> name to show; ids without a user keep their id."""
	wanted = sorted({user for user in users if user})
	if not wanted:
		return {}
	rows = frappe.get_all("User", filters={"name": ("in", wanted)}, fields=["name", "full_name"])
	known = {row.name: row.full_name or row.name for row in rows}
	return {user: known.get(user, user) for user in wanted}


def teams_sql(user: str) -> str:
	"""Subquery: the teams that somebody works in."""
	return (
		f"select cx_m.parent from `tab{TEAM_MEMBER}` cx_m"
		f" where cx_m.parenttype = {frappe.db.escape(TEAM)} and cx_m.user = {frappe.db.escape(user)}"
	)


def works_in(user: str, team: str | None) -> bool:
	"""Whether somebody works in a team."""
	return bool(team) and bool(
		frappe.db.exists(TEAM_MEMBER, {"parenttype": TEAM, "parent": team, "user": user})
	)
