"""The package's public names, which are imported when first asked for."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import w2v as package


@pytest.mark.parametrize("name", package.__all__)
def test_public_names_exist_and_are_listed(name):
    assert getattr(package, name) is not None
    assert name in dir(package)


def test_other_names_do_not():
    with pytest.raises(AttributeError, match="'w2v' has no attribute 'tran'"):
        package.tran  # noqa: B018


def test_importing_the_package_imports_nothing_else():
    code = "import sys, w2v; print([name for name in sys.modules if name.startswith('w2v.')])"
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    assert run.stdout.strip() == b"[]"


def test_the_version_is_that_of_the_distribution():
    assert package.__version__ == version("w2v")
