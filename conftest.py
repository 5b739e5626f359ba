"""
Run the examples of README.md, docs/ and the docstrings as tests; CONTRIBUTING.md says how they are written.
"""

import pytest
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.sybil import SybilCollection

import doc_examples

pytest_plugins = ["pytester"]

pytest_collect_file = SybilCollection(
    [
        Sybil(
            doc_examples.page_parsers(),
            patterns=["README.md", "docs/*.md", "docs/*/*.md"],
            setup=doc_examples.open_folder,
            teardown=doc_examples.close_folder,
        ),
        *(
            Sybil(
                doc_examples.docstring_parsers(),
                path=path,
                pattern="*.py",
                setup=doc_examples.open_folder,
                teardown=doc_examples.close_folder,
            )
            for path in ("hookkit", "pytest_plugin")
        ),
    ]
).pytest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Keep the examples of a page in their order: pytest-randomly has just shuffled them.
    """
    examples = [item for item in items if isinstance(item, SybilItem)]
    examples.sort(key=lambda item: (str(item.path), item.example.line))
    items[:] = [item for item in items if not isinstance(item, SybilItem)] + examples
