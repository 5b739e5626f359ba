"""
Drop-ins for the modules that hooks were written against before hookkit.
"""
