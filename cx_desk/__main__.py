"""`python -m cx_desk`: CX Desk's arithmetic on an export, with nothing but Python."""

import sys

from cx_desk.cli import main

if __name__ == "__main__":
	sys.exit(main())
