"""Tenants that are connected accounts of one platform: calls in their account, one endpoint for all of them."""

import uuid

import pytest
import stripe


@pytest.fixture(scope="module")
def platform(stack):
    key = f"sk_test_{uuid.uuid4().hex[:16]}"
    return key, stripe.StripeClient(key, base_addresses={"api": stack.sandbox.url})


@pytest.fixture(scope="module")
def shops(stack, platform):
    key, client = platform
    accounts = [client.v1.accounts.create({"type": "standard"}).id for _ in range(2)]
    return accounts, [
        stack.tenant(
            f"Shop {account}", stripe_key=key, arguments=["--stripe-account", account, "--application-fee", "2.5"]
        )
        for account in accounts
    ]


def test_one_endpoint_serves_all_connected_accounts(platform, shops):
    endpoints = platform[1].v1.webhook_endpoints.list().data
    assert len(endpoints) == 1


def test_each_payment_is_made_in_its_account_with_the_platforms_fee(platform, shops):
    for account, shop in zip(*shops):
        order = shop.start_payment(2000)
        intent = platform[1].v1.payment_intents.retrieve(order["payment_intent"], options={"stripe_account": account})
        assert intent.application_fee_amount == 50
        platform[1].v1.payment_intents.confirm(
            intent.id,
            {"payment_method": "pm_card_visa", "return_url": "https://shop.example/return"},
            options={"stripe_account": account},
        )
        shop.wait_status(order["id"], "active")
        assert len(shop.storefront.events("order.activated")) == 1


def test_an_event_of_an_account_that_is_nobodys_moves_nothing(stack, platform, shops):
    client = platform[1]
    stranger = client.v1.accounts.create({"type": "standard"}).id
    order = shops[1][0].start_payment(700)
    client.v1.payment_intents.create(
        {
            "amount": 700, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
            "return_url": "https://shop.example/return", "metadata": {"checkout_order": order["id"]},
        },
        options={"stripe_account": stranger},
    )  # fmt: skip
    answered = shops[1][0].start_payment(800)
    client.v1.payment_intents.confirm(
        answered["payment_intent"],
        {"payment_method": "pm_card_visa", "return_url": "https://shop.example/return"},
        options={"stripe_account": shops[0][0]},
    )
    shops[1][0].wait_status(answered["id"], "active")
    assert shops[1][0].order(order["id"])["status"] == "pending"
