import datetime

from kit import apart, check, equal, sandbox_of, until


@apart("metrics: samples within seconds, and of a time")
def _():
    with sandbox_of() as sandbox:
        until(sandbox.get_metrics, "a sample")
        last = sandbox.get_metrics()[-1]
        equal((last.cpu_count, last.mem_total), (2, 1 << 30))
        check(last.cpu_used_pct >= 0 and 0 < last.mem_used < last.mem_total, last)
        check(0 < last.disk_used < last.disk_total and last.mem_cache >= 0, last)
        now = datetime.datetime.now(datetime.timezone.utc)
        check(abs((last.timestamp - now).total_seconds()) < 60, last)
        hour = datetime.timedelta(hours=1)
        check(sandbox.get_metrics(start=now - hour), "none since an hour ago")
        equal(sandbox.get_metrics(start=now - 2 * hour, end=now - hour), [])
