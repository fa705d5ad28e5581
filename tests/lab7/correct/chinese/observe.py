import sys
import pcap

报文段 = pcap.read_segments(sys.argv[1])
第一个 = [段 for 段 in 报文段 if "SYN" in 段.flags and "ACK" not in 段.flags][0]
两端 = {第一个.source: "client", 第一个.target: "server"}
报文段 = [段 for 段 in 报文段 if 段.source in 两端 and 段.target in 两端]
print("发起连接的报文段：", 第一个)
print(f"opened by: {第一个.source}")
握手 = {"SYN": 第一个}
数据 = {"client": [], "server": []}
发过 = set()
重传 = "no"
先关闭 = 结束 = "-"
关闭 = set()
for 段 in 报文段:
    谁 = 两端[段.source]
    if {"SYN", "ACK"} <= 段.flags:
        握手.setdefault("SYN-ACK", 段)
    elif 谁 == "client" and "ACK" in 段.flags:
        握手.setdefault("ACK", 段)
    号 = 段.seq
    占用 = 段.length + len(段.flags & {"SYN", "FIN"})
    for 第 in range(占用):
        if (谁, 号) in 发过:
            重传 = "yes"
        elif 第 < 段.length:
            数据[谁].append(号)
        发过.add((谁, 号))
        号 = 0 if 号 == 0xFFFFFFFF else 号 + 1
    if "FIN" in 段.flags:
        先关闭 = 谁 if 先关闭 == "-" else 先关闭
        关闭.add(谁)
    if "RST" in 段.flags:
        结束 = "RST"
if 结束 == "-" and len(关闭) == 2:
    结束 = "FIN"
for 名, 段 in 握手.items():
    print(f"{名}: seq {段.seq}" + (f" ack {段.ack}" if "ACK" in 段.flags else ""))
for 谁, 号们 in 数据.items():
    print(f"bytes from {谁}: {len(号们)}")
print(f"closed first: {先关闭}\nended with: {结束}\nretransmitted: {重传}")
print("全部完成")
