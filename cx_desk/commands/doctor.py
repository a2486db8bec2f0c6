"""`bench --site SITE cx-doctor`: whether this site can hear every voice, and what to do where it cannot."""

import sys

import click

import frappe
from frappe.commands import get_site, pass_context

_MARKS = {"ok": ("ok   ", "green"), "warn": ("warn ", "yellow"), "error": ("ERROR", "red")}


@click.command("cx-doctor")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@pass_context
def cx_doctor(context, strict: bool = False) -> None:
	"""Look at mail, jobs, host, mapping and people; exits with 1 when something is broken."""
	site = get_site(context)
	frappe.init(site=site)
	frappe.connect()
	try:
		from cx_desk.units import doctor

		frappe.local.lang = "en"
		findings = doctor.examine()
		worst = doctor.worst(findings)
	finally:
		frappe.destroy()
	area = None
	for finding in findings:
		if finding["area"] != area:
			area = finding["area"]
			click.echo("")
			click.secho(area, bold=True)
		mark, color = _MARKS[finding["level"]]
		click.echo(f"  {click.style(mark, fg=color)} {finding['title']}")
		if finding["to_do"]:
			click.echo(f"        {finding['to_do']}")
	count = {level: sum(f["level"] == level for f in findings) for level in _MARKS}
	click.echo(f"\n{count['ok']} ok, {count['warn']} to look at, {count['error']} broken")
	sys.exit(1 if worst == "error" or (strict and worst == "warn") else 0)


commands = [cx_doctor]
