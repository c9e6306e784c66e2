// Eases forms; each works without it.
//   data-guard            on a form: ask before leaving what was typed unsaved
//   data-guard="unsaved"  the same, for a form that came back from a round with
//                         the server and is not saved yet
// A form is sent once, however often its button is pressed; after a round the
// page stands where it stood.
(() => {
  const key = `place:${location.pathname}`;
  let unsaved = false;
  let sent = false;

  for (const form of document.querySelectorAll("form[data-guard]")) {
    unsaved ||= form.dataset.guard === "unsaved";
    form.addEventListener("input", () => { unsaved = true; });
    form.addEventListener("submit", (e) => {
      if (e.defaultPrevented) return;
      const top = e.submitter ? e.submitter.getBoundingClientRect().top : 0;
      sessionStorage.setItem(key, JSON.stringify({ top, y: scrollY, at: Date.now() }));
    });
  }

  document.addEventListener("submit", (e) => {
    if (e.target.method !== "post") return;
    if (sent) e.preventDefault();
    sent = true;
    setTimeout(() => { sent = false; }, 10_000); // the answer may be a file, and this page stays
  });
  // A page that the back button brings out of the browser's memory may send again.
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("beforeunload", (e) => { if (unsaved && !sent) e.preventDefault(); });

  // What the server focused, or else the page, comes to the height in the window
  // where the pressed button was.
  const stored = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (stored && !location.hash) {
    const { top, y, at } = JSON.parse(stored);
    const focused = document.querySelector("form [autofocus]");
    if (Date.now() - at < 60_000) {
      focused?.focus({ preventScroll: true });
      scrollTo({ top: focused ? scrollY + focused.getBoundingClientRect().top - top : y });
    }
  }

  // Text areas grow with their text where the style sheet cannot make them.
  if (!CSS.supports("field-sizing", "content")) {
    const grow = (area) => { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 2}px`; };
    for (const area of document.querySelectorAll("textarea")) {
      grow(area);
      area.addEventListener("input", () => grow(area));
    }
  }
})();
