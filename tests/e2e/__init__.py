"""The whole product from outside: processes, HTTP, a browser. Each test has people of its own, so the order is free.

1001, 3001, 3002 newcomers · 1002 self-diagnosis · 1003 and 1005 a mentor and a mentee · 1004 no staff ·
1006 a methodist · 3003 an applicant · 3004, 3005 at an event · 3007 a teacher who is told later · 3008 one who leaves
"""
