"""Refusals as the official SDK tells them, for `with` statements."""

import re

import pytest
import stripe


def invalid(code=None, param=None, status=400):
    """A refusal of what was sent, which names its request."""

    def check(refusal):
        told = (refusal.http_status, refusal.code, refusal.param, refusal.error.type)
        assert told == (status, code, param, "invalid_request_error")
        assert re.fullmatch(r"req_\w{14}", refusal.request_id)
        assert refusal.error.request_log_url.endswith(f"/{refusal.request_id}")
        return True

    return pytest.raises(stripe.InvalidRequestError, check=check)


def unexpected_state(intent_id):
    """The refusal of a call that the PaymentIntent's status does not allow: the intent is in it."""

    def check(refusal):
        told = (refusal.http_status, refusal.code, refusal.error.payment_intent.id)
        assert told == (400, "payment_intent_unexpected_state", intent_id)
        return True

    return pytest.raises(stripe.InvalidRequestError, check=check)
