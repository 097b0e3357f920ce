"""The referee's mathematics: functions and arrays only, knowing no op and no network.

Everything is done along *lines*: a line is a way of moving through the loss's domain, one
entry of a parameter or a direction through all of them, and `Lines` evaluates many at
once, so that whoever owns the loss may batch them.
"""
