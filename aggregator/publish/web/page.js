"use strict";

// "Show more" adds the next page to this one. Without this script, and when it
// fails, the link leads to the next page.

async function extend(link) {
  const answer = await fetch(link.href);
  if (!answer.ok) {
    throw new Error(answer.statusText);
  }
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const items = [...next.querySelectorAll(".news > li")];
  document.querySelector(".news").append(...items);
  const further = next.querySelector(".more a");
  if (further) {
    link.setAttribute("href", further.getAttribute("href"));
  } else {
    link.parentElement.remove();
  }
  document.querySelector("[role=status]").textContent = `${items.length} more stories`;
  items[0]?.querySelector("h2 a")?.focus({ preventScroll: true });
}

document.querySelector(".news ~ .more a")?.addEventListener("click", async (event) => {
  const link = event.currentTarget;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return;
  }
  event.preventDefault();
  if (link.getAttribute("aria-busy") === "true") {
    return;
  }
  link.setAttribute("aria-busy", "true");
  try {
    await extend(link);
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
});
