// Runs in each frame, in a world of its own: it sees the document of the frame,
// and the scripts of the document do not see it.
addEventListener("DOMContentLoaded", () => {
  if (window === top) return;
  const tell = (kind, value) => tellTest(JSON.stringify({ frame: name, kind, value }));

  // The tree in one line, in the way of treeOf.
  const tree = (parent) => {
    let s = "";
    for (const n of parent.childNodes) {
      if (n.nodeType === Node.TEXT_NODE) {
        s += n.data;
      } else if (n.nodeType === Node.ELEMENT_NODE) {
        const space = n.namespaceURI === "http://www.w3.org/1999/xhtml" ? "" : n.namespaceURI;
        const list = Array.from(n.attributes, (a) => "\x02" + a.name + "\x03" + a.value);
        s += "\x01" + space + n.localName + list.sort().join("") + "\x04" + tree(n) + "\x05";
      } else {
        s += "?";
      }
    }
    return s;
  };

  // What the page or a reader may set off. A link that leads to a page, to a
  // mail or nowhere is not followed; any other is.
  const events = ["click", "mouseover", "focus", "toggle", "error", "load", "animationstart"];
  let players = 0; // that were made to load: each takes a browser long
  const touch = (e) => {
    if (e.matches("a[href], area[href]")) {
      if (/^(https?|mailto)?:$/.test(e.protocol)) {
        e.addEventListener("click", (event) => event.preventDefault());
      } else {
        tell("scheme", e.protocol);
      }
    }
    const handled = e.getAttributeNames().filter((n) => n.startsWith("on")).map((n) => n.slice(2));
    for (const type of new Set(events.concat(handled))) {
      const kind = type === "click" ? MouseEvent : Event;
      e.dispatchEvent(new kind(type, { bubbles: true, cancelable: true }));
    }
    if (e.loading === "lazy") e.loading = "eager";
    if (e.localName === "details") e.open = true;
    if (e instanceof HTMLMediaElement && players++ < 5) {
      e.preload = "auto";
      e.load();
    }
    if (e.matches("[autofocus], [tabindex], button, input, select, textarea")) e.focus();
  };

  if (document.head && document.body) {
    tell("tree", tree(document.head) + tree(document.body));
    // What many readers do: they write the tree and parse it again.
    const copy = document.implementation.createHTMLDocument("").body;
    copy.innerHTML = document.body.innerHTML;
    tell("copy", tree(copy));
  }
  document.querySelectorAll("*").forEach(touch);
  setTimeout(() => tell("done", ""), 200);
});
