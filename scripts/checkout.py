"""Put this checkout on a bench, so that a deleted clone never breaks it.

Four cases for apps/cx_desk: it already is this checkout (a development link): used as is. It is absent, a link into
nowhere or a copy that these commands made: a copy is made, under a lock, with a mark in it. It is somebody
else's: left alone, and the processes started here load the app from a copy of their own by PYTHONPATH.
"""

import fcntl
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from benches import Bench
from machine import ROOT, Missing, run, say

APP = "cx_desk"
MARK = ".made-by-cx-desk"
NEVER_COPIED = {".git", ".venv", "node_modules", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}


@contextmanager
def lock(bench: Bench, seconds: float = 1800):
	"""One demo or test run at a time on a bench; waits, and says for whom."""
	file = bench.prepare_own_files() / "lock"
	run(["sh", "-c", f"test -e '{file}' || (touch '{file}' && chmod 666 '{file}')"], user=bench.owner)
	descriptor = os.open(file, os.O_RDWR)
	try:
		deadline = time.monotonic() + seconds
		waiting = False
		while True:
			try:
				fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
				break
			except BlockingIOError:
				if time.monotonic() > deadline:
					raise Missing("another run of make test or make demo holds this bench") from None
				if not waiting:
					say("   waiting for another run on this bench to end")
				waiting = True
				time.sleep(2)
		yield
	finally:
		os.close(descriptor)


def place(bench: Bench) -> Path:
	"""Put the app on the bench and return the folder that its processes load it from."""
	target = bench.path / "apps" / APP
	if target.exists() and target.resolve() == ROOT:
		_register(bench)
		return target
	if target.is_symlink() and not target.exists():
		say(f"   {target} is a link into nowhere: replaced by a copy")
		run(["rm", target], user=bench.owner, check=False)
		if target.is_symlink():
			target.unlink()
	if not target.exists() or (target / MARK).is_file():
		_copy(bench, target)
		_register(bench)
		return target
	own = copy_beside(bench)
	say(f"   {target} is another checkout and stays; this one is loaded from {own}")
	_register(bench)
	return own


def copy_beside(bench: Bench) -> Path:
	"""A copy of this checkout on the bench that is nobody's app, for processes that name it in PYTHONPATH."""
	# Two folders below the bench, as apps/cx_desk is: the host counts them when it looks for texts.
	own = bench.prepare_own_files() / "checkout"
	_copy(bench, own)
	return own


def environment(bench: Bench, folder: Path) -> dict[str, str]:
	"""What a process needs to load the app from `folder`, whatever site-packages says."""
	return {"PYTHONPATH": str(folder)}


def check_loaded(bench: Bench, folder: Path) -> None:
	"""Make sure of the file that was loaded: a stale copy would make every test meaningless."""
	done = bench.run_python("-c", f"import {APP}; print({APP}.__file__)", env=environment(bench, folder))
	loaded = Path(done.stdout.strip().splitlines()[-1]).resolve()
	if folder.resolve() not in loaded.parents:
		raise RuntimeError(f"{APP} was loaded from {loaded}, not from {folder}")


def files() -> list[str]:
	"""What belongs to the checkout: as git sees it, else everything but the caches."""
	listed = subprocess.run(
		["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
		capture_output=True,
		check=False,
	)
	if listed.returncode == 0 and listed.stdout:
		names = [name for name in listed.stdout.decode().split("\0") if name]
		return sorted({name for name in names if os.path.lexists(ROOT / name)})
	found = []
	for folder, folders, names in os.walk(ROOT):
		folders[:] = [name for name in folders if name not in NEVER_COPIED]
		links = [name for name in folders if (Path(folder) / name).is_symlink()]
		found += [str((Path(folder) / name).relative_to(ROOT)) for name in names + links]
	return sorted(found)


def _copy(bench: Bench, target: Path) -> None:
	"""Make `target` a copy of this checkout that the bench's owner owns; what vanished here vanishes there."""
	wanted = files()
	with tempfile.NamedTemporaryFile(suffix=".tar") as packed:
		with tarfile.open(packed.name, "w") as archive:
			for name in wanted:
				archive.add(ROOT / name, name, recursive=False)
		os.chmod(packed.name, 0o644)
		run(["mkdir", "-p", target], user=bench.owner)
		run(["tar", "-xf", packed.name, "-C", target, "--no-same-owner"], user=bench.owner)
	stale = [
		path
		for path in target.rglob("*")
		if (path.is_file() or path.is_symlink())
		and not NEVER_COPIED & set(path.relative_to(target).parts)
		and not path.relative_to(target).parts[0].endswith(".egg-info")
		and path.relative_to(target).as_posix() not in {*wanted, MARK}
		and not _through_link(path, target)
	]
	if stale:
		run(["rm", "-f", *stale], user=bench.owner)
	run(["touch", target / MARK], user=bench.owner)


def _through_link(path: Path, top: Path) -> bool:
	return any(parent.is_symlink() for parent in path.parents if top in parent.parents)


def _register(bench: Bench) -> None:
	"""apps.txt, the editable install and the link to the assets; each only where it is missing."""
	target = bench.path / "apps" / APP
	apps = bench.sites / "apps.txt"
	names = apps.read_text().split()
	if APP not in names:
		text = "\n".join([*names, APP]) + "\n"
		run(["tee", apps], user=bench.owner, stdin=text)
	if bench.run_python("-c", f"import {APP}", check=False).returncode:
		pip = [bench.python, "-m", "pip", "install", "-q", "--no-deps", "-e", target]
		if run(pip, user=bench.owner, cwd=bench.path, check=False).returncode:
			_point_to(bench, target)
	link = bench.sites / "assets" / APP
	if not link.exists():
		run(["ln", "-sfn", target / APP / "public", link], user=bench.owner)


def _point_to(bench: Bench, target: Path) -> None:
	"""What an editable install comes to, where pip cannot fetch the build backend."""
	code = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
	packages = Path(bench.run_python("-c", code).stdout.strip().splitlines()[-1])
	run(["tee", packages / f"{APP}.pth"], user=bench.owner, stdin=f"{target}\n")


def remove(bench: Bench) -> None:
	"""Take a copy that these commands made off the bench again; other checkouts stay."""
	target = bench.path / "apps" / APP
	if target.is_symlink() or not (target / MARK).is_file():
		return
	run(
		[bench.python, "-m", "pip", "uninstall", "-q", "-y", APP],
		user=bench.owner,
		cwd=bench.path,
		check=False,
	)
	apps = bench.sites / "apps.txt"
	names = [name for name in apps.read_text().split() if name != APP]
	run(["tee", apps], user=bench.owner, stdin="\n".join(names) + "\n")
	run(["rm", "-f", bench.sites / "assets" / APP], user=bench.owner)
	shutil.rmtree(target)
