"""Sites that these commands make: created by the bench CLI, marked in site_config, never anybody else's."""

import json
import os
import secrets
from pathlib import Path

from benches import Bench
from machine import LOCAL, SECRETS, Missing, am_root, run, say

MARK = "cx_desk_made_by"
MAKER = "cx_desk_maker"
HOST = ("telephony", "helpdesk")


def config(bench: Bench, site: str) -> dict | None:
	file = bench.sites / site / "site_config.json"
	if not file.is_file():
		return None
	text = file.read_text() if os.access(file, os.R_OK) else run(["cat", file], user=bench.owner).stdout
	return json.loads(text)


def exists(bench: Bench, site: str) -> bool:
	return config(bench, site) is not None


def refuse_unless_ours(bench: Bench, site: str) -> None:
	"""RuntimeError on a site without the mark: it holds somebody's work."""
	settings = config(bench, site)
	if settings is not None and not settings.get(MARK):
		raise RuntimeError(
			f"{site} was not made by these commands ({MARK} is not in its site_config): left alone"
		)


def set_config(bench: Bench, site: str, **values) -> None:
	for key, value in values.items():
		text = value if isinstance(value, str) else repr(value)
		parse = [] if isinstance(value, str) else ["--parse"]
		bench.run("set-config", *parse, key, text, site=site)


def maker(bench: Bench) -> tuple[str, str]:
	"""The database user that may make sites: of $CX_DB_ROOT_USER, else one that root creates once."""
	if os.environ.get("CX_DB_ROOT_USER"):
		password = os.environ.get("CX_DB_ROOT_PASSWORD", "")
		SECRETS.add(password)
		return os.environ["CX_DB_ROOT_USER"], password
	kept = bench.prepare_own_files() / "database.json"
	if kept.is_file() and (am_root() or os.access(kept, os.R_OK)):
		found = json.loads(kept.read_text())
		SECRETS.add(found["password"])
		if _connects(bench, found["user"], found["password"]):
			return found["user"], found["password"]
	if not am_root():
		raise Missing(
			"no database user to make sites with: set CX_DB_ROOT_USER and CX_DB_ROOT_PASSWORD, or be root"
		)
	password = secrets.token_urlsafe(24)
	SECRETS.add(password)
	statements = "".join(
		f"CREATE OR REPLACE USER '{MAKER}'@'{host}' IDENTIFIED BY '{password}';"
		f"GRANT ALL PRIVILEGES ON *.* TO '{MAKER}'@'{host}' WITH GRANT OPTION;"
		for host in ("localhost", LOCAL)
	)
	if run(["mariadb"], stdin=statements, check=False).returncode:
		raise Missing(
			"MariaDB does not let root in by its socket: set CX_DB_ROOT_USER and CX_DB_ROOT_PASSWORD"
		)
	text = json.dumps({"user": MAKER, "password": password})
	run(["sh", "-c", f"umask 077 && cat > '{kept}'"], user=bench.owner, stdin=text)
	return MAKER, password


def _connects(bench: Bench, user: str, password: str) -> bool:
	host = bench.config().get("db_host") or LOCAL
	command = ["mariadb", "-h", host, "-u", user, "-e", "select 1"]
	return run(command, env={"MYSQL_PWD": password}, check=False).returncode == 0


def create_bare(bench: Bench, site: str, made_by: str, admin_password: str, env: dict, **settings) -> None:
	"""A new site with Helpdesk alone. The mark is set before anything that can fail."""
	user, password = maker(bench)
	SECRETS.add(password)
	bench.run(
		"new-site",
		site,
		*("--db-root-username", user, "--db-root-password", password),
		*("--admin-password", admin_password, "--mariadb-user-host-login-scope", "%"),
		env=env,
	)
	set_config(bench, site, **{MARK: made_by}, **settings)
	install(bench, site, env, HOST)


def create(bench: Bench, site: str, made_by: str, admin_password: str, env: dict, **settings) -> None:
	"""A new site with Helpdesk and CX Desk."""
	create_bare(bench, site, made_by, admin_password, env, **settings)
	install(bench, site, env)


def install(bench: Bench, site: str, env: dict, apps: tuple[str, ...] = (*HOST, "cx_desk")) -> None:
	"""The apps that are not there yet, in order."""
	there = installed(bench, site, env)
	for app in apps:
		if app not in there and (app != "telephony" or bench.has_app(app)):
			bench.run("install-app", app, site=site, env=env)


def installed(bench: Bench, site: str, env: dict) -> set[str]:
	done = bench.run("list-apps", site=site, env=env, check=False)
	return (
		{line.split()[0] for line in done.stdout.splitlines() if line.strip()}
		if not done.returncode
		else set()
	)


def migrate(bench: Bench, site: str, env: dict) -> None:
	bench.run("migrate", site=site, env=env)


def drop(bench: Bench, site: str) -> None:
	refuse_unless_ours(bench, site)
	if not exists(bench, site):
		return
	user, password = maker(bench)
	archive = bench.prepare_own_files() / "archived"
	bench.run(
		"drop-site",
		site,
		*("--db-root-username", user, "--db-root-password", password),
		*("--no-backup", "--force", "--archived-sites-path", str(archive)),
	)
	run(["rm", "-rf", archive], user=bench.owner)


def ready(bench: Bench, site: str, made_by: str, admin_password: str, env: dict, **settings) -> None:
	"""A site with this checkout's state: made when absent, brought up to date when ours, made anew when broken."""
	refuse_unless_ours(bench, site)
	if exists(bench, site):
		try:
			install(bench, site, env)
			migrate(bench, site, env)
			set_config(bench, site, **settings)
			return
		except RuntimeError as error:
			say(f"   {site} could not be brought up to date and is made anew:\n{str(error)[-1500:]}")
			drop(bench, site)
	elif (bench.sites / site).is_dir():
		# A run that was cut off before the mark: there is no site_config, so there is no site.
		run(["rm", "-rf", Path(bench.sites / site)], user=bench.owner)
	create(bench, site, made_by, admin_password, env, **settings)
