"""Programs killed at random while events flow: nothing is lost, nothing happens twice.

The seed decides how orders end, the sender's and the storefronts' moods, and who is killed after how long. It is
printed, and set by CHECKOUT_SEED; what the machine makes of it differs from run to run. `make soak` repeats it all.
"""

import os
import time
from random import Random

import pytest
from harness.audit import Audit
from harness.flow import place
from harness.killer import Killer

EVENTS = int(os.environ.get("CHECKOUT_CHAOS_EVENTS", "20000"))
MINUTES = float(os.environ.get("CHECKOUT_CHAOS_MINUTES", "0"))


@pytest.mark.alone
@pytest.mark.timeout(MINUTES * 60 + 300)
def test_nothing_is_lost_or_done_twice_while_programs_are_killed(engine):
    with place(engine, workers=3) as here:
        killer = Killer([here.stack.router, *here.stack.workers], Random(f"{here.seed} killer"))
        end = time.monotonic() + MINUTES * 60
        waves = 0
        while waves == 0 or time.monotonic() < end:
            waves += 1
            with here.flow(waves) as flow:
                wave(flow, killer)
        assert len(killer.kills) == 4, "somebody was never killed"


def wave(flow, killer):
    """Events of five tenants, until all that follows from them has happened. The killing goes on after the last was
    sent, while there is much left to do, yet not for long: it keeps the workers from getting done."""
    audit = Audit(flow)
    flow.make_orders(EVENTS // 5)
    began = time.monotonic()
    sent = flow.send()
    killer.rage(sent.done)
    sent.result()
    flowed = time.monotonic()
    killer.rage(lambda: audit.backlog() < EVENTS / 100 or time.monotonic() > flowed + 10)
    audit.everything(seconds=120)
    print(
        f"{len(flow.posted)} events in {flowed - began:.1f} s, {time.monotonic() - flowed:.1f} s for the rest; "
        f"{sum(killer.kills.values())} kills and {flow.api.reads} readings so far; answers "
        f"{dict(flow.sender.answers)}; deliveries {dict(flow.ledger.answers)}"
    )
