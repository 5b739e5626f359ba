"""
The catalogue: contracts of real hosts, which come with hookkit.
"""

from functools import cache
from importlib.resources import files

from hookkit._messages import did_you_mean
from hookkit.contracts._model import Contract
from hookkit.contracts._reading import read
from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import ContractError

__tracebackhide__ = is_mistake

_HOSTS = ("manila", "nova")


def hosts() -> tuple[str, ...]:
    """
    Return the names of the hosts that the catalogue has, sorted.
    """
    return _HOSTS


def catalogue(host: str, release: str | None = None) -> Contract:
    """
    Return the real hook points of a host, as they were read from its sources.

    >>> from hookkit.contracts import catalogue
    >>> juno = catalogue("nova", release="juno")
    >>> juno.release
    '2014.2'
    >>> [point.name for point in juno.points]
    ['create_instance', 'delete_instance', 'instance_network_info']
    >>> catalogue("manila").point("update_access").signature
    <Signature (self, context, share_instance_id)>

    Its ``releases`` are those of the host, whatever *release* is, so that one line runs a test over all of them::

        @pytest.mark.parametrize("release", catalogue("nova").releases)

    Args:
        host: One of `hosts`.
        release: A tag such as ``"2014.2"`` or a code name such as ``"Juno"``, in any case; None for the latest.

    Returns:
        The contract, restricted to that release; `Contract.at` moves on to another one.

    Raises:
        ContractError: If there is no such host or release; the message lists those that there are.
    """
    if host not in _HOSTS:
        msg = (
            f"The catalogue has no host {host!r}.{did_you_mean(host, _HOSTS)} "
            f"It has {' and '.join(map(repr, _HOSTS))}; for another one, load its contract with load(path)."
        )
        raise ContractError(msg)
    contract = _read_shipped(host)
    return contract.at(contract.releases[-1] if release is None else release)


@cache
def _read_shipped(host: str) -> Contract:
    name = f"{host}.json"
    return read((files("hookkit.contracts") / name).read_text(encoding="utf-8"), name)
