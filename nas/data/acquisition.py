"""Edge Impulse's data acquisition format: a recording with its sensors, as JSON or CBOR, and its signature.

Source: docs.edgeimpulse.com, "Data acquisition format". The signature is the HMAC-SHA256 of the whole message in which
64 zeros stand in its own place, in hexadecimal.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from nas.arrays import Array, Doubles
from nas.errors import InputError

NO_SIGNATURE = "0" * 64
DEVICE_TYPE = "NAS"
"""What made our messages, where the user names no device."""
FORMS = ("json", "cbor")
UNKNOWN_UNITS = "N/A"
_FORMAT = "must be a recording in Edge Impulse's data acquisition format"
_HINT = "export the data again, or as CSV"


@dataclass(frozen=True, slots=True, eq=False)
class Acquisition:
    """One recording.

    Attributes:
        values: samples [time, sensors].
        interval_ms: from one sample to the next.
        sensors: a name a sensor.
        units: of each sensor, such as `m/s2`.
        device_type: the kind of device, alike for all that are alike.
        device_name: names one device among all, such as a MAC address; None if none did.
    """

    values: Array
    interval_ms: float
    sensors: tuple[str, ...]
    units: tuple[str, ...] = ()
    device_type: str = DEVICE_TYPE
    device_name: str | None = None

    def dump(self, form: str = "json", key: str | None = None) -> bytes:
        """Return the message; equal recordings give equal messages.

        Args:
            form: `json` or `cbor`.
            key: what it is signed with; None for no signature.

        Raises:
            InputError: the form is another one, or needs a package that is not installed.
        """
        return message_of(self._payload(), form, key)

    def _payload(self) -> dict[str, Any]:
        units = self.units or (UNKNOWN_UNITS,) * len(self.sensors)
        payload: dict[str, Any] = {
            "device_type": self.device_type,
            "interval_ms": self.interval_ms,
            "sensors": [{"name": name, "units": unit} for name, unit in zip(self.sensors, units, strict=True)],
            "values": _plain(self.values),
        }
        return payload if self.device_name is None else {"device_name": self.device_name, **payload}


def check_form(form: str) -> None:
    """Raise InputError unless messages have such a form."""
    if form not in FORMS:
        raise InputError("form", f"must be {' or '.join(FORMS)}", got=repr(form))


def message_of(payload: Mapping[str, Any], form: str, key: str | None = None) -> bytes:
    """Return the message with a payload as it is; see `Acquisition.dump`."""
    protected = {"ver": "v1", "alg": "none" if key is None else "HS256"}
    content = _encoded({"protected": protected, "signature": NO_SIGNATURE, "payload": payload}, form)
    if key is None:
        return content
    return content.replace(NO_SIGNATURE.encode(), _signature(content, key).encode(), 1)


def load_acquisition(content: bytes, place: str) -> Acquisition:
    """Return the recording in a message; whether its signature is right is not asked, see `is_signed_by`.

    Raises:
        InputError: at `place`: it is no such message, or has no samples.
    """
    payload = _message(content, place).get("payload")
    try:
        sensors = tuple(str(sensor["name"]) for sensor in payload["sensors"])  # type: ignore[index]
        units = tuple(str(sensor.get("units", UNKNOWN_UNITS)) for sensor in payload["sensors"])  # type: ignore[index]
        interval_ms = float(payload["interval_ms"])  # type: ignore[index]
        values: Doubles = np.asarray(payload["values"], np.float64).reshape(-1, len(sensors))  # type: ignore[index]
        device_type = str(payload.get("device_type", DEVICE_TYPE))  # type: ignore[union-attr]
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
        raise InputError(place, _FORMAT, got=repr(error), hint=_HINT) from error
    if not len(values) or not 0 < interval_ms < float("inf"):
        got = f"{len(values):,} samples and interval_ms {interval_ms:g}"
        raise InputError(place, "must hold samples and a positive interval_ms", got=got)
    return Acquisition(values, interval_ms, sensors, units, device_type)


def is_signed_by(content: bytes, key: str, place: str = "message") -> bool:
    """Return whether a message was signed with a key, and not changed since; InputError if it is no message."""
    message = _message(content, place)
    signature, protected = message.get("signature"), message.get("protected")
    if not isinstance(signature, str) or not re.fullmatch(r"[0-9a-f]{64}", signature):
        return False
    if not isinstance(protected, dict) or protected.get("alg") != "HS256":
        return False
    blank = content.replace(signature.encode(), NO_SIGNATURE.encode(), 1)
    return hmac.compare_digest(_signature(blank, key), signature)


def _signature(content: bytes, key: str) -> str:
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def _message(content: bytes, place: str) -> dict[str, Any]:
    """Return the fields of a message of either form: CBOR of a map never begins with a brace or a blank."""
    try:
        text = content.lstrip()[:1] == b"{"
        message = json.loads(content) if text else _cbor(place).loads(content)
    except InputError:
        raise
    except Exception as error:  # cbor2's errors are of many types
        raise InputError(place, _FORMAT, got=str(error).partition("\n")[0], hint=_HINT) from error
    if not isinstance(message, dict):
        raise InputError(place, _FORMAT, got=type(message).__name__, hint=_HINT)
    return message


def _encoded(message: dict[str, Any], form: str) -> bytes:
    check_form(form)
    if form == "cbor":
        return bytes(_cbor(form).dumps(message))
    try:
        return json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:
        rule = "must hold finite numbers to be written as JSON"
        raise InputError("recording", rule, hint="take out the samples that are none, or take --form cbor") from None


def _cbor(place: str) -> ModuleType:
    try:
        import cbor2
    except ImportError:
        hint = "pip install 'nas[edge-impulse]', or take JSON"
        raise InputError(place, "needs the package cbor2", hint=hint) from None
    module: ModuleType = cbor2
    return module


def _plain(values: Array) -> Sequence[Any]:
    """Return samples as the format has them: rows, or of one sensor numbers; those of float32 as short as they are."""
    if values.dtype == np.float32:
        flat: list[Any] = [float(np.format_float_positional(value, unique=True)) for value in values.ravel()]
        rows = [flat[i : i + values.shape[1]] for i in range(0, len(flat), values.shape[1])]
    else:
        rows = values.tolist()
    return [row[0] for row in rows] if values.shape[1] == 1 else rows
