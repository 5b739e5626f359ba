"""
Tells a queue who gets access to shares.
"""
