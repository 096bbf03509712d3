"""Runs Synapse for as long as its owner lives, and then removes what it wrote.

Arguments: Synapse's configuration file, the directory to remove, and the id of the process to outlive by nothing, or
"-" for whoever holds the other end of standard input. An owner that is killed cannot stop anything itself; its end is
what this notices.
"""

import os
import select
import shutil
import sys
import threading
import time

config, directory, owner = sys.argv[1:]


def wait_for_owner():
    if owner == "-":
        while os.read(0, 4096):
            pass
    elif hasattr(os, "pidfd_open"):
        try:
            select.select([os.pidfd_open(int(owner))], [], [])
        except ProcessLookupError:
            pass
    else:
        while is_alive(int(owner)):
            time.sleep(0.5)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def follow_owner():
    wait_for_owner()
    # Synapse still writes until the exit below, so the directory may not be empty at the first try.
    for _ in range(100):
        shutil.rmtree(directory, ignore_errors=True)
        if not os.path.exists(directory):
            break
    os._exit(0)


threading.Thread(target=follow_owner, daemon=True).start()

# The owner is watched while these load, which takes a second.
from synapse.app.homeserver import main  # noqa: E402
from synapse.storage.engines.sqlite import Sqlite3Engine  # noqa: E402

prepare = Sqlite3Engine.on_new_connection


def prepare_without_sync(engine, connection):
    """A crash of this process loses nothing; a loss of power may, and no test has one. It spares a flush per event."""
    prepare(engine, connection)
    connection.execute("PRAGMA synchronous = OFF")


Sqlite3Engine.on_new_connection = prepare_without_sync

sys.argv = ["synapse", "--config-path", config]
main()
