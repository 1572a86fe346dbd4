"""Which addresses may be asked on behalf of a computer: checked where the connection is made.

A name is resolved once, and the connection goes to an address that was checked; no later answer of
a name server can lead elsewhere. Contract: repositories 6.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from tornado.netutil import Resolver

from migas_tornado.external.failures import UnsafeUpstreamError
from migas_tornado.settings import Network

RESOLVER_THREADS = 4

_NOT_PUBLIC_4 = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, among them the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_PUBLIC_6 = ip_network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    ip_network(text)
    for text in (
        "2001::/23",  # protocol assignments, among them Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: leads to any IPv4 address
        "3fff::/20",  # documentation
    )
)
_TRANSLATED = ip_network("64:ff9b::/96")
"""IPv6-only networks reach IPv4 through it: what counts is the IPv4 address at its end."""


def is_allowed(address: IPv4Address | IPv6Address, networks: tuple[Network, ...] = ()) -> bool:
    """Whether an address is public, or in one of some networks that are allowed nevertheless."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address in _TRANSLATED:
            address = IPv4Address(int(address) & 0xFFFFFFFF)
    if any(address in network for network in networks):
        return True
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


class GuardedResolver(Resolver):
    """Resolves names to those of their addresses that may be asked."""

    def initialize(self, networks: tuple[Network, ...]) -> None:
        """Take the networks that are allowed beside the public ones."""
        self._networks = networks
        # Its own threads: a name server that does not answer must keep nobody else from his files.
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def resolve(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, Any]]:
        """Return the allowed addresses of a name.

        Raises:
            UnsafeUpstreamError: it has none.
        """
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self._threads, socket.getaddrinfo, host, port, family, socket.SOCK_STREAM
            )
        except (socket.gaierror, UnicodeError) as error:
            raise UnsafeUpstreamError(f"{host} has no address: {error}") from error
        addresses = {address: kind for kind, _, _, _, address in found}
        allowed = [
            (kind, address)
            for address, kind in addresses.items()
            if is_allowed(ip_address(address[0]), self._networks)
        ]
        if not allowed:
            refused = ", ".join(sorted({str(address[0]) for address in addresses}))
            raise UnsafeUpstreamError(
                f"{host} is at {refused}, which is not public; "
                "MIGAS_EXTERNAL_NETWORKS lists private networks with mirrors."
            )
        return allowed
