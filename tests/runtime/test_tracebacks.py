"""
Tests of what pytest leaves out of tracebacks; what it makes of that is in the tests of the plugin.
"""

import pytest

from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import ContractError


class TestIsMistake:
    def test_tells_hookkits_errors_from_others(self):
        """
        An error of hookkit is a mistake of its user; any other, and none, is not.
        """
        with pytest.raises(ContractError) as mistake:
            raise ContractError
        with pytest.raises(ValueError) as other:
            raise ValueError

        assert is_mistake(mistake)
        assert not is_mistake(other)
        assert not is_mistake(None)
