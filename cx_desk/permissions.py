"""Who may see which row: `permission_query_conditions` and `has_permission` of every CX doctype with a scope.

The table that these keep is docs/reference/permissions.md. Roles and DocPerms say which doctypes a person may
open at all; here it is decided which rows. Every answer is an explicit True or False: Frappe 16 reads None as
no, Frappe 15 as "ask the next".
"""

import frappe

from cx_desk.host import requests
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


def may_open_workspace(user: str | None = None) -> bool:
	"""Whether the app's tile and workspace are offered to a person: the desk's own people."""
	roles = frappe.get_roles(user or frappe.session.user)
	return bool({MANAGER_ROLE, LIAISON_ROLE, "System Manager"} & set(roles))


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
	return _configures(user) or (ptype not in CHANGING and sees_unit(user, doc.get("unit")))


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
	if ptype == "create" or doc.get("__islocal"):
		return True
	row = _stored(doc, ptype, ["responsible", "owner", "unit", "confidential", "team"])
	if user in (row.get("responsible"), row.get("owner")):
		return True
	if _in_scope(user, row.get("unit"), bool(row.get("confidential"))):
		return True
	return ptype not in CHANGING and not row.get("confidential") and works_in(user, row.get("team"))


# Ledger, counts, preferences: the scope of their unit.


def invitation_query(user: str | None = None, doctype: str | None = None) -> str:
	return _liaison_query(user, "CX Survey Invitation")


def invitation_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	return _liaison_permission(doc, user)


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
	privacy = (
		frappe.get_cached_value("CX Survey", doc.get("survey"), "privacy") if doc.get("survey") else None
	)
	if privacy == "Named":
		return sees_unit(user, doc.get("unit"))
	return privacy == CONFIDENTIAL and is_near(user, doc.get("unit"))


# CX Experience Target: the scope of its unit; a target for the whole business is the managers' to set and to see.


def target_query(user: str | None = None, doctype: str | None = None) -> str:
	return _liaison_query(user, "CX Experience Target")


def target_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal") or not doc.name:
		return not doc.get("unit") or sees_unit(user, doc.get("unit"))
	return sees_unit(user, _stored(doc, ptype, ["unit"]).get("unit"))


# CX Survey Link: the scope of its unit; a liaison makes and changes those of units in their scope.


def survey_link_query(user: str | None = None, doctype: str | None = None) -> str:
	return _liaison_query(user, "CX Survey Link")


def survey_link_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal"):
		return True
	return sees_unit(user, _stored(doc, ptype, ["unit"]).get("unit"))


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
	confidential = doc.get("privacy") == CONFIDENTIAL
	if _in_scope(user, doc.get("unit"), confidential):
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
	contact = _stored(doc, ptype, ["contact"]).get("contact")
	if ptype in ("create", "delete", "import", "share") or not contact:
		return False
	return any(sees_unit(user, unit) for unit in units_of_contact(contact))


def _stored(doc, ptype: str, columns: list[str]):
	"""What a permission to change is judged by: the row as it is stored.

	The host asks when the document already holds what the client sent, so that a row of another unit could be
	taken over by writing one's own unit, or oneself, into it.
	"""
	if ptype not in CHANGING or doc.get("__islocal") or not doc.name:
		return doc
	return frappe.db.get_value(doc.doctype, doc.name, columns, as_dict=True) or doc


def _configures(user: str) -> bool:
	return sees_everything(user) or "System Manager" in frappe.get_roles(user)


def _liaison_query(user: str | None, doctype: str) -> str:
	return unit_condition(user or frappe.session.user, doctype)


def _liaison_permission(doc, user: str | None) -> bool:
	return sees_unit(user or frappe.session.user, doc.get("unit"))


def _scoped(user: str, doctype: str, open_rows: str) -> str:
	"""Open rows of the person's scope, and all rows of the units whose own liaison or deputy they are."""
	return f"(({open_rows} and {unit_condition(user, doctype)}) or {near_condition(user, doctype)})"


def _in_scope(user: str, unit: str | None, confidential: bool) -> bool:
	return is_near(user, unit) if confidential else sees_unit(user, unit)


# CX Conversation: within scope, logged by oneself, or where one took part for the desk. Anybody of the desk may log
# one for any unit, since the cadence restarts whoever had it.


def conversation_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	me = frappe.db.escape(user)
	took_part = (
		"`tabCX Conversation`.`name` in (select cx_p.parent from `tabCX Conversation Person` cx_p"
		f" where cx_p.user = {me} and cx_p.parenttype = 'CX Conversation')"
	)
	return (
		f"(`tabCX Conversation`.`owner` = {me} or {took_part} or {unit_condition(user, 'CX Conversation')})"
	)


def conversation_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal"):
		return True
	row = _stored(doc, ptype, ["owner", "unit"])
	if row.get("owner") == user or sees_unit(user, row.get("unit")):
		return True
	return bool(
		frappe.db.exists(
			"CX Conversation Person", {"parenttype": doc.doctype, "parent": doc.name, "user": user}
		)
	)


# CX Signal and CX Unit Week: the scope of their unit.


def signal_query(user: str | None = None, doctype: str | None = None) -> str:
	return _liaison_query(user, "CX Signal")


def signal_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	unit = _stored(doc, ptype, ["unit"]).get("unit")
	return ptype not in ("create", "delete", "import", "share") and sees_unit(user, unit)


def unit_week_query(user: str | None = None, doctype: str | None = None) -> str:
	return _liaison_query(user, "CX Unit Week")


def unit_week_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	return sees_everything(user) or (ptype not in CHANGING and sees_unit(user, doc.get("unit")))


# Child rows: the host asks only whether somebody may read the parent's doctype at all, so each child of a doctype
# with a scope carries the condition of its parent's rows.

CHILDREN = {
	"CX Survey Answer": ("CX Survey Response", response_query),
	"CX Voice Step": ("CX Voice", voice_query),
	"CX Target Step": ("CX Experience Target", target_query),
	"CX Conversation Person": ("CX Conversation", conversation_query),
	"CX Conversation Want": ("CX Conversation", conversation_query),
}


def child_query(user: str | None = None, doctype: str | None = None) -> str:
	"""Rows of a child doctype whose parent the reader may see."""
	parent, condition = CHILDREN[doctype]
	return (
		f"(`tab{doctype}`.`parenttype` = {frappe.db.escape(parent)} and `tab{doctype}`.`parent` in"
		f" (select `tab{parent}`.`name` from `tab{parent}` where {condition(user, parent)}))"
	)


def unit_person_query(user: str | None = None, doctype: str | None = None) -> str:
	"""People that matter and wants are for those who look after units, as their permission level in the unit says."""
	user = user or frappe.session.user
	return "(1=1)" if _configures(user) or LIAISON_ROLE in frappe.get_roles(user) else "(1=0)"


# CX Visit: within scope, planned by oneself, or where one takes part for the desk. Anybody of the desk may plan or log one.


def visit_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	me = frappe.db.escape(user)
	takes_part = (
		"`tabCX Visit`.`name` in (select cx_p.parent from `tabCX Visit Person` cx_p"
		f" where cx_p.user = {me} and cx_p.parenttype = 'CX Visit')"
	)
	return f"(`tabCX Visit`.`owner` = {me} or {takes_part} or {unit_condition(user, 'CX Visit')})"


def visit_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal") or not doc.name:
		return True
	# The stored row decides: what the client sent could name another unit, or oneself.
	row = frappe.db.get_value("CX Visit", doc.name, ["owner", "unit"], as_dict=True) or doc
	if row.get("owner") == user or sees_unit(user, row.get("unit")):
		return True
	return bool(
		frappe.db.exists("CX Visit Person", {"parenttype": "CX Visit", "parent": doc.name, "user": user})
	)


# CX Visit Voice follows its visit; nobody writes it by hand.


def visit_voice_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	of_visit = f"`tabCX Visit Voice`.`visit` in (select `tabCX Visit`.name from `tabCX Visit` where {visit_query(user)})"
	return f"({of_visit} or {unit_condition(user, 'CX Visit Voice')})"


def visit_voice_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if ptype in CHANGING:
		return False
	if sees_everything(user) or sees_unit(user, doc.get("unit")):
		return True
	visit = frappe._dict(doctype="CX Visit", name=doc.get("visit"))
	return bool(visit.name) and visit_permission(visit, "read", user)


# CX Resolver Question: within scope, asked by oneself, or one's own to follow up.


def resolver_question_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	me = frappe.db.escape(user)
	own = f"`tabCX Resolver Question`.`owner` = {me} or `tabCX Resolver Question`.`answerer` = {me}"
	return f"({own} or {unit_condition(user, 'CX Resolver Question')})"


def resolver_question_permission(
	doc, ptype: str = "read", user: str | None = None, debug: bool = False
) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal") or not doc.name:
		return True
	columns = ["owner", "answerer", "unit"]
	row = frappe.db.get_value("CX Resolver Question", doc.name, columns, as_dict=True) or doc
	return user in (row.get("owner"), row.get("answerer")) or sees_unit(user, row.get("unit"))


# CX Visit Round: the scope of the part of the business that it is for.


def visit_round_query(user: str | None = None, doctype: str | None = None) -> str:
	return _liaison_query(user, "CX Visit Round")


def visit_round_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal") or not doc.name:
		return True
	return sees_unit(user, frappe.db.get_value("CX Visit Round", doc.name, "unit"))


# CX Business Knowledge: one's own, and of the units in one's scope. Derived: nobody changes it.


def business_knowledge_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	own = f"`tabCX Business Knowledge`.`user` = {frappe.db.escape(user)}"
	return f"({own} or {unit_condition(user, 'CX Business Knowledge')})"


def business_knowledge_permission(
	doc, ptype: str = "read", user: str | None = None, debug: bool = False
) -> bool:
	user = user or frappe.session.user
	if ptype in CHANGING:
		return False
	return sees_everything(user) or doc.get("user") == user or sees_unit(user, doc.get("unit"))


# CX Story: within scope, or written by oneself. Anybody of the desk may begin one; who answers for the unit shares it.


def story_query(user: str | None = None, doctype: str | None = None) -> str:
	user = user or frappe.session.user
	if sees_everything(user):
		return "(1=1)"
	return f"(`tabCX Story`.`owner` = {frappe.db.escape(user)} or {unit_condition(user, 'CX Story')})"


def story_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal") or not doc.name:
		return True
	row = _stored(doc, ptype, ["owner", "unit"])
	return row.get("owner") == user or sees_unit(user, row.get("unit"))


CHILDREN.update(
	{
		**dict.fromkeys(
			("CX Visit Person", "CX Visit Version", "CX Visit Comparison"), ("CX Visit", visit_query)
		),
		"CX Story Evidence": ("CX Story", story_query),
		"CX Visit Proposal": ("CX Visit Round", visit_round_query),
	}
)


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
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal"):
		return True
	row = _stored(doc, ptype, ["lead", "representative", "owner", "unit"])
	if user in (row.get("lead"), row.get("representative"), row.get("owner")):
		return True
	if sees_unit(user, row.get("unit")):
		return True
	if ptype in CHANGING:
		return False
	if any(sees_unit(user, row.get("unit")) for row in doc.get("units") or []):
		return True
	if any(row.get("person") == user for row in doc.get("skills") or []):
		return True
	judged = frappe.get_all(
		"CX Consideration", {"initiative": doc.name or ""}, ["responsible", "team"], distinct=True
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
	if ptype in ("delete", "import", "share"):
		return False
	if ptype == "create" or doc.get("__islocal"):
		if not doc.get("initiative") or _asks_for_own_review(doc, user):
			return True
		return bool(frappe.has_permission("CX Initiative", "write", doc.initiative, user=user))
	own = _INITIATIVE_PARTS[doc.doctype]
	also = ["team"] if doc.doctype == "CX Consideration" else []
	row = _stored(doc, ptype, [*own, *also, "unit", "initiative"])
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


CHILDREN.update(
	{
		**dict.fromkeys(
			(
				*(
					"CX Initiative Unit",
					"CX Initiative Person",
					"CX Initiative Criterion",
					"CX Initiative Gate",
				),
				*(
					"CX Initiative Risk",
					"CX Initiative Skill",
					"CX Initiative Exit",
					"CX Initiative Step",
					"CX Early Life Check",
					"CX Early Life Extension",
				),
			),
			("CX Initiative", initiative_query),
		),
		"CX Question Step": ("CX Open Question", initiative_part_query),
		"CX Benefit Reading": ("CX Benefit", initiative_part_query),
		"CX Announcement Receipt": ("CX Announcement", initiative_part_query),
	}
)
