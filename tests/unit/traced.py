"""What strace wrote of lab 1's programs, recorded on its hosts."""

SERVER = """\
14    1795863381.371575 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3<TCP:[314910]> <0.000243>
14    1795863381.374282 setsockopt(3<TCP:[314910]>, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0 <0.000016>
14    1795863381.376001 bind(3<TCP:[314910]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("0.0.0.0")}, 16) = 0 <0.000014>
14    1795863381.377166 listen(3<TCP:[0.0.0.0:8080]>, 128) = 0 <0.000016>
14    1795863381.378459 accept4(3<TCP:[0.0.0.0:8080]>, {sa_family=AF_INET, sin_port=htons(47234), sin_addr=inet_addr("10.207.1.5")}, [16], SOCK_CLOEXEC) = 4<TCP:[10.207.1.4:8080->10.207.1.5:47234]> <0.664584>
14    1795863382.050309 getsockname(4<TCP:[10.207.1.4:8080->10.207.1.5:47234]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("10.207.1.4")}, [128 => 16]) = 0 <0.000014>
14    1795863382.050435 recvfrom(4<TCP:[10.207.1.4:8080->10.207.1.5:47234]>, "hello\\n", 1024, 0, NULL, NULL) = 6 <0.000014>
14    1795863382.050819 sendto(4<TCP:[10.207.1.4:8080->10.207.1.5:47234]>, "5 bytes: \\344\\275\\240\\345\\245\\275\\n", 16, 0, NULL, 0) = 16 <0.000056>
14    1795863382.050948 shutdown(4<TCP:[10.207.1.4:8080->10.207.1.5:47234]>, SHUT_WR) = 0 <0.000015>
14    1795863382.051008 close(4<TCP:[10.207.1.4:8080->10.207.1.5:47234]>) = 0 <0.000078>
14    1795863382.051126 close(3<TCP:[0.0.0.0:8080]>) = 0 <0.000018>
14    1795863382.063924 +++ exited with 0 +++
"""  # noqa: E501

# A client that looks a name up, finds two addresses and nobody there.
CLIENT = """\
22    1795863382.136917 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 3<UNIX-STREAM:[316490]> <0.000018>
22    1795863382.137078 connect(3<UNIX-STREAM:[316490]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory) <0.000023>
22    1795863382.137204 close(3<UNIX-STREAM:[316490]>) = 0 <0.000009>
22    1795863382.138609 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3<NETLINK:[316498]> <0.000011>
22    1795863382.138749 bind(3<NETLINK:[316498]>, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0 <0.000008>
22    1795863382.139255 close(3<NETLINK:[ROUTE:22]>) = 0 <0.000011>
22    1795863382.139260 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP) = 3<UDP:[316500]> <0.000013>
22    1795863382.139265 setsockopt(3<UDP:[316500]>, SOL_IP, IP_RECVERR, [1], 4) = 0 <0.000005>
22    1795863382.139270 connect(3<UDP:[316500]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.11")}, 16) = 0 <0.000020>
22    1795863382.139275 sendmmsg(3<UDP:[127.0.0.1:40331->127.0.0.11:53]>, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="q", iov_len=1}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=1}], 1, MSG_NOSIGNAL) = 1 <0.000030>
22    1795863382.139280 recvfrom(3<UDP:[127.0.0.1:40331->127.0.0.11:53]>, "a", 2048, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.11")}, [28 => 16]) = 1 <0.000014>
22    1795863382.139285 close(3<UDP:[127.0.0.1:40331->127.0.0.11:53]>) = 0 <0.000009>
22    1795863382.139292 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 3<UDP:[316504]> <0.000013>
22    1795863382.139359 connect(3<UDP:[316504]>, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("10.207.1.4")}, 16) = 0 <0.000020>
22    1795863382.139456 getsockname(3<UDP:[10.207.1.5:53859->10.207.1.4:9]>, {sa_family=AF_INET, sin_port=htons(53859), sin_addr=inet_addr("10.207.1.5")}, [28 => 16]) = 0 <0.000008>
22    1795863382.139522 close(3<UDP:[10.207.1.5:53859->10.207.1.4:9]>) = 0 <0.000010>
22    1795863382.139834 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3<TCP:[316512]> <0.000013>
22    1795863382.166357 connect(3<TCP:[316512]>, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("10.207.1.4")}, 16) = -1 EINPROGRESS (Operation now in progress) <0.000263>
22    1795863382.170835 getsockopt(3<TCP:[316512]>, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0 <0.000192>
22    1795863382.173403 close(3<TCP:[316512]>) = 0 <0.001526>
22    1795863382.176050 socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3<TCPv6:[316568]> <0.000025>
22    1795863382.179078 connect(3<TCPv6:[316568]>, {sa_family=AF_INET6, sin6_port=htons(9), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 EADDRNOTAVAIL (Cannot assign requested address) <0.127169>
22    1795863382.311162 close(3<TCPv6:[316568]>) = 0 <0.000032>
22    1795863382.374610 +++ exited with 0 +++
"""  # noqa: E501

# A child that waits while its parent goes on.
CHILDREN = """\
30    1795863400.100000 accept4(3<TCP:[0.0.0.0:8080]>,  <unfinished ...>
31    1795863400.150000 sendto(5<TCP:[10.207.1.4:9000->10.207.1.5:40000]>, "x", 1, 0, NULL, 0) = 1 <0.000010>
30    1795863400.300000 <... accept4 resumed>{sa_family=AF_INET, sin_port=htons(47300), sin_addr=inet_addr("10.207.1.5")}, [16], SOCK_CLOEXEC) = 6<TCP:[10.207.1.4:8080->10.207.1.5:47300]> <0.200000>
"""  # noqa: E501
