"""What the engine is asked for: nothing that a submission may not have."""

import ipaddress
import itertools
from dataclasses import replace

import pytest

from grader.container import (
    HOME_MIB,
    LAB_MIB,
    SHM_MIB,
    TMP_MIB,
    Place,
    container_config,
    settings_of,
)
from grader.errors import GraderError
from grader.impairment import impairment_config
from grader.network import RANGE, RANGE6, Network, random_subnets, subnet6_of
from grader.sandbox import FIRST_UID, UID_PAIRS, Sandbox, new_run_id
from grader.settings import LIMITS, Settings
from grader.topology import HostSpec, Topology

SPEC = HostSpec("server", "socklab/host", {"LAB": "lab1"}, 256 << 20, 128, 0.5, 4)
NAMES6 = {"client": "fd10:213::5", "peer": "fd10:213::14"}
PLACE = Place("run", "socklab-run", "10.213.0.4", {"client": "10.213.0.5", "peer": "10.213.0.14"})


def test_a_sandbox_that_is_not_open_says_so() -> None:
    topology = Topology("lab1", SPEC, SPEC, 8080)
    sandbox = Sandbox(object(), topology, run_id="run")  # type: ignore[arg-type]
    with pytest.raises(GraderError, match="not open"):
        _ = sandbox.peer
    with pytest.raises(GraderError, match="not open"):
        _ = sandbox.addresses
    with pytest.raises(GraderError, match="not open"):
        _ = sandbox.addresses6


@pytest.mark.parametrize("prefix_length", [24, 26, 28])
def test_subnets_are_of_our_range_and_do_not_overlap(prefix_length: int) -> None:
    subnets = list(random_subnets(prefix_length))
    assert len(subnets) == len(set(subnets)) == 100
    assert all(subnet.subnet_of(RANGE) for subnet in subnets)
    assert {subnet.prefixlen for subnet in subnets} == {prefix_length}


def test_two_runs_try_subnets_in_another_order() -> None:
    assert list(random_subnets(28)) != list(random_subnets(28))


def test_our_range_is_not_one_of_the_labs() -> None:
    assert not RANGE.overlaps(ipaddress.ip_network("10.207.0.0/16"))


def test_runs_have_names_of_their_own() -> None:
    assert len({new_run_id() for _ in itertools.repeat(None, 100)}) == 100


def test_a_container_has_every_limit() -> None:
    config = container_config(SPEC, PLACE, uid=61000)
    host = config["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert host["CapAdd"] == ["KILL", "NET_RAW", "SETGID", "SETUID"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["ReadonlyRootfs"] is True
    assert host["Memory"] == host["MemorySwap"] == 256 << 20
    assert (host["PidsLimit"], host["NanoCpus"]) == (128, 500_000_000)
    assert host["LogConfig"] == {"Type": "none"}
    assert config["OpenStdin"] is config["StdinOnce"] is host["AutoRemove"] is True


def test_a_container_shares_nothing_with_the_machine() -> None:
    host = container_config(SPEC, PLACE, uid=61000)["HostConfig"]
    shared = {"Binds", "Mounts", "Devices", "PortBindings", "Privileged", "PidMode"}
    assert not shared & host.keys()
    assert host["IpcMode"] == "none"  # docker run(1): one of its own
    assert host["NetworkMode"] == "socklab-run"


def test_all_that_can_be_written_to_is_bounded_and_less_than_the_memory() -> None:
    host = container_config(SPEC, PLACE, uid=61000)["HostConfig"]
    assert set(host["Tmpfs"]) == set(Settings(student_uid=61000).folders)
    assert all("size=" in options and "nr_inodes=" in options for options in host["Tmpfs"].values())
    assert SPEC.memory_bytes > (LAB_MIB + TMP_MIB + HOME_MIB + SHM_MIB) << 20


def test_a_labs_own_disks_are_in_the_sandbox_and_a_file_may_fill_them() -> None:
    spec = replace(SPEC, folders={"/srv/files": 200, "/srv/small": 1})
    tmpfs = container_config(spec, PLACE, uid=61000)["HostConfig"]["Tmpfs"]
    settings = settings_of(spec, uid=61000)
    assert set(tmpfs) == set(settings.folders) > {"/srv/files", "/srv/small"}
    assert tmpfs["/srv/small"].startswith("size=1m,")
    assert settings.limits["FSIZE"] == 200 << 20


def test_half_of_a_hosts_processes_are_the_submissions() -> None:
    spec = replace(SPEC, pids_limit=512)
    assert settings_of(SPEC, uid=61000).limits == LIMITS
    assert settings_of(spec, uid=61000).limits == {**LIMITS, "NPROC": 256}


def test_names_are_known_without_a_name_server() -> None:
    host = container_config(SPEC, PLACE, uid=61000)["HostConfig"]
    assert host["ExtraHosts"] == ["client:10.213.0.5", "peer:10.213.0.14"]
    assert host["Dns"] == ["127.0.0.1"]


def test_a_host_of_a_dual_stack_lab_has_both_addresses_and_knows_both_of_others() -> None:
    place = replace(PLACE, address6="fd10:213::4", names6=NAMES6)
    config = container_config(SPEC, place, uid=61000)
    (endpoint,) = config["NetworkingConfig"]["EndpointsConfig"].values()
    assert endpoint["IPAMConfig"] == {"IPv4Address": "10.213.0.4", "IPv6Address": "fd10:213::4"}
    known = config["HostConfig"]["ExtraHosts"]
    assert known[1:3] == ["peer:10.213.0.14", "client:fd10:213::5"]


def test_the_agent_alone_closes_ipv6_and_only_where_there_is_any() -> None:
    place = replace(PLACE, address6="fd10:213::4", names6=NAMES6)
    added = container_config(SPEC, place, uid=61000)["HostConfig"]["CapAdd"]
    assert added == ["KILL", "NET_RAW", "SETGID", "SETUID", "NET_ADMIN"]
    assert (
        "in fd10:213::5 fd10:213::14;"
        in settings_of(SPEC, uid=61000, others6=NAMES6.values()).first
    )
    assert settings_of(SPEC, uid=61000).first == ""


def test_no_two_subnets_have_the_same_ipv6_beside_them() -> None:
    subnets = [subnet6_of(subnet) for subnet in RANGE.subnets(new_prefix=28)]
    assert len(set(subnets)) == len(subnets)
    assert all(subnet.subnet_of(RANGE6) for subnet in subnets)


def test_both_addresses_of_a_host_end_in_the_same_digits() -> None:
    network = Network("n", "id", ipaddress.IPv4Network("10.213.7.0/26"))
    assert (network.address(40), network.address6(40)) == ("10.213.7.40", None)
    network = replace(network, subnet6=subnet6_of(network.subnet))
    assert network.address6(40) == "fd10:213:0:700::40"


def test_uids_are_nobodys() -> None:
    last = FIRST_UID + 2 * UID_PAIRS
    assert FIRST_UID > 60_000  # the last uid Debian gives to people is 59999
    assert last < 65_534  # nobody; Debian's policy, 9.2.2


def test_a_bad_network_has_no_right_but_those_it_needs() -> None:
    config = impairment_config("socklab/wire", run_id="run", beside="0123abc")
    host = config["HostConfig"]
    assert host["NetworkMode"] == "container:0123abc"
    assert host["CapDrop"] == ["ALL"]
    assert host["CapAdd"] == ["NET_ADMIN", "NET_RAW"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["ReadonlyRootfs"] is host["AutoRemove"] is config["StdinOnce"] is True
    assert not {"Binds", "Mounts", "Privileged", "PidMode"} & host.keys()
