"""Operate: adoptions that run. The event log, timers, worklists, alarms, channels, import and the API for devices."""
