"""Make a bench where there is none: packages, bench CLI, Frappe and Helpdesk from the public git hosts."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from benches import Bench
from machine import Missing, am_root, apt_install, has, home_of, me, run, say, step

FRAPPE = "https://github.com/frappe/frappe"
HELPDESK = "https://github.com/frappe/helpdesk"
USER = "frappe"
PACKAGES = (
	*("git", "curl", "build-essential", "pkg-config", "python3-dev", "python3-venv", "libmariadb-dev"),
	*("mariadb-server", "mariadb-client", "redis-server", "nodejs", "npm", "procps"),
)


@dataclass(frozen=True)
class Pair:
	frappe: str
	helpdesk: str
	python: tuple[tuple[int, int], tuple[int, int]]
	node: int

	def __str__(self) -> str:
		return f"Frappe {self.frappe} with Helpdesk {self.helpdesk}"


# Newest first.
PAIRS = (
	Pair("v16.9.0", "v1.28.1", ((3, 14), (3, 15)), 24),
	Pair("v15.101.1", "v1.25.1", ((3, 10), (3, 14)), 18),
)


def pick() -> tuple[Pair, str]:
	"""The newest pair whose Python and Node are here, and that Python; says why newer ones are passed over."""
	reasons = []
	node = _node_version()
	for pair in PAIRS:
		python = _python_between(*pair.python)
		low, high = pair.python
		if not python:
			reasons.append(f"{pair}: needs Python {low[0]}.{low[1]} or newer, below {high[0]}.{high[1]}")
		elif node is None or node < pair.node:
			reasons.append(f"{pair}: needs Node {pair.node} or newer, this is {node or 'none'}")
		elif not _tag_there(FRAPPE, pair.frappe) or not _tag_there(HELPDESK, pair.helpdesk):
			reasons.append(f"{pair}: {FRAPPE} and {HELPDESK} cannot be reached, or lack these tags")
		else:
			for reason in reasons:
				say(f"   passed over {reason}")
			return pair, python
	raise Missing("no supported pair can be set up here:\n  " + "\n  ".join(reasons))


def _python_between(low: tuple[int, int], high: tuple[int, int]) -> str | None:
	names = [f"python{low[0]}.{minor}" for minor in range(high[1] - 1, low[1] - 1, -1)] + ["/usr/bin/python3"]
	for name in names:
		path = shutil.which(name)
		if not path:
			continue
		text = run(
			[path, "-c", "import sys; print(sys.version_info[0], sys.version_info[1])"], check=False
		).stdout
		found = (
			tuple(int(part) for part in text.split()[:2])
			if re.fullmatch(r"\d+ \d+\s*", text or "")
			else (0, 0)
		)
		if low <= found < high:
			return path
	return None


def _node_version() -> int | None:
	if not has("node"):
		return None
	match = re.match(r"v(\d+)", run(["node", "--version"], check=False).stdout or "")
	return int(match.group(1)) if match else None


def _tag_there(address: str, tag: str) -> bool:
	owner = bench_user() if am_root() and _user_exists() else None
	done = run(
		["git", "ls-remote", "--exit-code", "--tags", address, f"refs/tags/{tag}"],
		user=owner,
		env={"GIT_TERMINAL_PROMPT": "0"},
		cwd=Path("/"),
		check=False,
		timeout=120,
	)
	return done.returncode == 0


def bench_user() -> str:
	"""Who owns a bench made here: never root, since Frappe refuses that."""
	return USER if am_root() else me()


def _user_exists() -> bool:
	return run(["id", bench_user()], check=False).returncode == 0


def make() -> Bench:
	"""A bench with Frappe, Helpdesk and built assets; continues where an earlier run was cut off."""
	# Asked first, so that nothing is installed on a machine where it would be of no use.
	if has("git") and not any(_tag_there(FRAPPE, pair.frappe) for pair in PAIRS):
		raise Missing(f"{FRAPPE} cannot be reached, so no bench can be made")
	if am_root():
		apt_install(PACKAGES, "a bench needs packages")
	with step("choose Frappe and Helpdesk"):
		if am_root() and not _user_exists():
			run(["useradd", "--create-home", "--shell", "/bin/bash", USER])
		pair, python = pick()
		say(f"   {pair}, {python}")
	user = bench_user()
	named = os.environ.get("CX_BENCH")
	path = Path(named) if named else home_of(user) / "frappe-bench"
	cli = _bench_cli(user)
	bench = Bench(path)
	if not (path / "apps" / "frappe").is_dir() or not bench.python.exists():
		with step(f"bench init {path}"):
			if path.exists():
				run(["rm", "-rf", path], user=user)
			run(["mkdir", "-p", path.parent], user=user)
			options = ["--frappe-path", FRAPPE, "--frappe-branch", pair.frappe, "--python", python]
			run([cli, "init", *options, path], user=user, cwd=path.parent, env=_environment(), quiet=False)
	if not bench.has_app("helpdesk"):
		with step("bench get-app helpdesk"):
			run(
				[cli, "get-app", "--branch", pair.helpdesk, HELPDESK],
				user=user,
				cwd=path,
				env=_environment(),
				quiet=False,
			)
	if not (bench.sites / "assets" / "assets.json").exists():
		with step("bench build"):
			run([cli, "build"], user=user, cwd=path, env=_environment(), quiet=False)
	return bench


def _environment() -> dict[str, str]:
	return {"GIT_TERMINAL_PROMPT": "0", "CI": "1"}


def _bench_cli(user: str) -> str:
	"""The bench CLI, where it is missing in an environment of its own; yarn as well."""
	if not has("yarn"):
		if not has("npm"):
			raise Missing("no yarn and no npm: install Node with npm, then npm install --global yarn")
		with step("npm install yarn"):
			if am_root():
				run(["npm", "install", "--global", "yarn"])
			else:
				raise Missing("no yarn: as root, npm install --global yarn")
	if has("bench"):
		return shutil.which("bench")
	folder = home_of(user) / ".local" / "share" / "cx-desk-bench-cli"
	cli = folder / "bin" / "bench"
	if not cli.exists():
		with step("bench CLI from the Python registry"):
			run([sys.executable if not am_root() else "/usr/bin/python3", "-m", "venv", folder], user=user)
			run([folder / "bin" / "pip", "install", "-q", "frappe-bench"], user=user)
	return str(cli)
