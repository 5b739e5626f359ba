"""
Hooks that note what a cloud does.
"""
