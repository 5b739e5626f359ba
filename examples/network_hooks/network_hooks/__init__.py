"""
Labels the networks of instances.
"""
