// Every sentence of the page, in English and in Simplified Chinese side by side.

const WORDS = {
  skip: ["Skip to the exchange as text", "跳到文字版"],
  board: ["board", "看板"],
  lab: ["Lab", "实验"],
  run: ["Run", "记录"],
  flow: ["Show", "显示"],
  "all-flows": ["all conversations", "全部对话"],
  latest: ["latest", "最新"],
  topology: ["The two hosts and their addresses", "两台主机和它们的地址"],
  toolbar: ["Move in time, and save", "时间控制与保存"],
  live: ["● Live", "● 实时"],
  "live-help": ["Follow what happens now (End)", "跟随当前发生的事（End）"],
  back: ["◂ Back", "◂ 上一步"],
  "back-help": ["One step back (←)", "后退一步（←）"],
  play: ["❚❚ Pause", "❚❚ 暂停"],
  resume: ["▶ Play", "▶ 播放"],
  "play-help": ["Pause, or play on from here (Space)", "暂停，或从这里继续播放（空格）"],
  step: ["Step ▸", "下一步 ▸"],
  "step-help": ["One step on (→)", "前进一步（→）"],
  replay: ["↺ Replay", "↺ 重放"],
  "replay-help": ["Play from the beginning (Home)", "从头播放（Home）"],
  speed: ["Speed", "速度"],
  slow: ["slow", "慢"],
  normal: ["normal", "正常"],
  fast: ["fast", "快"],
  "next-reset": ["Next RST", "下一个 RST"],
  "next-reset-help": ["Jump to the next reset or refusal (R)", "跳到下一个复位或拒绝（R）"],
  "next-again": ["Next retransmission", "下一次重传"],
  "next-again-help": ["Jump to the next retransmission (T)", "跳到下一次重传（T）"],
  "none-left": ["There is none after this.", "后面没有了。"],
  save: ["Save as", "保存为"],
  picture: ["Sequence diagram", "时序图"],
  sockets: ["The sockets of both hosts", "双方的套接字"],
  "by-kernel": ["as this host's kernel has it (ss -tiepm)", "取自这台主机的内核（ss -tiepm）"],
  "by-segments": ["as the segments show it", "由报文段推断"],
  "send-buffer": ["send buffer: {size} of {room} not acknowledged yet", "发送缓冲区：{room} 中有 {size} 未确认"],
  "receive-buffer": ["receive buffer: {size} of {room} wait for recv()", "接收缓冲区：{room} 中有 {size} 等待 recv()"],
  "no-buffers": ["no buffers any more", "缓冲区已经释放"],
  retransmitted: ["retransmitted segments: {count}", "重传的报文段：{count}"],
  rtt: ["round trip: {time} ms", "往返时间：{time} 毫秒"],
  detail: ["This step, field by field", "当前这一步，逐字段"],
  listing: ["The exchange as text", "文字版"],
  listed: ["{shown} steps; the one in view is marked.", "共 {shown} 步；当前一步有标记。"],
  "listed-cut": [
    "The last {shown} of {all} steps; choose one conversation to see fewer.",
    "共 {all} 步，只列出最近 {shown} 步；选择一个对话可以少看一些。",
  ],
  empty: [
    "Nothing has passed yet. Start a lab and run its client: docker compose up lab1. " +
      "Its socket calls appear here as well, in some labs with `trace` in front of it.",
    "还没有报文。请启动一个实验并运行客户端：docker compose up lab1。" +
      "它的套接字调用也会显示在这里（有些实验里要在程序前加上 trace）。",
  ],
  following: ["live", "实时"],
  paused: ["paused", "已暂停"],
  playing: ["playing", "播放中"],
  recorded: ["recorded", "录制"],
  lost: ["no connection to the board: docker compose up -d board", "与看板的连接已断开：docker compose up -d board"],
  place: ["Step {at} of {all}", "第 {at} 步，共 {all} 步"],
  earlier: ["… {count} earlier steps are not drawn …", "……前面 {count} 步没有画出……"],
  forgotten: ["… the oldest {count} steps were dropped …", "……最早的 {count} 步已丢弃……"],
  missed: ["… {count} packets or calls came too fast to be kept …", "……{count} 个报文或调用来得太快，没有记录……"],
  counted: ["… {count} more segments: {carried} …", "……另有 {count} 个报文段：{carried}……"],
  "counted-datagrams": ["… {count} more datagrams: {carried} …", "……另有 {count} 个数据报：{carried}……"],
  "no-sockets": ["Select a TCP segment to see both sockets.", "选择一个 TCP 报文段即可看到两端的套接字。"],
  "no-detail": ["Select a step in the diagram or in the text.", "请在图中或文字版中选择一步。"],
  "in-flight": ["sent, not acknowledged yet: {size}", "已发送、未确认：{size}"],
  window: ["room offered in the receive buffer: {size}", "通告的接收缓冲区空间：{size}"],
  "window-unknown": ["room in the receive buffer: not known", "接收缓冲区空间：未知"],
  bytes: ["{count} bytes", "{count} 字节"],
  waits: ["waits", "等待中"],
  took: ["after {seconds} s", "用时 {seconds} 秒"],
  times: ["{count} times, {size} in all", "共 {count} 次，合计 {size}"],
  field: ["Field", "字段"],
  bits: ["bits", "位"],
  value: ["Value and its bits", "值与各位"],
  meaning: ["Meaning", "含义"],
  returned: ["Result", "结果"],
  call: ["A call of {host}'s program (process {process})", "{host} 上程序的系统调用（进程 {process}）"],
  "call-result": ["it returned {result}", "返回 {result}"],
  payload: ["Payload", "数据"],
  "payload-cut": ["the first {shown} of {length} bytes", "共 {length} 字节中的前 {shown} 字节"],
  closed60: ["60 s", "60 秒"],
  note: ["Note", "说明"],
  "step-time": ["Time", "时间"],
  "from-to": ["Way", "方向"],
  // Notes of the wire, by its keys.
  "note-lost": ["lost on its way, by impair", "途中丢失（impair 所为）"],
  "note-damaged": ["damaged on its way, by impair", "途中损坏（impair 所为）"],
  "note-duplicate": ["the same packet once more", "同一个报文又来了一次"],
  "note-midway": ["joined midway: counted from here", "中途开始观察：序号从这里算起"],
  "note-handshake": ["three-way handshake complete", "三次握手完成"],
  "note-refused": ["connection refused: no listener", "连接被拒绝：没有程序监听这个端口"],
  "note-reset": ["connection reset", "连接被重置"],
  "note-first-fin": ["closes first, no more data", "主动关闭，不再发送数据"],
  "note-second-fin": ["closes too, no more data", "被动关闭，也不再发送数据"],
  "note-closed": ["connection closed", "连接已关闭"],
  "note-retransmission": ["retransmission", "重传"],
  "note-out-of-order": ["out of order: later bytes came first", "乱序到达：后面的数据先到了"],
  "note-gap": ["bytes before these are missing", "前面的数据还没有到"],
  "note-duplicate-ack": ["duplicate ACK: bytes are missing", "重复 ACK：仍缺少前面的数据"],
  "note-keep-alive": ["keep-alive: still there?", "保活探测：对方还在吗？"],
  "note-window-probe": ["window probe: any room now?", "零窗口探测：对方有空间了吗？"],
  "note-zero-window": ["zero window: receive buffer full", "零窗口：接收缓冲区已满"],
  "note-window-open": ["window open again", "窗口重新打开"],
};

let column = 0;

export function setLanguage(language) {
  column = language === "zh" ? 1 : 0;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function language() {
  return column === 1 ? "zh" : "en";
}

// Text in the language of the page; {names} are filled in. What is not known stays as it is.
export function say(key, values = {}) {
  const words = WORDS[key] ?? SENTENCES_BY_KEY.get(key);
  const text = words ? words[column] : key.replace(/^note-/, "");
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const SENTENCES_BY_KEY = new Map();

export function addSentences(sentences) {
  for (const [key, words] of Object.entries(sentences)) SENTENCES_BY_KEY.set(key, words);
}

export function number(value) {
  return Number(value).toLocaleString("en-US");
}

export function size(bytes) {
  if (bytes < 1024) return say("bytes", { count: number(bytes) });
  const units = ["KiB", "MiB", "GiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < 2) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

// Fill in what index.html marks: data-t text, data-h tooltip, data-l accessible name.
export function translatePage() {
  for (const each of document.querySelectorAll("[data-t]")) each.textContent = say(each.dataset.t);
  for (const each of document.querySelectorAll("[data-h]")) each.title = say(each.dataset.h);
  for (const each of document.querySelectorAll("[data-l]")) {
    each.setAttribute("aria-label", say(each.dataset.l));
  }
  document.getElementById("language").textContent = column === 1 ? "English" : "中文";
}
