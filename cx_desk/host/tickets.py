"""Reading tickets: plain facts, without loading documents."""

from collections.abc import Iterable, Iterator
from functools import partial

import frappe
from frappe.query_builder import CustomFunction, Order
from frappe.query_builder.functions import Count, Max
from frappe.utils import getdate, nowdate

from cx_desk.host import ticket_surveys
from cx_desk.host.names import AGENT_ROLES, SETTINGS, TICKET
from cx_desk.host.people import STAFF_ROLES
from cx_desk.host.statements import bound, prepared

FACTS = (
	"name",
	"subject",
	"status",
	"status_category",
	"raised_by",
	"contact",
	"customer",
	"agent_group",
	"ticket_type",
	"priority",
	"sla",
	"agreement_status",
	"resolution_date",
	"feedback_rating",
	"is_merged",
	"merged_with",
	"ticket_split_from",
	"via_customer_portal",
	"opening_date",
	"opening_time",
	"creation",
	"modified",
	"owner",
	"_assign",
	"cx_business_unit",
	"cx_unit_rule",
	"cx_resolution_no",
	"key",
)


# What is shown of the person who raised a ticket.
PERSON = (
	"full_name",
	"email_id",
	"phone",
	"mobile_no",
	"company_name",
	"department",
	"designation",
	"image",
	"user",
)


# What is shown of a unit, of who answers for it, and of how to reach them.
UNIT = ("name", "parent_cx_business_unit", "lft", "tier", "is_unassigned", "critical_hours")
COVER = ("role", "subject", "from_date", "to_date")
REACH = ("name", "full_name", "email", "phone", "mobile_no")


def facts(tickets: Iterable[str]) -> dict[str, frappe._dict]:
	"""Facts of tickets by name, as the columns of `FACTS`; deleted tickets are left out. One query."""
	wanted = sorted({str(ticket) for ticket in tickets if ticket})
	if not wanted:
		return {}
	rows = frappe.get_all(TICKET, filters={"name": ("in", wanted)}, fields=list(FACTS))
	return {str(row.name): row for row in rows}


def of_record(ticket: str | None, key: str | None) -> str | None:
	"""The number of the ticket that a record of ours is about; None where another ticket has that number by now.

	key: the ticket's own as the record kept it; without one the number is believed.
	"""
	if ticket and key:
		now = frappe.db.get_value(TICKET, ticket, "key")
		if now and now != key:
			return None
	return ticket or None


def service_calendar(ticket: str | None = None):
	"""Working hours and holidays that hold for a ticket, as `core.calendar.ServiceCalendar`."""
	from cx_desk.host.service_calendar import service_calendar as of_ticket

	return of_ticket(ticket)


def count(filters: dict) -> int:
	"""Number of tickets that match, whoever asks; an empty value differs from every other, as in lists."""
	for field, value in filters.items():
		if isinstance(value, tuple | list) and value[0] == "!=":
			rest = {key: kept for key, kept in filters.items() if key != field}
			return count(rest) - count({**rest, field: value[1]})
	return frappe.db.count(TICKET, filters)


def in_batches(filters: dict, fields: Iterable[str], size: int) -> Iterator[list[frappe._dict]]:
	"""Tickets that match, in batches by name, so that rows changed on the way are neither missed nor repeated."""
	last = ""
	while True:
		# A list, since a dict cannot hold a second condition on the same field.
		conditions = [[TICKET, field, *_condition(value)] for field, value in filters.items()]
		rows = frappe.get_all(
			TICKET,
			filters=[*conditions, [TICKET, "name", ">", last]],
			fields=["name", *fields],
			order_by="name asc",
			limit=size,
		)
		if not rows:
			return
		last = str(rows[-1].name)
		yield rows


def write_unit(tickets: list[str], unit: str, rule: str) -> None:
	"""Set unit and rule beside the host's save; history and time stamps stay."""
	for start in range(0, len(tickets), 500):
		frappe.db.set_value(
			TICKET,
			{"name": ("in", tickets[start : start + 500])},
			{"cx_business_unit": unit, "cx_unit_rule": rule},
			update_modified=False,
		)


def _condition(value) -> tuple:
	return tuple(value) if isinstance(value, tuple | list) else ("=", value)


def contacts_sql(units_sql: str) -> str:
	"""Subquery: contacts with a ticket of one of the units that another subquery gives."""
	return (
		f"select cx_t.contact from `tab{TICKET}` cx_t"
		f" where cx_t.contact is not null and cx_t.cx_business_unit in ({units_sql})"
	)


def units_of_contact(contact: str) -> list[str]:
	"""The units of a contact's tickets."""
	return frappe.get_all(
		TICKET,
		{"contact": contact, "cx_business_unit": ("is", "set")},
		pluck="cx_business_unit",
		distinct=True,
	)


# Who reads the last tickets of a person would scan the host's table without these. Two columns each, since
# Frappe's schema sync drops one-column indexes that the doctype does not name.
INDEXES = {"cx_contact": ["contact", "creation"], "cx_raised_by": ["raised_by", "creation"]}


def add_indexes() -> None:
	"""Make our indexes on the host's tickets; does nothing where they are."""
	for name, columns in INDEXES.items():
		frappe.db.add_index(TICKET, columns, index_name=name)


def drop_indexes() -> None:
	"""Take our indexes off the host's tickets."""
	for name in INDEXES:
		if frappe.db.has_index(f"tab{TICKET}", name):
			frappe.db.sql_ddl(f"ALTER TABLE `tab{TICKET}` DROP INDEX `{name}`")


def with_person(ticket: str) -> frappe._dict | None:
	"""A ticket's facts with its person and unit; None if there is no such ticket. One query.

	`person` holds the contact's name, ways to reach it and the preferred one; its fields are None where the
	ticket has no contact. `cover_rows` are those that `units.cover.card_from` reads: one for each unit from the
	ticket's upwards and each assignment there that holds today, empty without a unit. `asked` and `answered` count rows
	of surveys under the ticket's number, so that nobody looks for what is not there.
	"""
	found = _read_with_person(ticket=str(ticket), today=getdate(nowdate()))
	if not found:
		return None
	first = found[0]
	facts_of = frappe._dict({field: first[field] for field in (*FACTS, *ticket_surveys.COLUMNS)})
	facts_of.person = _part(first, "person", (*PERSON, "preferred_way", "way_note"))
	facts_of.cover_rows = cover_rows(found)
	return facts_of


@prepared
def _read_with_person():
	row = frappe.qb.DocType(TICKET)
	contact = frappe.qb.DocType("Contact")
	preference = frappe.qb.DocType("CX Contact Preference")
	here = frappe.qb.DocType("CX Business Unit").as_("here")
	above = frappe.qb.DocType("CX Business Unit").as_("above")
	assignment = frappe.qb.DocType("CX Liaison Assignment")
	user = frappe.qb.DocType("User")
	today = bound("today")
	sha2 = CustomFunction("SHA2", ["text", "bits"])
	lower = CustomFunction("LOWER", ["text"])
	trim = CustomFunction("TRIM", ["text"])
	return (
		frappe.qb.from_(row)
		.left_join(contact)
		.on(contact.name == row.contact)
		.left_join(preference)
		.on(preference.address_hash == sha2(lower(trim(row.raised_by)), 256))
		.left_join(here)
		.on(here.name == row.cx_business_unit)
		.left_join(above)
		.on((above.lft <= here.lft) & (above.rgt >= here.rgt))
		.left_join(assignment)
		.on(
			(assignment.unit == above.name)
			& (assignment.from_date <= today)
			& (assignment.to_date.isnull() | (assignment.to_date >= today))
		)
		.left_join(user)
		.on((user.name == assignment.user) & (user.enabled == 1))
		.select(
			*[row[field] for field in FACTS],
			*[contact[field].as_(f"person_{field}") for field in PERSON],
			preference.preferred_way.as_("person_preferred_way"),
			preference.way_note.as_("person_way_note"),
			*[above[field].as_(f"unit_{field}") for field in UNIT],
			*[assignment[field].as_(f"cover_{field}") for field in COVER],
			*[user[field].as_(f"user_{field}") for field in REACH],
			*ticket_surveys.columns(bound("ticket")),
		)
		.where(row.name == bound("ticket"))
	)


def cover_rows(found: Iterable[frappe._dict]) -> list[frappe._dict]:
	"""Rows with the columns of `UNIT`, `COVER` and `REACH` under their prefixes, each as its three parts."""
	return [
		frappe._dict(
			unit=_part(one, "unit", UNIT),
			cover=_part(one, "cover", COVER),
			user=_part(one, "user", REACH) if one.user_name else None,
		)
		for one in found
		if one.unit_name
	]


def _part(row: frappe._dict, prefix: str, fields: Iterable[str]) -> frappe._dict:
	return frappe._dict({field: row[f"{prefix}_{field}"] for field in fields})


def may_read(row: frappe._dict, user: str) -> bool:
	"""Whether the host lets somebody of the desk read this ticket; customers never, whatever they may read.

	Where the desk does not restrict tickets by team, every agent may, without asking the host again.
	"""
	if user == "Administrator":
		return True
	if not set(STAFF_ROLES) & set(frappe.get_roles(user)):
		return False
	if not restricted(user):
		return True
	return bool(
		frappe.has_permission(TICKET, "read", doc=frappe.get_doc({"doctype": TICKET, **row}), user=user)
	)


def restricted(user: str) -> bool:
	"""Whether the tickets that somebody may read depend on more than holding an agent's role."""
	if user == "Administrator":
		return False
	return bool(
		not set(AGENT_ROLES) & set(frappe.get_roles(user))
		or frappe.get_cached_value(SETTINGS, SETTINGS, "restrict_tickets_by_agent_group")
		or frappe.permissions.get_user_permissions(user)
	)


def last_of_person(row: frappe._dict, user: str, limit: int = 3) -> list[frappe._dict]:
	"""The person's last tickets besides this one, newest first, as far as `user` may read them."""
	column = "contact" if row.contact else "raised_by"
	if not row[column]:
		return []
	if not restricted(user):
		return _read_last[column](who=row[column], besides=row.name, most=limit)
	return frappe.get_list(
		TICKET,
		filters={column: row[column], "name": ("!=", row.name)},
		fields=list(_LAST),
		order_by="creation desc",
		limit=limit,
	)


_LAST = ("name", "subject", "status", "status_category", "creation")


def _last_by(column: str):
	table = frappe.qb.DocType(TICKET)
	return (
		frappe.qb.from_(table)
		.select(*(table[field] for field in _LAST))
		.where(table[column] == bound("who"))
		.where(table.name != bound("besides"))
		.orderby(table.creation, order=Order.desc)
		.limit(bound("most"))
	)


_read_last = {column: prepared(partial(_last_by, column)) for column in ("contact", "raised_by")}


def by_person_and_unit(since, *, located: bool, limit: int | None = None) -> list[frappe._dict]:
	"""Tickets made after `since`, counted by person, team and unit: those with a unit, or those without.

	Columns: raised_by, full_name, department, customer, agent_group, unit, tickets, last. Most tickets first.
	"""
	row = frappe.qb.DocType(TICKET)
	contact = frappe.qb.DocType("Contact")
	unit = frappe.qb.DocType("CX Business Unit")
	tickets = Count(row.name)
	query = (
		frappe.qb.from_(row)
		.left_join(contact)
		.on(contact.name == row.contact)
		.left_join(unit)
		.on(unit.name == row.cx_business_unit)
		.select(
			row.raised_by,
			Max(contact.full_name).as_("full_name"),
			contact.department,
			row.customer,
			row.agent_group,
			row.cx_business_unit.as_("unit"),
			tickets.as_("tickets"),
			Max(row.creation).as_("last"),
		)
		.where(row.creation >= since)
		.groupby(row.raised_by, contact.department, row.customer, row.agent_group, row.cx_business_unit)
		.orderby(tickets, order=Order.desc)
	)
	nowhere = unit.name.isnull() | (unit.is_unassigned == 1)
	query = query.where(unit.is_unassigned == 0) if located else query.where(nowhere)
	if limit:
		query = query.limit(limit)
	return query.run(as_dict=True)
