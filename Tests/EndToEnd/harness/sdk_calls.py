"""What the official SDK can call, and which parameters it types for each call: read from its sources, not imported."""

import ast
import functools
import importlib.util
import re
from pathlib import Path

SDK = Path(importlib.util.find_spec("stripe").origin).parent
# Around a type that says no more of what may be below a name.
WRAPPERS = ("Optional", "NotRequired", "Required")


class Call:
    """A call of the SDK. Several have one path; a path's ids are told from its words by their place."""

    def __init__(self, method, path, module, params):
        self.name = f"{method} {path}"
        self.method = method
        self.pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
        self.module = module
        self.params = params

    def knows(self, parameter):
        """Whether `items[0][price]` may be sent."""
        parts = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", parameter)
        return self.params is not None and _Params.of(self.module).allows(ast.Name(self.params), parts)


def call(method, path):
    """The SDK's call; one whose words are all named wins over one that has an id there. None for no such call."""
    found = [one for one in _calls() if one.method == method and one.pattern.fullmatch(path)]
    return min(found, key=lambda one: one.name.count("{"), default=None)


@functools.cache
def _calls():
    return [found for file in sorted(SDK.rglob("_*_service.py")) for found in _calls_in(ast.parse(file.read_text()))]


def _calls_in(tree):
    nodes = list(ast.walk(tree))
    modules = {name.name: one.module for one in nodes if isinstance(one, ast.ImportFrom) for name in one.names}
    for function in nodes:
        if not isinstance(function, ast.FunctionDef):
            continue
        for request in ast.walk(function):
            if isinstance(request, ast.Call) and getattr(request.func, "attr", "") == "_request":
                method, path = request.args[:2]
                if isinstance(path, ast.Call):  # "…".format(…)
                    path = path.func.value
                params = _params_of(function)
                yield Call(method.value.upper(), path.value, modules.get(params), params)


def _params_of(function):
    for argument in function.args.args:
        if argument.arg == "params":
            return re.search(r"\w+Params\b", ast.unparse(argument.annotation))[0]
    return None


class _Params:
    """The typed dictionaries of one module."""

    def __init__(self, module):
        file = SDK.parent / (module.replace(".", "/") + ".py")
        self.classes = {}
        for one in ast.parse(file.read_text()).body:
            if isinstance(one, ast.ClassDef):
                fields = [field for field in one.body if isinstance(field, ast.AnnAssign)]
                self.classes[one.name] = {field.target.id: field.annotation for field in fields}
            elif isinstance(one, ast.Assign):  # made by a call, since a field's name is a word of Python's
                names, types = one.value.args[1].keys, one.value.args[1].values
                self.classes[one.targets[0].id] = {name.value: hint for name, hint in zip(names, types)}

    @classmethod
    @functools.cache
    def of(cls, module):
        return cls(module)

    def allows(self, hint, parts):
        """Whether a value may stand at the end of `parts`, below what is declared as `hint`."""
        if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
            return self.allows(ast.parse(hint.value, mode="eval").body, parts)
        if isinstance(hint, ast.BinOp):
            return self.allows(hint.left, parts) or self.allows(hint.right, parts)
        if isinstance(hint, ast.Name) and hint.id in self.classes:
            fields = self.classes[hint.id]
            return bool(parts) and parts[0] in fields and self.allows(fields[parts[0]], parts[1:])
        if not isinstance(hint, ast.Subscript):
            return not parts
        inner = hint.slice
        if hint.value.id in WRAPPERS:
            return self.allows(inner, parts)
        if hint.value.id == "Union":
            return any(self.allows(one, parts) for one in inner.elts)
        if hint.value.id == "List":
            return bool(parts) and (parts[0].isdigit() or not parts[0]) and self.allows(inner, parts[1:])
        if hint.value.id == "Dict":
            return bool(parts) and self.allows(inner.elts[1], parts[1:])
        if hint.value.id == "UntypedStripeObject":
            return len(parts) == 1
        return not parts  # Literal
