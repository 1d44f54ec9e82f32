"""The one way in which a seam changes moto."""

from collections.abc import Callable
from typing import Any


def replace(owner: Any, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate the replacement of `owner.name`; it receives the original as first argument."""
    original = getattr(owner, name)

    def install(replacement: Callable[..., Any]) -> Callable[..., Any]:
        def replaced(*args: Any, **kwargs: Any) -> Any:
            return replacement(original, *args, **kwargs)

        setattr(owner, name, replaced)
        return replacement

    return install


def replace_class_method(owner: type, name: str) -> Callable[[Callable[..., Any]], None]:
    """The same for a class method: original (bound), then the class, then the arguments."""
    original = getattr(owner, name)

    def install(replacement: Callable[..., Any]) -> None:
        def replaced(cls: type, *args: Any, **kwargs: Any) -> Any:
            return replacement(original, cls, *args, **kwargs)

        setattr(owner, name, classmethod(replaced))

    return install
