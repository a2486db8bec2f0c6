"""`bench --site SITE cx-ledger-check`: does the ledger account for every resolution? Fails where it does not."""

import sys

import click

import frappe
from frappe.commands import get_site, pass_context


@click.command("cx-ledger-check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per trigger.")
@pass_context
def cx_ledger_check(context, as_json: bool = False) -> None:
	"""Print eligible events, those asked, every reason, and the difference; exits with 1 unless it is 0."""
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		from cx_desk.surveys import ledger_check

		accounts = ledger_check.examine()
		if not accounts:
			click.echo("No trigger is switched on: there is nothing to account for.")
		for account in accounts:
			_print_json(account) if as_json else _print(account)
	finally:
		frappe.destroy()
	sys.exit(0 if all(account.clean for account in accounts) else 1)


def _print_json(account) -> None:
	click.echo(frappe.as_json({**vars(account), "difference": account.difference}, indent=None))


def _print(account) -> None:
	from cx_desk.surveys.ledger_check import examples

	click.secho(account.trigger, bold=True)
	click.echo(f"  {account.eligible:8,} eligible events, by the records themselves")
	for status, count in sorted(account.statuses.items()):
		if status not in ("Suppressed", "Withdrawn"):
			click.echo(f"  {count:8,} {status}")
	for reason, count in account.reasons.most_common():
		click.echo(f"  {count:8,} not asked: {reason}")
	click.secho(f"  {account.difference:8,} difference", fg="green" if account.clean else "red")
	for title, lines in (
		("without a row", account.missing),
		("with too many rows", account.surplus),
		("whose mails do not fit", account.doubtful),
	):
		if lines:
			click.secho(f"  {len(lines):,} {title}:", fg="red")
			for line in examples(lines):
				click.echo(f"    {line}")


commands = [cx_ledger_check]
