"""Sockets that reach this machine only, in every Python that the tests start.

``tests/conftest.py`` installs it in the test process and puts this folder on ``PYTHONPATH``, so
that kernels, scripts and servers started by a test load it too.
"""

import ipaddress
import socket


class NetworkRefused(OSError):
    """A test tried to leave this machine."""


def _is_local(host):
    if host in (None, "", b"", "localhost", b"localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse(host):
    raise NetworkRefused(f"the tests work without a network; asked for {host!r}")


def _guarded(method):
    def call(self, *arguments):
        address = arguments[-1]
        if isinstance(address, tuple) and not _is_local(address[0]):
            _refuse(address[0])
        return method(self, *arguments)

    return call


def install():
    """Guard ``socket``; a second call changes nothing."""
    if getattr(socket, "_rnn_tf_guarded", False):
        return
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    look_up = socket.getaddrinfo

    def getaddrinfo(host, *arguments, **named):
        if not _is_local(host):
            _refuse(host)
        return look_up(host, *arguments, **named)

    socket.getaddrinfo = getaddrinfo
    socket._rnn_tf_guarded = True


install()
