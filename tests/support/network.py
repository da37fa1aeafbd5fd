"""Tests talk to this machine only: anything else is refused at once, with the address in the message."""

import ipaddress
import socket
from typing import Any

import pytest


class OutsideAddress(AssertionError):
    """A test tried to reach another machine."""


def stay_local(patch: pytest.MonkeyPatch) -> None:
    """Refuses connections to other machines and look-ups of their names, in this process."""
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if name in (None, "", "localhost") or not isinstance(name, str):
            return
        try:
            local = ipaddress.ip_address(name.partition("%")[0])
        except ValueError:
            raise OutsideAddress(f"a test asked for the host {name!r}; tests reach only this machine") from None
        if not (local.is_loopback or local.is_unspecified):
            raise OutsideAddress(f"a test connected to {name}; tests reach only this machine")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            check(address[0])
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            check(address[0])
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        check(host)
        return resolve(host, *arguments, **named)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
