from setuptools import setup

# Metadata stands in pyproject.toml; this shim serves tools that still look for setup.py.
if __name__ == "__main__":
	setup()
