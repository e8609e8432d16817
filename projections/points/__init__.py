"""The rules of points as pure functions: the level curve, cool-downs, time in voice."""
