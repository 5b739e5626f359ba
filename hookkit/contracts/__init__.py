"""
What a host's hook points look like, and the shipped catalogue of real ones.
"""

from hookkit.contracts._model import Contract, ContractPoint
from hookkit.contracts._reading import load
from hookkit.contracts._shipped import catalogue, hosts
from hookkit.contracts._signatures import Placeholder, parse_signature

__all__ = [
    "Contract",
    "ContractPoint",
    "Placeholder",
    "catalogue",
    "hosts",
    "load",
    "parse_signature",
]
