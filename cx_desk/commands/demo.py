"""bench --site SITE cx-demo: the demo company from a public incident log."""

import click

import frappe
from frappe.commands import get_site, pass_context


@click.command("cx-demo")
@click.option("--incidents", default=1000, show_default=True, type=click.IntRange(1), help="How many to load")
@click.option(
	"--replay", default=1000, show_default=True, help="So many through the host's lifecycle, the rest in bulk"
)
@click.option("--smtp-port", default=1025, show_default=True, help="Port of the mail catcher on this machine")
@click.option("--remove", is_flag=True, help="Take the demo away again")
@click.option("--yes", is_flag=True, help="Use a site that CX Desk's own commands did not make")
@pass_context
def cx_demo(context, incidents: int, replay: int, smtp_port: int, remove: bool, yes: bool):
	"""Load the demo company and its incidents; everything is remembered and can be removed."""
	from cx_desk.demo import loader, removal, site

	frappe.init(site=get_site(context))
	try:
		frappe.connect()
		frappe.set_user("Administrator")
		try:
			site.refuse_unless_made(yes)
			if not remove:
				site.require_account()
		except frappe.ValidationError as error:
			raise click.ClickException(str(error)) from None
		if remove:
			for doctype, count in removal.remove().items():
				click.echo(f"removed {count:,} {doctype}")
			return
		loaded = loader.load(incidents, bulk_from=replay, smtp_port=smtp_port, progress=_progress)
		weeks = loaded.shift.days // 7
		click.echo(
			f"\n{loaded.incidents:,} incidents on the site ({loaded.already:,} were there), moved by {weeks} weeks"
		)
		for what, count in sorted(loaded.happened.items()):
			click.echo(f"  {count:8,} {what}")
	finally:
		frappe.destroy()


def _progress(done: int, of: int) -> None:
	if done % 50 == 0 or done == of:
		click.echo(f"\r  {done:,} of {of:,} incidents", nl=False)


commands = [cx_demo]
