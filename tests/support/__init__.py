"""Helpers of the tests: what stands up a database, a browser or a process. Nothing here tests anything."""
