"""What the desk costs and how well it answers. `python -m benchmarks` runs everything.

One module is one benchmark: its name is the module's, its description the first line of the
docstring, and `run()` prints what was measured. A module with `BY_NAME_ONLY = True` runs only when
it is named. Modules that begin with an underscore are shared parts.
"""
