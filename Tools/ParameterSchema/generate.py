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
    ("GET /v1/balance", "balance_retrieve"),
    ("GET /v1/balance_transactions", "balance_transaction_list"),
    ("GET /v1/balance_transactions/:id", "balance_transaction_retrieve"),
    ("GET /v1/charges", "charge_list"),
    ("GET /v1/charges/:id", "charge_retrieve"),
    ("POST /v1/charges/:id", "charge_update"),
    ("POST /v1/customers", "customer_create"),
    ("GET /v1/customers", "customer_list"),
    ("GET /v1/customers/:id", "customer_retrieve"),
    ("POST /v1/customers/:id", "customer_update"),
    ("DELETE /v1/customers/:id", "customer_delete"),
    ("GET /v1/customers/:id/payment_methods", "customer_payment_method_list"),
    ("GET /v1/customers/:id/payment_methods/:id", "customer_payment_method_retrieve"),
    ("GET /v1/events", "event_list"),
    ("GET /v1/events/:id", "event_retrieve"),
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
    ("POST /v1/refunds", "refund_create"),
    ("GET /v1/refunds", "refund_list"),
    ("GET /v1/refunds/:id", "refund_retrieve"),
    ("POST /v1/refunds/:id", "refund_update"),
    ("POST /v1/webhook_endpoints", "webhook_endpoint_create"),
    ("GET /v1/webhook_endpoints", "webhook_endpoint_list"),
    ("GET /v1/webhook_endpoints/:id", "webhook_endpoint_retrieve"),
    ("POST /v1/webhook_endpoints/:id", "webhook_endpoint_update"),
    ("DELETE /v1/webhook_endpoints/:id", "webhook_endpoint_delete"),
]

# Stripe takes card numbers in `payment_method_data` from whoever may handle them; the SDK does not type that.
CARD = "card{cvc exp_month:int exp_year:int number token}"

# Untyped inside, so that the table stays small: the sandbox takes cards only.
OPAQUE = {
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


def parameters(module_name):
    module = importlib.import_module(f"stripe.params._{module_name}_params")
    wanted = "".join(part.capitalize() for part in module_name.split("_")) + "Params"
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


rows = {call: " ".join(parameters(module)) for call, module in CALLS}
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
