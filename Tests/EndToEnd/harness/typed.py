"""Whether an object that the SDK read fits the SDK's own declarations: every field, its type, its enum values."""

import builtins
import functools
import sys
import typing
from collections import ChainMap

import stripe
import typing_extensions
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject

# Not the same before Python 3.10.1; the SDK uses the second.
LITERALS = (typing.Literal, typing_extensions.Literal)


class _SDKNames(dict):
    """The classes that the SDK's modules import for type checkers only, some under another name."""

    def __missing__(self, name):
        if name in vars(builtins):
            raise KeyError(name)
        if name.endswith("Resource"):
            name = name[: -len("Resource")]
        return getattr(stripe, name, typing.Any)


@functools.cache
def _fields(kind):
    names = ChainMap(vars(sys.modules[kind.__module__]), _SDKNames())
    hints = typing.get_type_hints(kind, globalns={}, localns=names)
    return {
        name: hint
        for name, hint in hints.items()
        if not name.startswith("_") and typing.get_origin(hint) is not typing.ClassVar
    }


def misfits(value, hint=None, path=""):
    """What the SDK's types do not foresee, a line each: `PaymentIntent.status: 'gone' is none of …`."""
    hint = hint or type(value)
    path = path or type(value).__name__
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Any or hint is UntypedStripeObject:
        return []
    if origin is typing.Union:
        # The SDK declares an enum as its values or any other text; here only the values count.
        enums = [one for one in arguments if typing.get_origin(one) in LITERALS]
        choices = enums if enums and isinstance(value, str) else arguments
        return min((misfits(value, one, path) for one in choices), key=len)
    if origin in LITERALS:
        return [] if value in arguments else [f"{path}: {value!r} is none of {arguments}"]
    if origin is list and isinstance(value, list):
        return _elements(enumerate(value), arguments[0], path)
    if origin is ListObject and isinstance(value, ListObject):
        return _elements(enumerate(value.data), arguments[0], f"{path}.data")
    if origin is UntypedStripeObject and isinstance(value, StripeObject):
        return _elements(value.to_dict(recursive=False).items(), arguments[0], path)
    kind = origin or hint
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return [f"{path}: {value!r} is no {kind.__name__}"]
    return _object(value, path) if isinstance(value, StripeObject) else []


def _elements(pairs, hint, path):
    return [misfit for key, value in pairs for misfit in misfits(value, hint, f"{path}[{key}]")]


def _object(value, path):
    fields = _fields(type(value))
    present = value.to_dict(recursive=False)
    found = [f"{path}.{name}: the SDK knows no such field" for name in sorted(set(present) - set(fields))]
    for name, hint in fields.items():
        if name in present:
            found += misfits(present[name], hint, f"{path}.{name}")
        elif type(None) not in typing.get_args(hint):
            found.append(f"{path}.{name}: missing")
    return found
