"""The faces people meet on Discord: one thin adapter per group of commands.

Every module here whose name has no leading underscore is loaded by itself (bot/platform/client.py).
"""
