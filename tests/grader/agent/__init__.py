"""The agent: PID 1 of a sandbox's container. It does what the grader asks over stdin and stdout.

Its source is sent into the container (channel.py), so it uses the standard library only, and little
of it: importing is part of every container's start.

One JSON object a line each way, bytes in base64, times in seconds of CLOCK_MONOTONIC, which all
containers of one engine share:

    {"id": 7, "op": "start", ...}  ->  {"id": 7, "answer": {...}}  or  {"id": 7, "error": "..."}

A request with the id 0 is done without an answer.

Events come by themselves: `output`, `truncated` and `exit` of a program, `frame` of a capture.
When stdin ends the grader is gone: the agent exits, and the end of PID 1 is the container's.

The programs it starts are hostile. They get another uid, no capabilities and pipes of their own,
and each pass of the loop does a bounded amount of work, so that no program can keep it from a
request. No program can reach the agent's own pipes: they are another user's and close on exec.
"""
