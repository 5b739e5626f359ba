"""The pytest plugin of hookkit."""
