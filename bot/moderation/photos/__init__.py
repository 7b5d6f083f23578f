"""The photo guard: pictures in chosen channels are covered until their author says who is in them.

No face is detected, measured or stored, here or anywhere in the desk: the author is asked.
"""
