"""
Reports: a recording as one HTML file to look at in a browser.
"""

from hookkit.report._writing import Report, write_report

__all__ = ["Report", "write_report"]
