"""Who may see which row: `permission_query_conditions` and `has_permission` of every CX doctype with a scope.

The table that these keep is docs/reference/permissions.md. Roles and DocPerms say which doctypes a person may
open at all; here it is decided which rows. Every answer is an explicit True or False: Frappe 16 reads None as
no, Frappe 15 as "ask the next".
"""

from dataclasses import dataclass

import frappe
from frappe import _

from cx_desk.host import requests
from cx_desk.host.names import TICKET
from cx_desk.host.people import teams_sql, works_in
from cx_desk.host.tickets import contacts_sql, units_of_contact
from cx_desk.units.scope import (
	LIAISON_ROLE,
	MANAGER_ROLE,
	answers_for_unit,
	assigned_units_sql,
	is_near,
	near_condition,
	sees_everything,
	sees_unit,
	unit_condition,
)

CONFIDENTIAL = "Confidential"
CHANGING = ("write", "create", "delete", "import", "submit", "cancel", "amend", "share")
MANAGERS_ONLY = ("delete", "import", "share")
ANYBODY, IN_SCOPE, NOBODY = "anybody", "in scope", "nobody"


def may_open_workspace(user: str | None = None) -> bool:
	"""Whether the app's tile and workspace are offered to a person: the desk's own people."""
	roles = frappe.get_roles(user or frappe.session.user)
	return bool({MANAGER_ROLE, LIAISON_ROLE, "System Manager"} & set(roles))


def _is_new(doc) -> bool:
	"""Whether a document is not stored yet. What the client says of that is believed only where there is no such row."""
	return not doc.name or not frappe.db.exists(doc.doctype, doc.name)


def _stored(doc, columns: list[str]):
	"""What a permission is judged by: the row as it is stored; the document where there is none.

	The host asks when the document already holds what the client sent, on saving and on printing alike, so that a
	row of another unit could be reached by writing one's own unit, or oneself, into it.
	"""
	stored = frappe.db.get_value(doc.doctype, doc.name, columns, as_dict=True) if doc.name else None
	return stored or doc


def _configures(user: str) -> bool:
	return sees_everything(user) or "System Manager" in frappe.get_roles(user)


def _scoped(user: str, doctype: str, open_rows: str) -> str:
	"""Open rows of the person's scope, and all rows of the units whose own liaison or deputy they are."""
	return f"(({open_rows} and {unit_condition(user, doctype)}) or {near_condition(user, doctype)})"


def _in_scope(user: str, unit: str | None, confidential: bool) -> bool:
	return is_near(user, unit) if confidential else sees_unit(user, unit)


# Lists: `fields=["link.field"]` would show rows of another doctype past their own conditions, and past what leaves.


def refuse_joins(user: str | None = None, doctype: str | None = None) -> str:
	"""Condition of every doctype that links rows with conditions of their own: no condition, or PermissionError."""
	if (user or frappe.session.user) == "Administrator":
		return ""
	kept_apart = {one for one in frappe.get_hooks("permission_query_conditions") if one.startswith("CX ")}
	if found := sorted(requests.joined_doctypes() & {*kept_apart, TICKET}):
		frappe.throw(
			_("Ask for {0} in a list of its own: who may read it is decided there.").format(_(found[0])),
			frappe.PermissionError,
		)
	return ""


# CX Business Unit: everybody of the desk reads the tree; a liaison changes only units they answer for.


def business_unit_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if ptype not in CHANGING or _configures(user):
		return True
	if ptype != "write" or doc.get("__islocal"):
		return False
	return answers_for_unit(user, doc.name)


# CX Unit Mapping: addresses of persons, hence by scope.


def unit_mapping_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	return "(1=1)" if _configures(user) else unit_condition(user, "CX Unit Mapping")


def unit_mapping_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if _configures(user):
		return True
	return ptype not in CHANGING and sees_unit(user, _stored(doc, ["unit"]).get("unit"))


# CX Voice: within scope, or one's own to settle, or heard by oneself; one's team's to read. Confidential ones only
# for those who answer for the unit and for who has to settle them.


def voice_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	me = frappe.db.escape(user)
	own = f"`tabCX Voice`.`responsible` = {me} or `tabCX Voice`.`owner` = {me}"
	named = "`tabCX Voice`.`confidential` = 0"
	team = f"({named} and `tabCX Voice`.`team` in ({teams_sql(user)}))"
	return f"({own} or {team} or {_scoped(user, 'CX Voice', named)})"


def voice_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in ("delete", "import"):
		return False
	if ptype == "create" or _is_new(doc):
		return True
	row = _stored(doc, ["responsible", "owner", "unit", "confidential", "team"])
	if user in (row.get("responsible"), row.get("owner")):
		return True
	if _in_scope(user, row.get("unit"), bool(row.get("confidential"))):
		return True
	return ptype not in CHANGING and not row.get("confidential") and works_in(user, row.get("team"))


# Most doctypes: rows of the units in scope, rows that carry the person's name, and rows they take part in for the desk.


@dataclass(frozen=True)
class Rows:
	"""Which rows of a doctype somebody reaches beside those of the units in their scope.

	`own` are fields that make a row the person's own, `taking_part` a child doctype whose `user` takes part for the
	desk. `begins` says who may begin one: ANYBODY of the desk, who answers for its unit (IN_SCOPE; without a unit it
	is begun by anybody and seen by managers), or NOBODY, where only the app does. `derived` rows nobody changes.
	DocPerms come first: what they refuse is not asked here.
	"""

	own: tuple[str, ...] = ()
	taking_part: str = ""
	begins: str = ANYBODY
	derived: bool = False


SCOPED = {
	"CX Survey Invitation": Rows(derived=True),
	"CX Survey Link": Rows(),
	# A target for the whole business is the managers' to see.
	"CX Experience Target": Rows(begins=IN_SCOPE),
	"CX Signal": Rows(begins=NOBODY),
	"CX Unit Week": Rows(derived=True),
	# The cadence restarts whoever had the conversation; anybody plans or logs a visit and begins a story.
	"CX Conversation": Rows(own=("owner",), taking_part="CX Conversation Person"),
	"CX Visit": Rows(own=("owner",), taking_part="CX Visit Person"),
	"CX Story": Rows(own=("owner",)),
	"CX Resolver Question": Rows(own=("owner", "answerer")),
	"CX Visit Round": Rows(),
	"CX Business Knowledge": Rows(own=("user",), derived=True),
}


def scoped_query(user: str | None = None, doctype: str | None = None) -> str:
	"""Rows of a doctype of SCOPED that somebody may read."""
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	rows, table, me = SCOPED[doctype], f"`tab{doctype}`", frappe.db.escape(user)
	ways = [f"{table}.`{field}` = {me}" for field in rows.own]
	if rows.taking_part:
		ways.append(
			f"{table}.`name` in (select cx_p.parent from `tab{rows.taking_part}` cx_p"
			f" where cx_p.user = {me} and cx_p.parenttype = {frappe.db.escape(doctype)})"
		)
	return f"({' or '.join([*ways, unit_condition(user, doctype)])})"


def scoped_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Whether somebody may do `ptype` with a row of a doctype of SCOPED."""
	user = user or frappe.session.user
	rows = SCOPED[doc.doctype]
	if rows.derived and ptype in CHANGING:
		return False
	if sees_everything(user):
		return True
	if ptype in MANAGERS_ONLY:
		return False
	if ptype == "create" or _is_new(doc):
		if rows.begins == IN_SCOPE and doc.get("unit"):
			return sees_unit(user, doc.unit)
		return rows.begins != NOBODY
	row = _stored(doc, ["unit", *rows.own])
	if user in [row.get(field) for field in rows.own] or sees_unit(user, row.get("unit")):
		return True
	return bool(rows.taking_part) and bool(
		frappe.db.exists(rows.taking_part, {"parenttype": doc.doctype, "parent": doc.name, "user": user})
	)


# Counts follow the rows of their survey.


def rollup_query(user: str | None = None, doctype: str | None = None) -> str:
	return _counts_query(user, "CX Score Rollup")


def rollup_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	return _counts_permission(doc, user)


def snapshot_query(user: str | None = None, doctype: str | None = None) -> str:
	return _counts_query(user, "CX Unit Snapshot")


def snapshot_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	return _counts_permission(doc, user)


def _counts_query(user: str | None, doctype: str) -> str:
	"""Counts by day, unit and team single people out as rows do, so they follow the rows of their survey."""
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"

	def of(privacy: str) -> str:
		surveys = (
			f"select cx_s.name from `tabCX Survey` cx_s where cx_s.privacy = {frappe.db.escape(privacy)}"
		)
		return f"`tab{doctype}`.`survey` in ({surveys})"

	return (
		f"(({of('Named')} and {unit_condition(user, doctype)})"
		f" or ({of(CONFIDENTIAL)} and {near_condition(user, doctype)}))"
	)


def _counts_permission(doc, user: str | None) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	row = _stored(doc, ["survey", "unit"])
	privacy = frappe.get_cached_value("CX Survey", row.survey, "privacy") if row.get("survey") else None
	if privacy == "Named":
		return sees_unit(user, row.get("unit"))
	return privacy == CONFIDENTIAL and is_near(user, row.get("unit"))


# CX Survey Response: scope of the unit; who has to settle a voice reads the answer it came from, unless the
# survey is confidential.


def response_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	table = "`tabCX Survey Response`"
	open_answers = f"ifnull({table}.`privacy`, '') != {frappe.db.escape(CONFIDENTIAL)}"
	# Confidential rows are read one by one; they leave in no report and in no export, whoever asks.
	readable = open_answers if requests.takes_rows_away() else "1=1"
	if sees_everything(user):
		return f"({readable})"
	owned = (
		f"({open_answers} and {table}.`name` in (select cx_v.response from `tabCX Voice` cx_v"
		f" where cx_v.responsible = {frappe.db.escape(user)} and cx_v.response is not null))"
	)
	return f"({readable} and ({owned} or {_scoped(user, 'CX Survey Response', open_answers)}))"


def response_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in CHANGING:
		return False
	row = _stored(doc, ["privacy", "unit"])
	confidential = row.get("privacy") == CONFIDENTIAL
	if _in_scope(user, row.get("unit"), confidential):
		return True
	if confidential or not doc.name:
		return False
	return bool(frappe.db.exists("CX Voice", {"response": doc.name, "responsible": user}))


# CX Contact Preference: a person belongs to the scope in which they raised a ticket. Agents see and set the
# preferred way in the ticket's dialog, where the ticket's own permission decides.


def contact_preference_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	return f"(`tabCX Contact Preference`.`contact` in ({contacts_sql(assigned_units_sql(user))}))"


def contact_preference_permission(
	doc, ptype: str = "read", user: str | None = None, debug: bool = False
) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	contact = _stored(doc, ["contact"]).get("contact")
	if ptype == "create" or ptype in MANAGERS_ONLY or not contact:
		return False
	return any(sees_unit(user, unit) for unit in units_of_contact(contact))


def unit_person_query(user: str | None = None, doctype: str | None = None) -> str:
	"""People that matter and wants are for those who look after units, as their permission level in the unit says."""
	user = user or frappe.session.user
	return "(1=1)" if _configures(user) or LIAISON_ROLE in frappe.get_roles(user) else "(1=0)"


# CX Visit Voice follows its visit; nobody writes it by hand.


def visit_voice_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	of_visit = f"`tabCX Visit Voice`.`visit` in (select `tabCX Visit`.name from `tabCX Visit` where {scoped_query(user, 'CX Visit')})"
	return f"({of_visit} or {unit_condition(user, 'CX Visit Voice')})"


def visit_voice_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if ptype in CHANGING:
		return False
	if sees_everything(user):
		return True
	row = _stored(doc, ["unit", "visit"])
	if sees_unit(user, row.get("unit")):
		return True
	visit = row.get("visit")
	return bool(visit) and scoped_permission(frappe._dict(doctype="CX Visit", name=visit), "read", user)


# Initiatives: within scope (the leading unit or an affected one), or led, followed or begun by oneself. Questions,
# considerations, benefits, news and tagged tickets follow their initiative. Whoever judges a consideration, by name or
# as one of its team, changes that one, asks for it, and reads the initiative; who was asked changes their own question.

_INITIATIVE_PARTS = {
	"CX Open Question": ("responsible", "asked_by"),
	"CX Consideration": ("responsible",),
	"CX Benefit": (),
	"CX Announcement": (),
	"CX Initiative Ticket": (),
}


def initiative_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	affected = (
		"`tabCX Initiative`.`name` in (select cx_iu.parent from `tabCX Initiative Unit` cx_iu"
		f" where cx_iu.parenttype = 'CX Initiative' and cx_iu.unit in ({assigned_units_sql(user)}))"
	)
	reviewed = (
		"`tabCX Initiative`.`name` in (select `tabCX Consideration`.`initiative` from `tabCX Consideration`"
		f" where {_reviews_sql(user)})"
	)
	learning = (
		"`tabCX Initiative`.`name` in (select cx_is.parent from `tabCX Initiative Skill` cx_is"
		f" where cx_is.parenttype = 'CX Initiative' and cx_is.person = {frappe.db.escape(user)})"
	)
	scope = unit_condition(user, "CX Initiative")
	return f"({_own_initiative(user)} or {affected} or {reviewed} or {learning} or {scope})"


def _reviews_sql(user: str) -> str:
	me = frappe.db.escape(user)
	return (
		f"(`tabCX Consideration`.`responsible` = {me} or `tabCX Consideration`.`team` in ({teams_sql(user)}))"
	)


def _reviews(user: str, row) -> bool:
	return bool(row) and (user == row.get("responsible") or works_in(user, row.get("team")))


def _own_initiative(user: str) -> str:
	me = frappe.db.escape(user)
	fields = ("lead", "representative", "owner")
	return "({})".format(" or ".join(f"`tabCX Initiative`.`{field}` = {me}" for field in fields))


def initiative_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in MANAGERS_ONLY:
		return False
	if ptype == "create" or _is_new(doc):
		return True
	row = _stored(doc, ["lead", "representative", "owner", "unit"])
	if user in (row.get("lead"), row.get("representative"), row.get("owner")):
		return True
	if sees_unit(user, row.get("unit")):
		return True
	if ptype in CHANGING:
		return False
	of_this = {"parenttype": doc.doctype, "parent": doc.name}
	affected = frappe.get_all("CX Initiative Unit", of_this, pluck="unit")
	if any(sees_unit(user, unit) for unit in affected):
		return True
	if frappe.db.exists("CX Initiative Skill", {**of_this, "person": user}):
		return True
	judged = frappe.get_all(
		"CX Consideration", {"initiative": doc.name}, ["responsible", "team"], distinct=True
	)
	return any(_reviews(user, one) for one in judged)


def initiative_part_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	me = frappe.db.escape(user)
	own = [f"`tab{doctype}`.`{field}` = {me}" for field in _INITIATIVE_PARTS[doctype]]
	if doctype == "CX Consideration":
		own.append(_reviews_sql(user))
	of_mine = (
		f"`tab{doctype}`.`initiative` in (select `tabCX Initiative`.`name` from `tabCX Initiative`"
		f" where {_own_initiative(user)})"
	)
	return f"({' or '.join([*own, of_mine, unit_condition(user, doctype)])})"


def initiative_part_permission(
	doc, ptype: str = "read", user: str | None = None, debug: bool = False
) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in MANAGERS_ONLY:
		return False
	if ptype == "create" or _is_new(doc):
		if not doc.get("initiative") or _asks_for_own_review(doc, user):
			return True
		return bool(frappe.has_permission("CX Initiative", "write", doc.initiative, user=user))
	own = _INITIATIVE_PARTS[doc.doctype]
	also = ["team"] if doc.doctype == "CX Consideration" else []
	row = _stored(doc, [*own, *also, "unit", "initiative"])
	if user in [row.get(field) for field in own] or (also and _reviews(user, row)):
		return True
	if sees_unit(user, row.get("unit")):
		return True
	if not row.get("initiative"):
		return False
	people = frappe.db.get_value("CX Initiative", row.get("initiative"), ["lead", "representative", "owner"])
	return user in (people or ())


def _asks_for_own_review(doc, user: str) -> bool:
	"""Whether a new question belongs to a consideration that the person judges."""
	if doc.doctype != "CX Open Question" or not doc.get("consideration"):
		return False
	row = frappe.db.get_value(
		"CX Consideration", doc.consideration, ["initiative", "responsible", "team"], as_dict=True
	)
	return bool(row) and row.initiative == doc.initiative and _reviews(user, row)


# Child rows: the host asks only whether somebody may read the parent's doctype at all, so each child of a doctype
# with a scope carries the condition of its parent's rows.

_OF_PARENT = {
	"CX Survey Response": (response_query, ("CX Survey Answer",)),
	"CX Voice": (voice_query, ("CX Voice Step",)),
	"CX Experience Target": (scoped_query, ("CX Target Step",)),
	"CX Conversation": (scoped_query, ("CX Conversation Person", "CX Conversation Want")),
	"CX Visit": (scoped_query, ("CX Visit Person", "CX Visit Version", "CX Visit Comparison")),
	"CX Visit Round": (scoped_query, ("CX Visit Proposal",)),
	"CX Story": (scoped_query, ("CX Story Evidence",)),
	"CX Initiative": (
		initiative_query,
		(
			"CX Initiative Unit",
			"CX Initiative Person",
			"CX Initiative Criterion",
			"CX Initiative Gate",
			"CX Initiative Risk",
			"CX Initiative Skill",
			"CX Initiative Exit",
			"CX Initiative Step",
			"CX Early Life Check",
			"CX Early Life Extension",
		),
	),
	"CX Open Question": (initiative_part_query, ("CX Question Step",)),
	"CX Benefit": (initiative_part_query, ("CX Benefit Reading", "CX Benefit Step")),
	"CX Announcement": (initiative_part_query, ("CX Announcement Receipt",)),
}
CHILDREN = {
	child: (parent, condition) for parent, (condition, children) in _OF_PARENT.items() for child in children
}


def child_query(user: str | None = None, doctype: str | None = None) -> str:
	"""Rows of a child doctype whose parent the reader may see."""
	parent, condition = CHILDREN[doctype]
	return (
		f"(`tab{doctype}`.`parenttype` = {frappe.db.escape(parent)} and `tab{doctype}`.`parent` in"
		f" (select `tab{parent}`.`name` from `tab{parent}` where {condition(user, parent)}))"
	)
