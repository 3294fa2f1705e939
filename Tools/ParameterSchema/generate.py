#!/usr/bin/env python3
"""Writes the sandbox's list of allowed parameters from the typed params of the official SDK.

    pip install stripe==16.1.0
    python3 Tools/ParameterSchema/generate.py > Tools/StripeSandbox/Parameters/ParameterTable.swift

The language it writes is described in Tools/StripeSandbox/Parameters/ParameterSchema.swift.
"""

import collections
import importlib
import sys
import textwrap
import types
import typing

import stripe
from stripe._request_options import RequestOptions

# One row a call that the sandbox serves: the call, and the module of the SDK that types its parameters.
CALLS = [
    ("POST /v1/accounts", "account_create"),
    ("GET /v1/accounts", "account_list"),
    ("GET /v1/account", "account_retrieve_current"),
    ("GET /v1/accounts/:id", "account_retrieve"),
    ("POST /v1/accounts/:id", "account_update"),
    ("DELETE /v1/accounts/:id", "account_delete"),
    ("GET /v1/application_fees", "application_fee_list"),
    ("GET /v1/application_fees/:id", "application_fee_retrieve"),
    ("GET /v1/balance", "balance_retrieve"),
    ("GET /v1/balance_transactions", "balance_transaction_list"),
    ("GET /v1/balance_transactions/:id", "balance_transaction_retrieve"),
    ("GET /v1/charges", "charge_list"),
    ("GET /v1/charges/:id", "charge_retrieve"),
    ("POST /v1/charges/:id", "charge_update"),
    ("POST /v1/checkout/sessions", "checkout.session_create"),
    ("GET /v1/checkout/sessions", "checkout.session_list"),
    ("GET /v1/checkout/sessions/:id", "checkout.session_retrieve"),
    ("POST /v1/checkout/sessions/:id", "checkout.session_update"),
    ("GET /v1/checkout/sessions/:id/line_items", "checkout.session_line_item_list"),
    ("POST /v1/checkout/sessions/:id/expire", "checkout.session_expire"),
    ("POST /v1/coupons", "coupon_create"),
    ("GET /v1/coupons", "coupon_list"),
    ("GET /v1/coupons/:id", "coupon_retrieve"),
    ("POST /v1/coupons/:id", "coupon_update"),
    ("DELETE /v1/coupons/:id", "coupon_delete"),
    ("POST /v1/customers", "customer_create"),
    ("GET /v1/customers", "customer_list"),
    ("GET /v1/customers/:id", "customer_retrieve"),
    ("POST /v1/customers/:id", "customer_update"),
    ("DELETE /v1/customers/:id", "customer_delete"),
    ("GET /v1/customers/:id/payment_methods", "customer_payment_method_list"),
    ("GET /v1/customers/:id/payment_methods/:id", "customer_payment_method_retrieve"),
    ("GET /v1/disputes", "dispute_list"),
    ("GET /v1/disputes/:id", "dispute_retrieve"),
    ("POST /v1/disputes/:id", "dispute_update"),
    ("POST /v1/disputes/:id/close", "dispute_close"),
    ("GET /v1/events", "event_list"),
    ("GET /v1/events/:id", "event_retrieve"),
    ("POST /v1/invoiceitems", "invoice_item_create"),
    ("GET /v1/invoiceitems", "invoice_item_list"),
    ("GET /v1/invoiceitems/:id", "invoice_item_retrieve"),
    ("DELETE /v1/invoiceitems/:id", "invoice_item_delete"),
    ("GET /v1/invoice_payments", "invoice_payment_list"),
    ("GET /v1/invoice_payments/:id", "invoice_payment_retrieve"),
    ("POST /v1/invoices", "invoice_create"),
    ("GET /v1/invoices", "invoice_list"),
    ("POST /v1/invoices/create_preview", "invoice_create_preview"),
    ("GET /v1/invoices/:id", "invoice_retrieve"),
    ("POST /v1/invoices/:id", "invoice_update"),
    ("DELETE /v1/invoices/:id", "invoice_delete"),
    ("GET /v1/invoices/:id/lines", "invoice_line_item_list"),
    ("POST /v1/invoices/:id/finalize", "invoice_finalize_invoice"),
    ("POST /v1/invoices/:id/mark_uncollectible", "invoice_mark_uncollectible"),
    ("POST /v1/invoices/:id/pay", "invoice_pay"),
    ("POST /v1/invoices/:id/void", "invoice_void_invoice"),
    ("POST /v1/payment_intents", "payment_intent_create"),
    ("GET /v1/payment_intents", "payment_intent_list"),
    ("GET /v1/payment_intents/:id", "payment_intent_retrieve"),
    ("POST /v1/payment_intents/:id", "payment_intent_update"),
    ("POST /v1/payment_intents/:id/confirm", "payment_intent_confirm"),
    ("POST /v1/payment_intents/:id/capture", "payment_intent_capture"),
    ("POST /v1/payment_intents/:id/cancel", "payment_intent_cancel"),
    ("POST /v1/payment_methods", "payment_method_create"),
    ("GET /v1/payment_methods", "payment_method_list"),
    ("GET /v1/payment_methods/:id", "payment_method_retrieve"),
    ("POST /v1/payment_methods/:id", "payment_method_update"),
    ("POST /v1/payment_methods/:id/attach", "payment_method_attach"),
    ("POST /v1/payment_methods/:id/detach", "payment_method_detach"),
    ("POST /v1/prices", "price_create"),
    ("GET /v1/prices", "price_list"),
    ("GET /v1/prices/:id", "price_retrieve"),
    ("POST /v1/prices/:id", "price_update"),
    ("POST /v1/products", "product_create"),
    ("GET /v1/products", "product_list"),
    ("GET /v1/products/:id", "product_retrieve"),
    ("POST /v1/products/:id", "product_update"),
    ("DELETE /v1/products/:id", "product_delete"),
    ("POST /v1/promotion_codes", "promotion_code_create"),
    ("GET /v1/promotion_codes", "promotion_code_list"),
    ("GET /v1/promotion_codes/:id", "promotion_code_retrieve"),
    ("POST /v1/promotion_codes/:id", "promotion_code_update"),
    ("POST /v1/refunds", "refund_create"),
    ("GET /v1/refunds", "refund_list"),
    ("GET /v1/refunds/:id", "refund_retrieve"),
    ("POST /v1/refunds/:id", "refund_update"),
    ("POST /v1/refunds/:id/cancel", "refund_cancel"),
    ("POST /v1/test_helpers/refunds/:id/expire", "refund_expire"),
    ("GET /v1/setup_attempts", "setup_attempt_list"),
    ("POST /v1/setup_intents", "setup_intent_create"),
    ("GET /v1/setup_intents", "setup_intent_list"),
    ("GET /v1/setup_intents/:id", "setup_intent_retrieve"),
    ("POST /v1/setup_intents/:id", "setup_intent_update"),
    ("POST /v1/setup_intents/:id/confirm", "setup_intent_confirm"),
    ("POST /v1/setup_intents/:id/cancel", "setup_intent_cancel"),
    ("POST /v1/subscription_items", "subscription_item_create"),
    ("GET /v1/subscription_items", "subscription_item_list"),
    ("GET /v1/subscription_items/:id", "subscription_item_retrieve"),
    ("POST /v1/subscription_items/:id", "subscription_item_update"),
    ("DELETE /v1/subscription_items/:id", "subscription_item_delete"),
    ("POST /v1/subscriptions", "subscription_create"),
    ("GET /v1/subscriptions", "subscription_list"),
    ("GET /v1/subscriptions/:id", "subscription_retrieve"),
    ("POST /v1/subscriptions/:id", "subscription_update"),
    ("DELETE /v1/subscriptions/:id", "subscription_cancel"),
    ("DELETE /v1/subscriptions/:id/discount", "subscription_delete_discount"),
    ("POST /v1/subscriptions/:id/pause", "subscription_pause"),
    ("POST /v1/subscriptions/:id/resume", "subscription_resume"),
    ("POST /v1/test_helpers/test_clocks", "test_helpers.test_clock_create"),
    ("GET /v1/test_helpers/test_clocks", "test_helpers.test_clock_list"),
    ("GET /v1/test_helpers/test_clocks/:id", "test_helpers.test_clock_retrieve"),
    ("DELETE /v1/test_helpers/test_clocks/:id", "test_helpers.test_clock_delete"),
    ("POST /v1/test_helpers/test_clocks/:id/advance", "test_helpers.test_clock_advance"),
    ("POST /v1/webhook_endpoints", "webhook_endpoint_create"),
    ("GET /v1/webhook_endpoints", "webhook_endpoint_list"),
    ("GET /v1/webhook_endpoints/:id", "webhook_endpoint_retrieve"),
    ("POST /v1/webhook_endpoints/:id", "webhook_endpoint_update"),
    ("DELETE /v1/webhook_endpoints/:id", "webhook_endpoint_delete"),
    ("POST /v2/core/event_destinations", "v2.core.event_destination_create"),
    ("GET /v2/core/event_destinations", "v2.core.event_destination_list"),
    ("GET /v2/core/event_destinations/:id", "v2.core.event_destination_retrieve"),
    ("POST /v2/core/event_destinations/:id", "v2.core.event_destination_update"),
    ("DELETE /v2/core/event_destinations/:id", "v2.core.event_destination_delete"),
    ("POST /v2/core/event_destinations/:id/disable", "v2.core.event_destination_disable"),
    ("POST /v2/core/event_destinations/:id/enable", "v2.core.event_destination_enable"),
    ("POST /v2/core/event_destinations/:id/ping", "v2.core.event_destination_ping"),
    ("GET /v2/core/events", "v2.core.event_list"),
    ("GET /v2/core/events/:id", "v2.core.event_retrieve"),
]

# Stripe takes card numbers in `payment_method_data` from whoever may handle them; the SDK does not type that.
CARD = "card{cvc exp_month:int exp_year:int number token}"

# Untyped inside, so that the table stays small: the sandbox takes cards only.
OPAQUE = {
    "tiers",
    "currency_options",
    "payment_method_options",
    "payment_method_configuration",
    "amount_details",
    "payment_details",
    "level3",
    "mandate_data",
    "radar_options",
    "hooks",
    "company",
    "documents",
    "individual",
    "settings",
    "capabilities",
    "tax_id_data",
    "tax",
    "schedule_details",
    "pause_schedules",
}
LONGEST_ENUM = 400

own = set(RequestOptions.__annotations__)
UNIONS = (typing.Union, types.UnionType)


def hints(cls):
    space = dict(vars(typing))
    space.update(vars(sys.modules[cls.__module__]))
    found = {}
    for base in reversed(cls.__mro__[:-1]) if hasattr(cls, "__mro__") else [cls]:
        found.update(getattr(base, "__annotations__", {}))
    return {
        name: typing.get_type_hints(
            type("T", (), {"__annotations__": {name: hint}}), globalns=space, include_extras=True
        )[name]
        for name, hint in found.items()
        if name not in own
    }


def unwrap(hint):
    """(hint, required, may be emptied)"""
    required = True
    while typing.get_origin(hint) in (typing.NotRequired, typing.Required) or "NotRequired" in str(
        typing.get_origin(hint)
    ):
        required = False
        hint = typing.get_args(hint)[0]
    emptied = False
    if typing.get_origin(hint) in UNIONS:
        rest = [
            arg
            for arg in typing.get_args(hint)
            if not (typing.get_origin(arg) is typing.Literal and typing.get_args(arg) == ("",))
        ]
        emptied = len(rest) < len(typing.get_args(hint))
        hint = typing.Union[tuple(rest)]
    return hint, required, emptied


def is_typed(hint):
    return isinstance(hint, type) and (issubclass(hint, dict) or hasattr(hint, "__total__"))


def kind(name, hint):
    """The schema's word for a type: what comes after the parameter's name."""
    if name in OPAQUE:
        return ":any"
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if name == "expand":
        return "*"
    if origin in UNIONS:
        if any(is_typed(arg) for arg in args) and int in args:
            return ":range"
        typed = [arg for arg in args if is_typed(arg)]
        if typed:
            return kind(name, typed[0]) if len(args) == len(typed) or name == "metadata" else ":any"
        literal = [arg for arg in args if typing.get_origin(arg) is typing.Literal]
        if int in args and literal:
            return ":any"
        if bool in args and literal:
            return "(" + "|".join(["true", "false", *typing.get_args(literal[0])]) + ")"
        if any(typing.get_origin(arg) is dict for arg in args):
            return ":map"
        return kind(name, args[0])
    if origin is typing.Literal:
        values = [value for value in args if value != ""]
        return "(" + "|".join(values) + ")" if len(values) <= LONGEST_ENUM else ""
    if origin is list:
        return kind(name, unwrap(args[0])[0]) + "*"
    if origin is dict:
        return ":map"
    if hint is int:
        return ":int"
    if hint is bool:
        return ":bool"
    if hint is float:
        return ":number"
    if is_typed(hint):
        if "UntypedStripeObject" in str(hint):
            return ":map"
        return "{" + " ".join(fields(hint)) + "}"
    if "UntypedStripeObject" in str(hint):
        return ":map"
    if "Decimal" in str(hint):
        return ":number"
    return ""


def fields(cls):
    rows = []
    for name, hint in sorted(hints(cls).items()):
        inner, required, emptied = unwrap(hint)
        if cls.__name__.endswith("ParamsPaymentMethodData") and name == "type":
            rows += [CARD, "type!"]
            continue
        rows.append(name + kind(name, inner) + ("!" if required else "") + ("?" if emptied else ""))
    return sorted(rows)


def parameters(name):
    """`charge_list`, or with the SDK's package `checkout.session_list`."""
    package, _, name = name.rpartition(".")
    place = f"stripe.params.{package}." if package else "stripe.params."
    module = importlib.import_module(f"{place}_{name}_params")
    wanted = "".join(part.capitalize() for part in name.split("_")) + "Params"
    return fields(getattr(module, wanted))


def shared(rows):
    """Names every brace or parenthesis group that occurs again, longest first."""
    names = {}
    while True:
        seen = collections.Counter()
        for text in list(rows.values()) + [body for _, body in names.items()]:
            stack = []
            for index, character in enumerate(text):
                if character in "{(":
                    stack.append(index)
                elif character in "})":
                    start = stack.pop()
                    body = text[start : index + 1]
                    if len(body) > 60:
                        seen[body] += 1
        again = [body for body, count in seen.items() if count > 1 and body not in names.values()]
        if not again:
            return names
        body = max(again, key=len)
        name = f"${len(names) + 1}"
        for call in rows:
            rows[call] = rows[call].replace(body, name)
        for other in names:
            names[other] = names[other].replace(body, name)
        names[name] = body


def wrapped(text):
    return "\n".join(
        textwrap.wrap(
            text.replace("|", "| "),
            108,
            initial_indent="            ",
            subsequent_indent="            ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


# The SDK follows `next_page_url`, and so types no `page`.
V2_LIST = {"v2.core.event_destination_list": ["page"], "v2.core.event_list": ["page"]}

rows = {call: " ".join(parameters(module) + V2_LIST.get(module, [])) for call, module in CALLS}
names = shared(rows)
print(f"""// Generated by Tools/ParameterSchema/generate.py from stripe {stripe.VERSION}; not to be edited by hand.

/// What may be sent with each call: the official SDK's typed parameters of `{stripe.api_version}`.
/// The language is that of `ParameterSchema`.
enum ParameterTable {{
    static let source = #\"\"\"""")
for name, body in sorted(names.items(), key=lambda item: -int(item[0][1:])):
    print(f"        {name}\n{wrapped(body)}")
for call, text in rows.items():
    print(f"        {call}\n{wrapped(text)}" if text else f"        {call}")
print('        """#\n}')
