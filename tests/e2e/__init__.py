"""The whole product from outside: processes, HTTP, a browser. Each test has people of its own, so the order is free.

1001 the newcomer · 1002 self-diagnosis · 1003 a mentor · 1006 a methodist · 3003 an applicant · 3004 to 3006 at an
event · 3007 a teacher who is told later · 3008 one who leaves · 4001 and on: bad input
"""
