"""Commands on this machine: as whom, in which folder, how long they took, and what to say when they fail."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCAL = "127.0.0.1"
STEPS: list[tuple[str, float]] = []


class Missing(Exception):
	"""Something that this machine does not have; the text says what, and what to do."""


def say(text: str = "") -> None:
	print(text, flush=True)


def am_root() -> bool:
	return os.geteuid() == 0


def has(program: str) -> bool:
	return shutil.which(program) is not None


def home_of(user: str) -> Path:
	return Path(pwd.getpwnam(user).pw_dir)


def me() -> str:
	return pwd.getpwuid(os.geteuid()).pw_name


# What a machine behind a proxy sets for its package clients; another user's clients need it too.
PASSED_ON = (
	*("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
	*("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "PIP_INDEX_URL", "UV_INDEX_URL"),
	*("NODE_EXTRA_CA_CERTS", "NPM_CONFIG_REGISTRY", "npm_config_registry"),
)


def as_user(
	command: Sequence[str], user: str | None, env: dict | None = None
) -> tuple[list[str], dict | None]:
	"""The command as `user` runs it, and the environment to start it with."""
	extra = {key: str(value) for key, value in (env or {}).items()}
	if not user or user == me():
		return [str(part) for part in command], {**os.environ, **extra}
	if not am_root():
		raise Missing(f"only {user} or root can do this, and this is {me()}")
	path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
	mine = {
		"HOME": str(home_of(user)),
		"USER": user,
		"LOGNAME": user,
		"PATH": path,
		"LANG": "C.UTF-8",
		**{key: os.environ[key] for key in PASSED_ON if key in os.environ},
		**extra,
	}
	settings = [f"{key}={value}" for key, value in mine.items()]
	return ["runuser", "-u", user, "--", "env", "-i", *settings, *(str(part) for part in command)], None


def run(
	command: Sequence[str],
	*,
	user: str | None = None,
	cwd: Path | None = None,
	env: dict | None = None,
	check: bool = True,
	quiet: bool = True,
	stdin: str | None = None,
	timeout: float | None = None,
) -> subprocess.CompletedProcess:
	"""Run to the end. Quiet output is kept and shown when the command fails; RuntimeError then, if `check`."""
	line, environment = as_user(command, user, env)
	done = subprocess.run(
		line,
		cwd=cwd,
		env=environment,
		text=True,
		errors="replace",
		input=stdin if stdin is not None else "",
		stdout=subprocess.PIPE if quiet else None,
		stderr=subprocess.STDOUT if quiet else None,
		timeout=timeout,
		check=False,
	)
	if check and done.returncode:
		shown = " ".join(str(part) for part in command)
		tail = "\n".join((done.stdout or "").splitlines()[-40:])
		raise RuntimeError(f"{hide(shown)}\nended with {done.returncode}\n{hide(tail)}")
	return done


SECRETS: set[str] = set()


def hide(text: str) -> str:
	"""The text without any password that these commands made."""
	for secret in SECRETS:
		text = text.replace(secret, "...")
	return text


@contextmanager
def step(title: str):
	"""Say what is done, and remember how long it took."""
	say(f"-> {title}")
	begun = time.monotonic()
	try:
		yield
	finally:
		STEPS.append((title, time.monotonic() - begun))


def print_steps() -> None:
	for title, seconds in STEPS:
		say(f"   {seconds:7.1f} s  {title}")
	say(f"   {sum(seconds for _, seconds in STEPS):7.1f} s  in all")


def is_open(port: int, host: str = LOCAL) -> bool:
	with socket.socket() as probe:
		probe.settimeout(1)
		return probe.connect_ex((host, port)) == 0


def free_port(wanted: int | None = None) -> int:
	"""The wanted port if nobody listens there, else the next free one above it, else any."""
	for port in range(wanted, wanted + 50) if wanted else ():
		if not is_open(port):
			return port
	with socket.socket() as probe:
		probe.bind((LOCAL, 0))
		return probe.getsockname()[1]


def wait_until(condition, what: str, seconds: float = 30) -> None:
	deadline = time.monotonic() + seconds
	while time.monotonic() < deadline:
		if condition():
			return
		time.sleep(0.2)
	raise RuntimeError(f"{what}: not there after {seconds:.0f} seconds")


def readable_by(path: Path, user: str) -> bool:
	return user == me() or run(["test", "-r", path], user=user, check=False).returncode == 0


def apt_install(packages: Sequence[str], why: str) -> None:
	"""Install Debian packages as root; Missing where that cannot be done."""
	missing = (
		[p for p in packages if run(["dpkg", "-s", p], check=False).returncode] if has("dpkg") else packages
	)
	if not missing:
		return
	if not has("apt-get"):
		raise Missing(f"{why}: install {', '.join(missing)}")
	if not am_root():
		raise Missing(f"{why}: as root, apt-get install {' '.join(missing)}")
	environment = {"DEBIAN_FRONTEND": "noninteractive"}
	run(["apt-get", "update", "-q"], env=environment, check=False)
	try:
		run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing], env=environment)
	except RuntimeError as error:
		raise Missing(f"{why}: apt-get could not install {', '.join(missing)}") from error


def fail(text: str) -> None:
	say(f"\n{text}")
	sys.exit(1)
