"""The keys of a project of Edge Impulse: from the environment or the system's keyring, never from a flag or a file."""

import os

from nas.errors import InputError

API_KEY, HMAC_KEY = "EI_API_KEY", "EI_HMAC_KEY"
_SERVICE = "edge-impulse"
"""What the keyring calls the service; the name of an entry is that of the variable."""


def api_key() -> str:
    """Return the project's API key; InputError if there is none, or it cannot be one."""
    key = _found(API_KEY)
    if key is None:
        hint = f"see Dashboard > Keys in Studio; export {API_KEY}=ei_..., or run: keyring set {_SERVICE} {API_KEY}"
        raise InputError(API_KEY, "must hold the project's API key", hint=hint)
    if not key.isascii() or not key.isprintable() or " " in key:
        # The key itself is never shown.
        raise InputError(API_KEY, "must be one word of printable characters", hint="copy the key again")
    return key


def hmac_key() -> str | None:
    """Return the key that samples are signed with; None if there is none."""
    return _found(HMAC_KEY)


def _found(name: str) -> str | None:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    try:
        import keyring

        stored = keyring.get_password(_SERVICE, name)
    except Exception:  # no keyring, no daemon behind it, or a locked one: backends raise what they like
        return None
    return stored.strip() if stored else None
