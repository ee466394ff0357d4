"""The simulated sensor does what its description says, part by part, where chance is taken out of it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from nas.data.sources.synthetic import (
    ACTIVITIES,
    CRANK,
    RATE_HZ,
    RESOLUTION,
    SAMPLES,
    SWING,
    Activity,
    Person,
    _motion,
    _person,
    _record,
    _rotation,
    _wander,
)

STILL = Person(cadence=1.0, strength=1.0, rotation=np.eye(3), restless=0.0, noise=0.0, gyro_bias=np.zeros(3))
NOTHING = Activity(1.0, CRANK, SWING, strength=0.0)


class Even:
    """Stands for a random generator whose normal deviates are all 0 and whose uniform ones are at the low end."""

    def normal(self, loc: float = 0.0, scale: float = 1.0, size: Any = None) -> Any:
        return loc if size is None else np.full(size, loc)

    def uniform(self, low: float, high: float) -> float:
        return low


def record(activity: Activity, person: Person, seed: int = 0) -> np.ndarray:
    return _record(activity, person, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(5))
def test_the_sensor_is_turned_about_a_random_axis_as_scipy_turns_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axis = rng.normal(size=3)
    angle = np.radians(rng.uniform(-25, 25))
    expected = Rotation.from_rotvec(angle * axis / np.linalg.norm(axis)).as_matrix()
    np.testing.assert_allclose(_rotation(np.random.default_rng(seed), 25), expected, atol=1e-12)


def test_a_slow_change_is_a_straight_line_between_random_points_that_far_apart() -> None:
    curve, points = _wander(np.random.default_rng(3), 2.0), np.random.default_rng(3).normal(size=SAMPLES)
    apart = round(2 * RATE_HZ)
    whole, half = curve[::apart], curve[apart // 2 :: apart]
    assert len(curve) == SAMPLES
    np.testing.assert_allclose(whole, points[: len(whole)], atol=1e-9)
    np.testing.assert_allclose(half, (points[:-1] + points[1:])[: len(half)] / 2, atol=1e-9)


def test_an_average_motion_is_the_sum_of_its_harmonics_each_leading_the_one_below_and_each_axis_the_one_before() -> (
    None
):
    activity, phase = Activity(1.0, CRANK, SWING, strength=2.0, lead=0.9), np.linspace(0, 9, 50)
    found = _motion(activity, phase, Even())  # type: ignore[arg-type]
    for axis, amplitudes in enumerate([*CRANK, *SWING]):
        expected = np.zeros(len(phase))
        for below, amplitude in enumerate(amplitudes):
            expected += 2.0 * amplitude * np.cos((below + 1) * phase + 0.9 * below + 0.45 * axis)
        np.testing.assert_allclose(found[:, axis], expected, atol=1e-12)


def test_an_impact_comes_once_a_cycle_on_the_first_axis_and_has_decayed_after_a_tenth_of_a_second() -> None:
    hit = replace(NOTHING, cycle_hz=0.5, impact_g=1.4)
    seconds = np.arange(0, 4, 0.001)
    found = _motion(hit, 2 * np.pi * 0.5 * seconds, Even())  # type: ignore[arg-type]
    assert not found[:, 1:].any()
    shock = found[:, 0]
    assert shock[0] == pytest.approx(1.4)
    np.testing.assert_allclose(shock[2000:3900], shock[:1900], atol=1e-9)
    assert np.abs(shock[100:1990]).max() < 0.2 * 1.4
    # It oscillates at 12 Hz: through zero after a quarter of a period, and back after three quarters.
    crossings = seconds[1:100][np.diff(np.sign(shock[:100])) != 0]
    np.testing.assert_allclose(crossings, [1 / 48, 3 / 48, 5 / 48][: len(crossings)], atol=0.002)
    assert len(crossings) == 2


def test_at_rest_the_sensor_measures_gravity_of_1_g_in_its_resolution_and_the_bias_of_the_gyroscope() -> None:
    found = record(NOTHING, replace(STILL, gyro_bias=np.array([0.011, -0.02, 0.03])))
    assert found.shape == (SAMPLES, 6)
    np.testing.assert_allclose(np.linalg.norm(found[:, :3], axis=1), 1.0, atol=1e-3)
    # The sensor is put on anew for each recording, within 6 degrees.
    assert found[0, 0] > np.cos(np.radians(6)) - 1e-3
    assert record(NOTHING, STILL, seed=1)[0].tolist() != found[0].tolist()
    np.testing.assert_allclose(found[:, 3:], np.tile([0.011, -0.02, 0.03], (SAMPLES, 1)), atol=1e-9)
    steps = record(ACTIVITIES["running"], replace(STILL, noise=0.05)) / RESOLUTION
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-6)


def test_noise_of_the_gyroscope_is_twice_that_of_the_accelerometer_in_their_units() -> None:
    found = np.concatenate([record(NOTHING, replace(STILL, noise=0.1), seed) for seed in range(8)], axis=0)
    spread = np.stack([part.std(axis=0) for part in np.split(found, 8)]).mean(axis=0)
    np.testing.assert_allclose(spread, [0.1] * 3 + [0.2] * 3, rtol=0.1)


def test_restless_people_turn_three_times_as_much_as_they_sway_and_slowly() -> None:
    people = [record(NOTHING, replace(STILL, restless=0.1), seed) for seed in range(20)]
    spread = np.mean([one.std(axis=0) for one in people], axis=0)
    assert spread[3:].mean() / spread[:3].mean() == pytest.approx(3, rel=0.15)
    # Points a quarter of a second apart, and straight lines between them: the slope changes at every 12th sample only.
    gyro = people[0][:, 3:]
    bends = np.abs(np.diff(gyro, 2, axis=0)).max(axis=1) > 0.004
    assert bends.mean() < 0.2


@pytest.mark.parametrize("name", ["walking", "running", "cycling"])
def test_a_subject_moves_at_the_activity_s_cadence_times_its_own(name: str) -> None:
    activity, person = ACTIVITIES[name], replace(STILL, cadence=1.2)
    axis = 3 + int(np.argmax([harmonics[0] for harmonics in activity.gyro]))
    turning = np.stack([record(activity, person, seed)[:, axis] for seed in range(20)])
    spectrum = np.abs(np.fft.rfft(turning * np.hanning(SAMPLES))).mean(axis=0)
    cycles = np.fft.rfftfreq(SAMPLES, 1 / RATE_HZ) / (1.2 * activity.cycle_hz)
    strongest = cycles[np.argmax(spectrum * (cycles > 0.5))]
    assert strongest == pytest.approx(1, abs=0.1)


def test_subjects_differ_in_cadence_strength_tilt_and_noise_about_an_average_one() -> None:
    people = [_person(np.random.default_rng(seed)) for seed in range(400)]
    for values, spread in (([p.cadence for p in people], 0.09), ([p.strength for p in people], 0.15)):
        logs = np.log(values)
        assert abs(logs.mean()) < 0.2 * spread
        assert logs.std() == pytest.approx(spread, rel=0.15)
    tilts = [np.degrees(Rotation.from_matrix(p.rotation).magnitude()) for p in people]
    assert 24 < max(tilts) <= 25
    assert (min(p.restless for p in people), max(p.restless for p in people)) == pytest.approx((0.07, 0.12), abs=0.002)
    assert (min(p.noise for p in people), max(p.noise for p in people)) == pytest.approx((0.04, 0.08), abs=0.002)
    biases = np.stack([p.gyro_bias for p in people])
    assert biases.shape == (400, 3)
    np.testing.assert_allclose(biases.mean(axis=0), 0, atol=0.008)
    np.testing.assert_allclose(biases.std(axis=0), 0.03, rtol=0.15)
