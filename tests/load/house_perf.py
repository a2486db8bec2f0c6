"""P6, what opening the CX dialog costs, and P9, what importing the app costs a web worker."""

import json
import os
import statistics
import subprocess
import sys
from tempfile import TemporaryDirectory

from perf import ROUNDS, Row, in_turn, ms

import frappe

PERSON = "perf.person@business.example"
TICKETS = 60
LETTERS = 3
WRITTEN = f"{LETTERS} letters each way, 2 notes, 2 changes of status"


def p6() -> list[Row]:
	"""The context of a ticket whose person has many tickets and voices, whose unit has a liaison; as an agent.

	Of a ticket that nobody wrote on yet, and of one as agents see them most: letters both ways and notes.
	"""
	fresh, *_others = tickets = _tickets_with_history()
	user = _agent()
	_write_on(tickets[1], user)
	rows = []
	for ticket, which in ((fresh, "nobody wrote on it yet"), (tickets[1], WRITTEN)):
		frappe.set_user(user)
		try:
			rows.append(_context(ticket, which, user))
		finally:
			frappe.set_user("Administrator")
	return rows


def _context(ticket: str, which: str, user: str) -> Row:
	from helpdesk.helpdesk.doctype.hd_ticket.api import get_one

	from cx_desk.units.dialog import collect, open_ticket

	def ours():
		return collect(open_ticket(ticket, user))

	def theirs():
		return get_one(ticket)

	ours()
	theirs()
	queries = _queries(ours)
	of_host = _queries(theirs)
	mine, hosts = in_turn(ours, theirs, rounds=15)
	return Row(
		number="P6",
		what=f"the ticket's CX context (all sections of the dialog); {which}",
		ours=f"{ms(mine)}, {queries} queries",
		against=f"{ms(hosts)}, {of_host} queries (Helpdesk's get_one of the same ticket)",
		ratio=f"{mine / hosts:.2f} x",
		reach="at most 6 queries and 0.33 x",
		met=queries <= 6 and mine <= hosts / 3,
	)


def _queries(function) -> int:
	count = 0
	real = frappe.db.sql

	def counted(*args, **kwargs):
		nonlocal count
		count += 1
		return real(*args, **kwargs)

	frappe.db.sql = counted
	try:
		function()
	finally:
		frappe.db.sql = real
	return count


def _agent() -> str:
	user = "perf.agent@desk.example"
	if not frappe.db.exists("User", user):
		# Else the host refuses a person too many on a site where many were just made.
		frappe.flags.in_import = True
		doc = {"doctype": "User", "email": user, "first_name": "Perf", "enabled": 1, "send_welcome_email": 0}
		frappe.get_doc(doc).insert(ignore_permissions=True).add_roles("Agent")
		frappe.get_doc({"doctype": "HD Agent", "user": user, "agent_name": "Perf"}).insert(
			ignore_permissions=True
		)
		frappe.flags.in_import = False
	return user


def _write_on(ticket: str, agent: str) -> None:
	"""What stands on a ticket after some days, see WRITTEN."""
	for number in range(2 * LETTERS):
		sent = number % 2
		letter = {
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Sent" if sent else "Received",
			"sender": agent if sent else PERSON,
			"recipients": PERSON if sent else agent,
			"subject": "Re: Perf",
			"content": f"<p>{'What was tried, and what comes next. ' * 10}</p>",
			"status": "Linked",
			"reference_doctype": "HD Ticket",
			"reference_name": ticket,
		}
		frappe.get_doc(letter).insert(ignore_permissions=True)
	for number in range(2):
		note = {"doctype": "HD Ticket Comment", "reference_ticket": ticket, "commented_by": agent}
		frappe.get_doc(note | {"content": f"<p>Note {number}</p>"}).insert(ignore_permissions=True)
	doc = frappe.get_doc("HD Ticket", ticket)
	for status in ("Replied", "Open"):
		doc.reload()
		doc.status = status
		doc.save(ignore_permissions=True)


def _tickets_with_history() -> list[str]:
	"""Tickets of one person, the newest first. Rolled back with everything else at the end of the measurement."""
	from cx_desk.units import voices

	frappe.flags.in_import = True
	contact = frappe.get_doc(
		{"doctype": "Contact", "first_name": "Perf", "email_ids": [{"email_id": PERSON, "is_primary": 1}]}
	).insert(ignore_permissions=True)
	frappe.flags.in_import = False
	unit = frappe.get_doc(
		{
			"doctype": "CX Business Unit",
			"unit_name": "Perf unit",
			"parent_cx_business_unit": frappe.db.get_value("CX Business Unit", {"is_group": 1}),
		}
	).insert(ignore_permissions=True)
	mapping = {"doctype": "CX Unit Mapping", "kind": "Person", "value": PERSON, "unit": unit.name}
	frappe.get_doc(mapping).insert(ignore_permissions=True)
	names = []
	for number in range(TICKETS):
		doc = {
			"doctype": "HD Ticket",
			"subject": f"Perf {number}",
			"description": "<p>It does not print.</p>",
			"raised_by": PERSON,
			"contact": contact.name,
		}
		names.append(str(frappe.get_doc(doc).insert(ignore_permissions=True).name))
	for number in range(20):
		voices.hear("Said", f"Sentence {number}", ticket=names[number], contact=contact.name)
	return names[::-1]


# In a process like a web worker's: the application is there, requests have been served. Then what hooks.py names.
PROBE = """
import json, sys, time
import frappe.app, frappe.handler, frappe.website.serve, frappe.desk.form.load, frappe.email.queue
import helpdesk.hooks, helpdesk.helpdesk.doctype.hd_ticket.hd_ticket
def rss():
	for line in open("/proc/self/status"):
		if line.startswith("VmRSS"):
			return int(line.split()[1]) / 1024
frappe.init(sys.argv[1], sites_path="."); frappe.connect()
before, begun, worked = rss(), time.perf_counter(), time.process_time()
if sys.argv[2] == "with":
	import importlib, re, cx_desk.hooks as hooks
	def strings(value):
		if isinstance(value, str): yield value
		elif isinstance(value, dict):
			for v in value.values(): yield from strings(v)
		elif isinstance(value, (list, tuple)):
			for v in value: yield from strings(v)
	for value in vars(hooks).values():
		for path in strings(value):
			if re.fullmatch(r"cx_desk(\\.\\w+)+", path):
				importlib.import_module(path.rpartition(".")[0])
print(json.dumps([time.perf_counter() - begun, rss() - before, time.process_time() - worked]))
"""


def p9() -> Row:
	"""Every module that hooks.py names, in a process that has Frappe and Helpdesk loaded already."""

	def probe(which: str) -> list[float]:
		command = [sys.executable, "-c", PROBE, frappe.local.site, which]
		done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
		return json.loads(done.stdout.strip().splitlines()[-1])

	with TemporaryDirectory() as compiled:
		# A worker finds compiled modules; here they may not be written beside the sources, or not at all.
		env = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
		env.pop("PYTHONDONTWRITEBYTECODE", None)
		probe("with")
		pairs = [(probe("with"), probe("without")) for _ in range(ROUNDS)]
	seconds, mib, processor = (statistics.median(a[i] - b[i] for a, b in pairs) for i in range(3))
	return Row(
		number="P9",
		what="importing cx_desk in a web worker, all that hooks name",
		ours=f"{ms(seconds)} ({ms(processor)} of the processor), {mib:.1f} MiB",
		against="the same process without it",
		ratio="added",
		reach="at most 40 ms and 10 MiB",
		# An import is work of the processor; on a machine with other work the clock measures that.
		met=processor <= 0.040 and mib <= 10,
	)


MEASURES = {"P6": p6, "P9": p9}
