"""Every sentence the wire prints, in English and in Simplified Chinese side by side."""

from typing import Literal, NamedTuple

Language = Literal["en", "zh"]


class Words(NamedTuple):
    """One sentence in each language, with the same placeholders for str.format."""

    en: str
    zh: str


WORDS: dict[str, Words] = {
    "title": Words(
        "{lab}: two hosts on one private network",
        "{lab}：一个私有网络上的两台主机",
    ),
    "port": Words(", port {port}", "，端口 {port}"),
    "not-found": Words("(not found yet)", "（尚未找到）"),
    "second-terminal": Words(
        "Open a second terminal, go to the client and run its program:",
        "请再打开一个终端，进入客户端主机，运行客户端程序：",
    ),
    "server-prints": Words(
        "What the server's program prints:",
        "查看服务器程序的输出：",
    ),
    "what-follows": Words(
        "Below, each line is one packet between the hosts as it passes.",
        "下面每一行是两台主机之间的一个报文，实时显示。",
    ),
    "calls-follow": Words(
        "A line with {dot} is a socket call of the program on that host.",
        "带 {dot} 的行是那台主机上程序的一次套接字调用。",
    ),
    "how-it-ends": Words(
        "Ctrl-C stops this picture; docker compose down ends the lab.",
        "Ctrl-C 停止显示；docker compose down 结束整个实验。",
    ),
    "not-shown": Words(
        "... above, {count} packets are missing: they came too fast for the wire",
        "……以上缺少 {count} 个报文：到达太快，来不及显示",
    ),
    "calls-not-shown": Words(
        "... above, {count} calls are missing: they came too fast for the wire",
        "……以上缺少 {count} 个调用：来得太快，来不及显示",
    ),
    "folded": Words("{count} segments, {carried}", "{count} 个报文段，{carried}"),
    "folded-lost": Words(", {count} lost by impair", "，{count} 个因 impair 丢失"),
    "folded-note": Words("; {count} times {note}", "；{note}（{count} 次）"),
    "folded-datagrams": Words("{count} datagrams, {carried}", "{count} 个数据报，{carried}"),
    "cut": Words(
        "(first {shown} of {length} bytes)", "（共 {length} 字节，只显示前 {shown} 字节）"
    ),
    "midway": Words(
        "joined midway: counted from here",
        "中途开始观察：序号从这里算起",
    ),
    "handshake": Words("three-way handshake complete", "三次握手完成"),
    "refused": Words(
        "connection refused: no listener",
        "连接被拒绝：没有程序监听这个端口",
    ),
    "reset": Words("connection reset", "连接被重置"),
    "first-fin": Words("closes first, no more data", "主动关闭，不再发送数据"),
    "second-fin": Words("closes too, no more data", "被动关闭，也不再发送数据"),
    "closed": Words("connection closed", "连接已关闭"),
    "lost": Words("lost on its way, by impair", "途中丢失（impair 所为）"),
    "damaged": Words("damaged on its way, by impair", "途中损坏（impair 所为）"),
    "duplicate": Words("the same packet once more", "同一个报文又来了一次"),
    "retransmission": Words("retransmission", "重传"),
    "out-of-order": Words("out of order: later bytes came first", "乱序到达：后面的数据先到了"),
    "gap": Words("bytes before these are missing", "前面的数据还没有到"),
    "duplicate-ack": Words(
        "duplicate ACK: bytes are missing",
        "重复 ACK：仍缺少前面的数据",
    ),
    "keep-alive": Words("keep-alive: still there?", "保活探测：对方还在吗？"),
    "window-probe": Words(
        "window probe: any room now?",
        "零窗口探测：对方有空间了吗？",
    ),
    "zero-window": Words("zero window: receive buffer full", "零窗口：接收缓冲区已满"),
    "window-open": Words("window open again", "窗口重新打开"),
    "stuck-received": Words(
        "{size} wait in {host}'s receive buffer: its program has not called recv() for 1 s",
        "{host} 的接收缓冲区里有 {size} 在等待：它的程序已有 1 秒没有调用 recv()",
    ),
    "stuck-unacknowledged": Words(
        "{size} wait in {host}'s send buffer: for 1 s the other side has taken none",
        "{host} 的发送缓冲区里有 {size} 在等待：对方已有 1 秒没有收下任何数据",
    ),
    "size-bytes": Words("{count} bytes", "{count} 字节"),
    "call-waits": Words("waits", "等待中"),
    "call-after": Words("after {seconds} s", "用时 {seconds} 秒"),
    "call-times": Words("{count} times, {size} in all", "共 {count} 次，合计 {size}"),
    "board": Words(
        "The board is at {address}   (docker compose down ends it)",
        "请在浏览器打开 {address}   （docker compose down 结束）",
    ),
    "usage": Words(
        "wire: {name} is not set. Start the wire with its lab: docker compose up lab1",
        "wire：没有设置 {name}。请与实验一起启动：docker compose up lab1",
    ),
    "no-interface": Words(
        "wire: there is no network interface {interface} here, or it has gone ({reason}).\n"
        "Stop the lab with Ctrl-C, then start it again: docker compose up {lab}",
        "wire：没有网络接口 {interface}，或者它已经消失（{reason}）。\n"
        "请按 Ctrl-C 停止实验，再重新启动：docker compose up {lab}",
    ),
    "no-permission": Words(
        "wire: may not capture packets: the capability NET_RAW is missing ({reason}).\n"
        "It is given in compose.yaml of the lab: cap_add: [NET_RAW]",
        "wire：没有抓包权限：缺少 NET_RAW（{reason}）。\n"
        "请检查该实验的 compose.yaml：cap_add: [NET_RAW]",
    ),
    "impaired": Words("The network is bad from the start: {text}", "网络从一开始就不好：{text}"),
    "impair-help": Words(
        """\
impair EFFECT... [from client | from server] [--seed N]
impair show | clear

Makes the network between the hosts worse: until impair clear, the next impair, or the lab's end.

  loss 20%        each packet is lost with this chance
  delay 100ms     each packet takes so much longer, each way: a ping, there and back, 200 ms
    jitter 20ms   ... give or take this much
  reorder 10%     a packet is overtaken by the next one
  duplicate 5%    a packet comes twice
  corrupt 1%      one bit of a packet is turned over; the receiver's checksum finds it
  rate 1mbit      no more bits than this per second; what would wait longer than 1 s is lost
  cut             nothing passes any more, as if the cable were cut

Effects can be combined. They hold for both directions, or for what one side sends:

  docker compose exec {lab} impair loss 20%
  docker compose exec {lab} impair delay 100ms jitter 20ms loss 5% from client
  docker compose exec {lab} impair loss 30% from client delay 1s from server
  docker compose exec {lab} impair cut
  docker compose exec {lab} impair clear

--seed N   the same seed and the same packets give the same fate; without it one is drawn and said

From the start of a lab: LAB_IMPAIR="loss 20%" docker compose up {lab}""",
        """\
impair 效果... [from client | from server] [--seed N]
impair show | clear

让两台主机之间的网络变差，直到 impair clear、下一次 impair，或者实验结束。

  loss 20%        每个报文以这个概率丢失
  delay 100ms     每个报文晚到这么久，两个方向都是：ping 一来一回就是 200 ms
    jitter 20ms   ……时延上下浮动这么多
  reorder 10%     报文被后一个报文超过
  duplicate 5%    报文到达两次
  corrupt 1%      报文中有一位被翻转，接收方靠校验和发现
  rate 1mbit      每秒最多这么多位；要等 1 秒以上的报文会丢失
  cut             什么都过不去，就像网线断了

效果可以组合。默认对两个方向都有效，也可以只对一方发出的报文有效：

  docker compose exec {lab} impair loss 20%
  docker compose exec {lab} impair delay 100ms jitter 20ms loss 5% from client
  docker compose exec {lab} impair loss 30% from client delay 1s from server
  docker compose exec {lab} impair cut
  docker compose exec {lab} impair clear

--seed N   同样的种子、同样的报文，结局也相同；不写时随机抽取一个，并显示出来

从实验一开始就生效：LAB_IMPAIR="loss 20%" docker compose up {lab}""",
    ),
    "impair-applied-by-queue": Words(
        "{words} (seed {seed}, by NFQUEUE); to take it back: impair clear",
        "{words}（种子 {seed}，实现方式：NFQUEUE）；恢复正常：impair clear",
    ),
    "impair-applied-by-netem": Words(
        "{words} (by tc netem and tbf, as this kernel has no NFQUEUE: the picture does not show "
        "what is lost, and a seed is not kept); to take it back: impair clear",
        "{words}（实现方式：tc netem 和 tbf，因为这个内核没有 NFQUEUE：画面上不显示丢失的报文，"
        "种子也不起作用）；恢复正常：impair clear",
    ),
    "impair-applied-by-statistic": Words(
        "{words} (by iptables statistic, as this kernel has neither NFQUEUE nor netem: the picture "
        "does not show what is lost, and a seed is not kept); to take it back: impair clear",
        "{words}（实现方式：iptables statistic，因为这个内核既没有 NFQUEUE，也没有 netem："
        "画面上不显示丢失的报文，种子也不起作用）；恢复正常：impair clear",
    ),
    "impair-applies": Words("{words} (seed {seed})", "{words}（种子 {seed}）"),
    "impair-counts": Words(
        "from {sender}: {packets:,} packets, {lost:,} lost, {duplicated:,} duplicated, "
        "{corrupted:,} corrupted, {reordered:,} reordered",
        "from {sender}：{packets:,} 个报文，丢失 {lost:,}，重复 {duplicated:,}，"
        "损坏 {corrupted:,}，乱序 {reordered:,}",
    ),
    "impair-cleared": Words("the network is as good as before", "网络已恢复正常"),
    "impair-nothing-applies": Words(
        "nothing: the network is as good as it can be", "没有任何效果：网络一切正常"
    ),
    "impair-see-help": Words("all of it: impair --help", "完整用法：impair --help"),
    "impair-nothing": Words(
        "what is to happen? For example: impair loss 20%", "要产生什么效果？例如：impair loss 20%"
    ),
    "impair-alone": Words(
        "{word} stands alone; what is {other}?", "{word} 只能单独使用，{other} 是什么意思？"
    ),
    "impair-unknown": Words(
        "what is {word}? Known are: loss, delay, jitter, reorder, duplicate, corrupt, rate, cut, "
        "from, --seed, show, clear. For example: impair loss 20%",
        "{word} 是什么意思？可用的有：loss、delay、jitter、reorder、duplicate、corrupt、rate、cut、"
        "from、--seed、show、clear。例如：impair loss 20%",
    ),
    "impair-needs": Words(
        "{name} needs a value. For example: impair {example}",
        "{name} 后面要有一个值。例如：impair {example}",
    ),
    "impair-value": Words(
        "{name} cannot be {value}. For example: impair {example}",
        "{name} 的值不能是 {value}。例如：impair {example}",
    ),
    "impair-too-long": Words(
        "{name} {value} is more than 10 s. For example: impair delay 500ms",
        "{name} {value} 超过了 10 秒。例如：impair delay 500ms",
    ),
    "impair-too-slow": Words(
        "rate {value} is less than 1kbit. For example: impair rate 100kbit",
        "rate {value} 低于 1kbit。例如：impair rate 100kbit",
    ),
    "impair-from": Words(
        "from client or from server, not from {value}. For example: impair loss 20% from client",
        "只能是 from client 或 from server，不能是 from {value}。例如：impair loss 20% from client",
    ),
    "impair-from-nothing": Words(
        "what is to happen from {value}? For example: impair loss 20% from {value}",
        "from {value} 前面要写效果。例如：impair loss 20% from {value}",
    ),
    "impair-jitter": Words(
        "jitter goes with a delay. For example: impair {example}",
        "jitter 要与 delay 一起使用。例如：impair {example}",
    ),
    "impair-no-permission": Words(
        "may not change the network: the capability NET_ADMIN is missing.\n"
        "It runs as root in the wire's container only (docker compose exec lab1 impair ...), "
        "which is given it in compose.yaml: cap_add: [NET_ADMIN, NET_RAW]",
        "没有修改网络的权限：缺少 NET_ADMIN。\n"
        "只能以 root 身份在 wire 的容器里运行（docker compose exec lab1 impair ...），"
        "并且 compose.yaml 里要有：cap_add: [NET_ADMIN, NET_RAW]",
    ),
    "impair-no-folder": Words(
        "cannot write to /run ({reason}).\n"
        "The wire's container has a tmpfs there in compose.yaml: tmpfs: [/run]",
        "无法写入 /run（{reason}）。\ncompose.yaml 里 wire 的容器应当有：tmpfs: [/run]",
    ),
    "impair-no-queue": Words(
        "this kernel does not hand packets over (NFQUEUE): {reason}.\n"
        "Without that only loss and cut are possible. For example: impair loss 20%",
        "这个内核不能把报文交给程序处理（NFQUEUE）：{reason}。\n"
        "这时只能用 loss 和 cut。例如：impair loss 20%",
    ),
    "impair-no-rules": Words(
        "this kernel takes no rules for packets (iptables): {reason}",
        "这个内核不接受处理报文的规则（iptables）：{reason}",
    ),
    "save-help": Words(
        "save [NAME]: write the last TCP connection to /captures/NAME.pcap (last.pcap), where the "
        "hosts can read it.\nFor example: docker compose exec {lab} save client-first",
        "save [NAME]：把最近一个 TCP 连接写入 /captures/NAME.pcap（默认 last.pcap），"
        "两台主机都能读到。\n例如：docker compose exec {lab} save client-first",
    ),
    "saved": Words("{title}, {count:,} segments: {path}", "{title}，{count:,} 个报文段：{path}"),
    "saved-left-out": Words(
        "{count:,} more were only counted by the wire; they are not in the file",
        "另有 {count:,} 个 wire 只计了数，文件里没有",
    ),
    "save-nothing": Words(
        "no TCP connection has passed yet; run the client first",
        "还没有出现过 TCP 连接；请先运行客户端",
    ),
    "save-no-place": Words(
        "{lab} has no place for captures; the board saves them: docker compose up -d board",
        "{lab} 没有存放抓包文件的地方；请用看板保存：docker compose up -d board",
    ),
    "save-not-written": Words("cannot write {path}: {reason}", "无法写入 {path}：{reason}"),
}


def language_of(value: str) -> Language:
    """Return the language of a locale name such as `zh_CN.UTF-8`: zh is Chinese, else English."""
    return "zh" if value.lower().startswith("zh") else "en"


def say(key: str, language: Language, **values: object) -> str:
    """Return the sentence of that key in that language with its placeholders filled in."""
    words = WORDS[key]
    return (words.zh if language == "zh" else words.en).format(**values)
