"""Python targets: functions, layer objects and training steps of the user's, made problems."""
