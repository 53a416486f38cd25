"""Which kernel is chosen, and what is said where it cannot be."""

import pytest

from w2v import _core
from w2v.cpu import chosen_isa
from w2v.errors import ConfigError


@pytest.fixture
def refuse(monkeypatch):
    """Have the system refuse one kernel of those on a processor with tiles."""

    def refuse_one(refused):
        monkeypatch.setattr(_core, "available_isas", lambda: ["amx", "avx2", "baseline"])
        monkeypatch.setattr(_core, "isa_refusal", lambda isa: "no!" if isa == refused else "")

    monkeypatch.delenv("W2V_ISA", raising=False)
    return refuse_one


def test_the_first_kernel_is_chosen_that_the_system_grants(refuse):
    refuse("avx2")
    assert chosen_isa() == "amx"
    refuse("amx")
    assert chosen_isa() == "avx2"


def test_a_forced_kernel_that_the_system_refuses_is_an_error(refuse, monkeypatch):
    monkeypatch.setenv("W2V_ISA", "amx")
    refuse("avx2")
    assert chosen_isa() == "amx"
    refuse("amx")
    with pytest.raises(ConfigError, match=r"'amx': no!; this processor can run avx2, baseline$"):
        chosen_isa()


def test_why_there_are_no_tiles_is_said(monkeypatch):
    if "amx" in _core.available_isas():
        pytest.skip("this processor has tiles")
    monkeypatch.setenv("W2V_ISA", "amx")
    with pytest.raises(ConfigError, match=r"AMX|tiles"):
        chosen_isa()
    assert _core.isa_refusal(_core.available_isas()[-1]) == ""
