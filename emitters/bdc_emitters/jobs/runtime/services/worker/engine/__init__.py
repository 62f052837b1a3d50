"""How jobs are run. Begin with `worker.py`; `running.py` is one run of one job, `schedule.py` says when it is due."""
