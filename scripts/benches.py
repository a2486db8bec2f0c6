"""Find the bench, say what it is, and run its commands as its owner."""

import json
import os
import pwd
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from machine import Missing, am_root, has, run


@dataclass(frozen=True)
class Bench:
	path: Path

	@cached_property
	def owner(self) -> str:
		return pwd.getpwuid((self.path / "sites").stat().st_uid).pw_name

	@property
	def sites(self) -> Path:
		return self.path / "sites"

	@property
	def python(self) -> Path:
		return self.path / "env" / "bin" / "python"

	@property
	def own_files(self) -> Path:
		"""What these commands keep on the bench: lock, password, logs, process ids."""
		return self.path / ".cx_desk"

	def config(self) -> dict:
		file = self.sites / "common_site_config.json"
		return json.loads(file.read_text()) if file.is_file() else {}

	def has_app(self, name: str) -> bool:
		return (self.path / "apps" / name / name / "hooks.py").is_file()

	def version(self, app: str) -> str:
		code = f"import {app}; print({app}.__version__)"
		return self.run_python("-c", code).stdout.strip().splitlines()[-1]

	def command(self, *arguments: str, site: str | None = None) -> list[str]:
		start = ["bench"] if has("bench") else [str(self.python), "-m", "frappe.utils.bench_helper", "frappe"]
		return [*start, *(["--site", site] if site else []), *arguments]

	def run(self, *arguments: str, site: str | None = None, env: dict | None = None, **options):
		folder = self.path if has("bench") else self.sites
		return run(self.command(*arguments, site=site), user=self.owner, cwd=folder, env=env, **options)

	def run_python(self, *arguments: str, env: dict | None = None, **options):
		"""The bench's Python in its sites folder, as Frappe wants it."""
		return run([self.python, *arguments], user=self.owner, cwd=self.sites, env=env, **options)

	def prepare_own_files(self) -> Path:
		run(["mkdir", "-p", self.own_files], user=self.owner)
		return self.own_files

	def ensure_packages(self, *packages: str) -> None:
		"""Python packages for tests and demo, in the bench's own environment."""
		names = [package.split(">")[0].replace("-", "_") for package in packages]
		code = f"import importlib.util as u, sys; sys.exit(not all(u.find_spec(n) for n in {names!r}))"
		if self.run_python("-c", code, check=False).returncode == 0:
			return
		pip = [self.python, "-m", "pip", "install", "-q", *packages]
		if self.run_python("-m", "pip", "--version", check=False).returncode:
			if not has("uv"):
				raise Missing(f"the bench's Python lacks {', '.join(packages)} and has no pip")
			pip = ["uv", "pip", "install", "-q", "--python", self.python, *packages]
		if run(pip, user=self.owner, cwd=self.path, check=False).returncode:
			raise Missing(f"the Python registry did not give {', '.join(packages)}")


def _candidates():
	named = os.environ.get("CX_BENCH")
	if named:
		return [Path(named)]
	found = [Path("~/frappe-bench").expanduser()]
	if am_root():
		found += [Path(u.pw_dir) / "frappe-bench" for u in pwd.getpwall() if u.pw_uid >= 1000]
	return found


def find() -> Bench:
	"""The bench of $CX_BENCH, else ~/frappe-bench, else (as root) another user's; Missing with what was looked at."""
	looked = []
	for path in dict.fromkeys(_candidates()):
		looked.append(str(path))
		bench = Bench(path.resolve())
		if not (path / "sites").is_dir() or not bench.python.exists():
			continue
		absent = [app for app in ("frappe", "helpdesk") if not bench.has_app(app)]
		if absent:
			raise Missing(f"the bench {bench.path} lacks {' and '.join(absent)}: bench get-app helpdesk")
		return bench
	raise Missing(f"no bench (looked at {', '.join(looked)}; set CX_BENCH, or make one with `make demo`)")
