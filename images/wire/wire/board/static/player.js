// Where in the run the page is: live at its end, stopped at a step, or playing on. No drawing here.

export class Player {
  constructor(store, onChange) {
    this.store = store;
    this.onChange = onChange;
    this.mode = "live";
    this.at = 0;
    this.selected = null;
    this.timer = null;
    this.pace = 350;
  }

  // The steps up to the present one.
  steps() {
    const all = this.store.visible();
    return this.mode === "live" ? all : all.slice(0, this.at);
  }

  current() {
    if (this.selected) return this.selected;
    return this.steps().at(-1) ?? null;
  }

  // New records came: stay at the end if live; a player that waited at the end goes on.
  grown() {
    if (this.mode === "live") this.at = this.store.visible().length;
    this.onChange();
  }

  live() {
    this.#stop("live");
    this.at = this.store.visible().length;
    this.onChange();
  }

  pause() {
    if (this.mode === "live") this.at = this.store.visible().length;
    this.#stop("paused");
    this.onChange();
  }

  toggle() {
    if (this.mode === "paused") this.#play();
    else this.pause();
  }

  replay() {
    this.#stop("paused");
    this.at = 0;
    this.#play();
  }

  move(steps) {
    if (this.mode === "live") this.at = this.store.visible().length;
    if (this.selected) this.at = this.#placeOf(this.selected) + 1 || this.at;
    this.#stop("paused");
    this.at = Math.min(Math.max(this.at + steps, 0), this.store.visible().length);
    this.onChange();
  }

  // Stop at the next step that `isWanted`, beginning again from the top; false if there is none.
  jump(isWanted) {
    const all = this.store.visible();
    const from = this.selected ? this.#placeOf(this.selected) + 1 : this.mode === "live" ? 0 : this.at;
    let found = all.findIndex((record, at) => at >= from && isWanted(record));
    if (found < 0) found = all.findIndex(isWanted);
    if (found < 0) return false;
    this.#stop("paused");
    this.at = found + 1;
    this.onChange();
    return true;
  }

  // Look at one step without leaving where the page is.
  select(record) {
    if (this.mode === "live") this.at = this.store.visible().length;
    this.#stop("paused");
    this.selected = record;
    this.onChange();
  }

  #placeOf(record) {
    return this.store.visible().indexOf(record);
  }

  #stop(mode) {
    clearTimeout(this.timer);
    this.mode = mode;
    this.selected = null;
  }

  #play() {
    if (this.selected) this.at = this.#placeOf(this.selected) + 1;
    this.#stop("playing");
    if (this.at >= this.store.visible().length) this.at = 0;
    this.#next();
  }

  #next() {
    const all = this.store.visible();
    this.at += 1;
    if (this.at >= all.length) {
      this.at = all.length;
      this.#stop("paused");
      this.onChange();
      return;
    }
    this.onChange();
    const pauseMs = ((all[this.at].at ?? 0) - (all[this.at - 1].at ?? 0)) * 1000;
    this.timer = setTimeout(() => this.#next(), Math.min(Math.max(pauseMs, this.pace), this.pace * 4));
  }
}
