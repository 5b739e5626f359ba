"""
What a host's hook points look like, the shipped catalogue of real ones, and hooks checked against them.
"""

from hookkit.contracts._check import check
from hookkit.contracts._export import export
from hookkit.contracts._model import Contract, ContractPoint
from hookkit.contracts._problems import PROBLEM_KINDS, Problem
from hookkit.contracts._reading import load
from hookkit.contracts._shipped import catalogue, hosts
from hookkit.contracts._signatures import Placeholder, parse_signature
from hookkit.contracts._writing import save, to_json

__all__ = [
    "PROBLEM_KINDS",
    "Contract",
    "ContractPoint",
    "Placeholder",
    "Problem",
    "catalogue",
    "check",
    "export",
    "hosts",
    "load",
    "parse_signature",
    "save",
    "to_json",
]
