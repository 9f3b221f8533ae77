"""The version of the installed distribution."""

from importlib.metadata import PackageNotFoundError, version


def _read() -> str:
    try:
        return version("ray-llm-gateway")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0.0.0+checkout"


VERSION = _read()
