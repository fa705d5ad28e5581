// Wire everything together: controls to the player, the player to what is drawn.

import { language, number, say, setLanguage, translatePage } from "./words.js";
import { SENTENCES } from "./sentences.js";
import { Store } from "./store.js";
import { Diagram } from "./diagram.js";
import { element, List, showDetail, showSockets, showTopology } from "./panels.js";
import { Player } from "./player.js";
import { pointLinks, saveSvg } from "./save.js";
import { fetchRuns, follow, recorded } from "./source.js";

const LOOK_FOR_RUNS_MS = 3000;

const byId = (id) => document.getElementById(id);
const store = new Store();
const player = new Player(store, () => redraw());
const select = (record) => player.select(record);
const diagram = new Diagram(byId("diagram"), store, select);
const list = new List(byId("list"), byId("listed"), store, select);
const source = { lab: "", run: "", file: "", connected: true, stop: () => {}, runs: {} };
const offline = recorded();
let wanted = false;

// However fast records come, one drawing for each frame of the screen is enough.
function redraw() {
  if (wanted) return;
  wanted = true;
  requestAnimationFrame(() => {
    wanted = false;
    draw();
  });
}

function draw() {
  const steps = player.steps();
  const current = player.current();
  byId("empty").hidden = store.records.length > 0;
  diagram.show(steps, current, language());
  if (player.mode === "live" || !player.selected) diagram.reveal();
  list.show(steps, current, language());
  showTopology(byId("topology"), store);
  showSockets(byId("machines"), store, current, player.mode === "live");
  showDetail(byId("detail"), store, current);
  drawControls(steps);
}

function drawControls(steps) {
  const mode = offline && player.mode === "live" ? "recorded" : player.mode;
  const words = { live: "following", paused: "paused", playing: "playing", recorded: "recorded" };
  byId("status").textContent = source.connected ? say(words[mode]) : say("lost");
  byId("status").classList.toggle("lost", !source.connected);
  byId("live").setAttribute("aria-pressed", String(player.mode === "live"));
  byId("play").textContent = say(player.mode === "paused" ? "resume" : "play");
  const all = store.visible().length;
  const at = player.selected ? store.visible().indexOf(player.selected) + 1 : steps.length;
  byId("place").textContent = player.mode === "live" ? "" : say("place", { at: number(at), all: number(all) });
  offerFlows();
  pointLinks({ lab: source.lab, run: source.file, flow: store.filter, language: language() });
}

function offer(menu, options, chosen) {
  const key = JSON.stringify([options, language()]);
  if (menu.dataset.key !== key) {
    menu.replaceChildren(...options.map(([value, text]) => element("option", { value }, text)));
    menu.dataset.key = key;
  }
  menu.value = chosen;
}

function offerFlows() {
  const flows = [...store.flows.values()].map(({ number: each, ends, kind }) => [
    String(each),
    `#${each} ${kind.startsWith("echo") ? "ping" : kind} ${ends.map((end) => end[1] || store.name(end)).join(" ─ ")}`,
  ]);
  offer(byId("flow"), [["", say("all-flows")], ...flows.slice(-200)], store.filter === null ? "" : String(store.filter));
}

function offerRuns() {
  const names = Object.keys(source.runs);
  offer(byId("lab"), names.map((name) => [name, name]), source.lab);
  const times = [...(source.runs[source.lab] ?? [])].reverse().map((name) => [
    name, new Date(parseFloat(name) * 1000).toLocaleString(),
  ]);
  offer(byId("run"), [["", say("latest")], ...times], source.run);
}

function open(lab, run) {
  source.stop();
  Object.assign(source, { lab, run, file: run });
  begin();
  source.stop = follow({
    lab,
    run,
    onRun: (file) => {
      source.file = file;
      begin();
    },
    onRecords: (records) => {
      store.add(records);
      player.grown();
    },
    onState: (connected) => {
      source.connected = connected;
      redraw();
    },
  });
}

function begin() {
  store.reset();
  player.live();
}

async function lookForRuns() {
  try {
    source.runs = await fetchRuns();
    const [newest] = Object.keys(source.runs);
    if (newest && !source.lab) open(newest, "");
    offerRuns();
  } catch {
    source.connected = false;
    redraw();
  }
  setTimeout(lookForRuns, LOOK_FOR_RUNS_MS);
}

function jump(isWanted) {
  if (!player.jump(isWanted)) byId("place").textContent = say("none-left");
}

const isReset = (record) => record.flags?.includes("RST") ?? false;
const isAgain = (record) => record.notes?.includes("retransmission") ?? false;

const ACTIONS = {
  live: () => player.live(),
  back: () => player.move(-1),
  play: () => player.toggle(),
  step: () => player.move(1),
  replay: () => player.replay(),
  "next-reset": () => jump(isReset),
  "next-again": () => jump(isAgain),
  "save-svg": () => saveSvg(diagram.svg, source.lab || store.run?.lab || "socklab"),
  language: () => {
    setLanguage(language() === "zh" ? "en" : "zh");
    translatePage();
    if (!offline) offerRuns();
    redraw();
  },
};
const KEYS = {
  ArrowLeft: "back", ArrowRight: "step", " ": "play", Home: "replay", End: "live",
  r: "next-reset", t: "next-again",
};

function listen() {
  for (const [id, action] of Object.entries(ACTIONS)) byId(id).addEventListener("click", action);
  byId("speed").addEventListener("change", (event) => (player.pace = Number(event.target.value)));
  byId("flow").addEventListener("change", (event) => {
    store.filter = event.target.value === "" ? null : Number(event.target.value);
    player.live();
  });
  byId("lab").addEventListener("change", (event) => open(event.target.value, ""));
  byId("run").addEventListener("change", (event) => open(source.lab, event.target.value));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("select, input, a") || (event.key === " " && event.target.closest("button"))) return;
    const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    ACTIONS[action]();
  });
  new ResizeObserver(redraw).observe(byId("diagram"));
}

setLanguage(document.documentElement.lang.startsWith("zh") ? "zh" : "en");
if (SENTENCES) translatePage();
listen();
if (offline) {
  document.body.classList.add("offline");
  store.add(offline);
  player.live();
} else {
  lookForRuns();
  redraw();
}
