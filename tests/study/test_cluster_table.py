"""What the flag --cluster takes, and the machines that it names."""

import pytest

from nas.codec import Place
from nas.errors import InputError
from nas.study.cluster import Cluster, Host


def test_machines_have_a_user_and_a_port_where_they_are_given() -> None:
    cluster = Cluster("ssh://me@one:2222,two,[fe80::1]:22")
    assert cluster.hosts == (Host("me@one", 2222), Host("two"), Host("[fe80::1]", 22))
    assert [str(host) for host in cluster.hosts] == ["me@one:2222", "two", "[fe80::1]:22"]


@pytest.mark.parametrize("address", ["local", "tcp://10.0.0.5:8786", "tls://[::1]:8786", "tcp://scheduler:1"])
def test_a_dask_cluster_names_no_machines_that_ssh_reaches(address: str) -> None:
    assert Cluster(address).hosts == ()
    assert str(Cluster(address)) == address


@pytest.mark.parametrize(
    "address", ["", "remote", "tcp://a", "http://a:1", "ssh://", "ssh://a,", "ssh://a:x", "ssh://-a"]
)
def test_any_other_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(InputError, match=r"cluster: must be tcp://HOST:PORT .* such as tcp://10.0.0.5:8786"):
        Cluster(address)


def test_the_same_machine_may_be_named_once_and_with_another_port_again() -> None:
    assert len(Cluster("ssh://a:22,a:23").hosts) == 2
    with pytest.raises(InputError, match="must name each machine once, got 'ssh://a,b,a'"):
        Cluster("ssh://a,b,a")


def test_a_machine_has_no_fewer_than_0_jobs() -> None:
    assert Cluster("ssh://a", jobs=0).jobs == 0
    with pytest.raises(InputError, match="cluster: jobs: must be 0 or more, got -1"):
        Cluster("ssh://a", jobs=-1)


@pytest.mark.parametrize(
    ("cluster", "data"),
    [
        (Cluster("local"), "local"),
        (Cluster("ssh://a", jobs=2), {"address": "ssh://a", "jobs": 2}),
        (Cluster("ssh://a", config="c", python="p"), {"address": "ssh://a", "python": "p", "config": "c"}),
    ],
)
def test_a_study_file_holds_the_address_alone_or_a_table_of_what_is_set(cluster: Cluster, data: object) -> None:
    assert cluster.to_json() == data
    assert Cluster.from_json(data) == cluster
    with pytest.raises(InputError, match="here"):
        Cluster.from_json({"address": "ssh://a", "jobz": 2}, Place("here"))
