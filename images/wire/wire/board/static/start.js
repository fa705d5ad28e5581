// Load the page again if a part of it did not come: a browser gives up what it is loading when a
// network of the machine comes or goes, and a lab that starts is just that.

const MOST = 5;

addEventListener("error", (event) => {
  if (!["SCRIPT", "LINK"].includes(event.target.tagName)) return;
  const count = Number(sessionStorage.getItem("loaded-again") ?? 0);
  if (count >= MOST) return;
  sessionStorage.setItem("loaded-again", String(count + 1));
  setTimeout(() => location.reload(), 300 * (count + 1));
}, true);
addEventListener("load", () => setTimeout(() => sessionStorage.removeItem("loaded-again"), 5000));
