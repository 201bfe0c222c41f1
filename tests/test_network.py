"""The guard that keeps every test on this machine."""

import socket
import urllib.request

import pytest

OUTSIDE = "192.0.2.1"  # a documentation address: no machine has it


@pytest.mark.parametrize("call", ["connect", "connect_ex"])
def test_sockets_refuse_to_leave_this_machine(call):
    with socket.socket() as plug, pytest.raises(OSError, match="without a network"):
        getattr(plug, call)((OUTSIDE, 80))


def test_names_are_not_looked_up():
    with pytest.raises(OSError, match="without a network"):
        urllib.request.urlopen("http://example.org/", timeout=1)


def test_loopback_works():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as plug,
    ):
        assert plug.getpeername() == server.getsockname()


def test_programs_started_by_a_test_are_guarded_too(python):
    done = python("-c", f"import socket; socket.create_connection(('{OUTSIDE}', 80), timeout=1)")
    assert done.returncode == 1
    assert "NetworkRefused" in done.stderr
