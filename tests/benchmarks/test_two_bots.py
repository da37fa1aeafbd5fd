"""`make bench`: two bot processes on one PostgreSQL beside one, by webhook as behind a balancer.

Two bots, PostgreSQL and the load need more cores than a small machine has. So each bot gets a share of a core by a
control group, which leaves the others room: what is shown is that bots don't wait for each other. Needs root.
"""

import json
import os
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.benchmarks.stand import OURS, Measured, loaded, settings, started
from tests.benchmarks.test_tap import ROUNDS, prepare
from tests.support.databases import made
from tests.support.figures import Figures
from tests.support.postgres import PostgresServer
from tests.support.stage import free_port

pytestmark = pytest.mark.bench
SHARE = 0.25  # of a core, for each bot
SECONDS = 20.0
PERIOD = 20_000  # microseconds
FIRST, SECOND = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")


@contextmanager
def share_of_a_core(process: int) -> Iterator[None]:
    """Keeps a process to SHARE of a core, by the first or the second version of control groups; ends it at last."""
    first = FIRST.exists()
    group = (FIRST if first else SECOND) / f"opora-bench-{process}"
    group.mkdir()
    try:
        quota = int(SHARE * PERIOD)
        limits = {"cpu.cfs_period_us": PERIOD, "cpu.cfs_quota_us": quota} if first else {"cpu.max": f"{quota} {PERIOD}"}
        for name, value in limits.items():
            (group / name).write_text(str(value))
        (group / "cgroup.procs").write_text(str(process))
        yield
    finally:
        psutil.Process(process).kill()  # a clean stop with a part of a core takes its time
        psutil.Process(process).wait(30)
        group.rmdir()


def measure(bots: int, url: str, taps: Path, folder: Path) -> Measured:
    """One slice: so many bots, each with its share, in turn given the taps of PEOPLE who never pause."""
    with loaded(taps, 0, 0, bots, seconds=SECONDS) as load, ExitStack() as shares:
        processes = []
        for _ in range(bots):
            listen = f"127.0.0.1:{free_port()}"
            hook = {"WEBHOOK_URL": f"http://{listen}", "WEBHOOK_LISTEN": listen, "WEBHOOK_SECRET": "bench" * 10}
            processes.append(started(OURS, settings(url, folder, **hook), load.port))
            shares.callback(processes[-1].kill)
        load.counting()  # starting and getting warm is not what is measured
        for process in processes:
            shares.enter_context(share_of_a_core(process.pid))
        return load.result()


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT MEASURED: control groups are root's")
def test_two_bots_on_postgresql_beside_one(tmp_path: Path, figures: Figures) -> None:
    taps = tmp_path / "taps.json"
    one, two = [], []
    for _ in range(ROUNDS):
        for bots, rows in ((1, one), (2, two)):
            with PostgresServer(fsync=True) as own:
                url = own.create_database()
                made(url)
                taps.write_text(json.dumps(prepare(url)))
                rows.append(measure(bots, url, taps, tmp_path))
    more = statistics.median(b["per_second"] / a["per_second"] for a, b in zip(one, two, strict=True))
    figures.note(
        f"two bot processes on PostgreSQL, each with {SHARE} of a core, beside one",
        f"{statistics.median(row['per_second'] for row in two):.0f} taps/s beside "
        f"{statistics.median(row['per_second'] for row in one):.0f}: {more:.2f}",
        goal="≥ 1.7",
        held=more >= 1.7,
    )
