// Save what is shown. pcap, Mermaid and HTML are made by the board; SVG is what the page has drawn.

const STYLES = [
  "fill", "stroke", "stroke-width", "stroke-dasharray", "opacity",
  "font-family", "font-size", "font-weight", "text-anchor",
];

export function pointLinks({ lab, run, flow, language }) {
  for (const kind of ["pcap", "mermaid", "html"]) {
    const query = new URLSearchParams({ lab, run, flow: flow ?? "", language });
    document.getElementById(`save-${kind}`).href = `api/save/${kind}?${query}`;
  }
}

// A drawing that stands alone: every style becomes an attribute.
export function standalone(svg) {
  const copy = svg.cloneNode(true);
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((each, at) => {
    const style = getComputedStyle(originals[at]);
    for (const name of STYLES) each.setAttribute(name, style.getPropertyValue(name));
    each.removeAttribute("class");
    each.removeAttribute("data-y");
  });
  const background = document.createElementNS(svg.namespaceURI, "rect");
  background.setAttribute("width", "100%");
  background.setAttribute("height", "100%");
  background.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(background);
  copy.setAttribute("xmlns", svg.namespaceURI);
  return `${new XMLSerializer().serializeToString(copy)}\n`;
}

export function saveSvg(svg, name) {
  if (!svg) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([standalone(svg)], { type: "image/svg+xml" }));
  link.download = `${name}.svg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
