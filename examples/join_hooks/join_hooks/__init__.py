"""
Enrols new instances with a directory service.
"""
