"""The host's teams and who is in them."""

from collections.abc import Iterable

import frappe

from cx_desk.host.names import AGENT, TEAM, TEAM_MEMBER


def teams_of(users: Iterable[str]) -> dict[str, list[str]]:
	"""Team -> all its members, for every team that has one of these people. Two queries."""
	users = list(users)
	if not users:
		return {}
	teams = frappe.get_all(
		TEAM_MEMBER, {"parenttype": TEAM, "user": ("in", users)}, pluck="parent", distinct=True
	)
	found: dict[str, list[str]] = {}
	for row in frappe.get_all(
		TEAM_MEMBER,
		{"parenttype": TEAM, "parent": ("in", teams or [""])},
		["parent", "user"],
		order_by="parent, user",
	):
		found.setdefault(row.parent, []).append(row.user)
	return found


def active_agents() -> list[str]:
	"""Users of the desk's active agents whose user is enabled."""
	users = frappe.get_all(AGENT, {"is_active": 1}, pluck="user")
	return frappe.get_all(
		"User", {"name": ("in", users or [""]), "enabled": 1}, pluck="name", order_by="name"
	)


def team_names() -> list[str]:
	"""The names of all teams."""
	return frappe.get_all(TEAM, pluck="name", order_by="name")
