// Draws <div class="pdf" data-src="..." data-title="...">: the pages of a PDF on
// canvases at the screen's own resolution, only those near the window, with the
// text over them. What stands inside the div is the fallback and stays when
// anything fails.
import { getDocument, GlobalWorkerOptions, TextLayer } from "./npm/pdfjs/pdf.min.mjs";

GlobalWorkerOptions.workerSrc = new URL("./npm/pdfjs/pdf.worker.min.mjs", import.meta.url).href;

const mostPixels = 16e6; // of one canvas; phones refuse more
const zooms = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

class Viewer {
  constructor(root, pdf, first) {
    this.root = root;
    this.pdf = pdf;
    this.zoom = 1; // of what fits the width
    this.pages = [];
    this.link = root.querySelector("a");
    this.build(first.getViewport({ scale: 1 }));
    this.near = new IntersectionObserver((seen) => seen.forEach((s) => this.show(s.target, s.isIntersecting)), { root: this.area, rootMargin: "100% 0px" });
    this.pages.forEach((p) => this.near.observe(p.element));
    new ResizeObserver(() => this.resize()).observe(this.area);
    this.resize();
  }

  build(size) {
    const count = this.pdf.numPages;
    const button = (text, label, act) => {
      const b = make("button", { type: "button", "aria-label": label, title: label }, text);
      b.addEventListener("click", act);
      return b;
    };
    this.field = make("input", { type: "text", inputmode: "numeric", value: "1", size: "3" });
    this.field.addEventListener("change", () => this.go(parseInt(this.field.value, 10) || this.current));
    this.level = make("output", {}, "100%");
    const tools = make("div", { class: "pdf-tools", role: "group", "aria-label": "Xem văn bản" },
      button("↑", "Trang trước", () => this.go(this.current - 1)),
      button("↓", "Trang sau", () => this.go(this.current + 1)),
      make("label", {}, "Trang ", this.field, ` / ${count}`),
      button("−", "Thu nhỏ", () => this.step(-1)), this.level, button("+", "Phóng to", () => this.step(1)),
      button("Vừa khung", "Vừa khung: theo chiều rộng", () => this.setZoom(1)));
    if (this.link) tools.append(this.link);
    this.area = make("div", { class: "pdf-pages", tabindex: "0", role: "region", "aria-label": this.root.dataset.title || "Văn bản PDF" });
    for (let n = 1; n <= count; n++) {
      const element = make("div", { class: "pdf-page", role: "group", "aria-label": `Trang ${n}` });
      this.pages.push({ number: n, element, width: size.width, height: size.height, drawn: 0 });
      this.area.append(element);
    }
    this.area.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.area.addEventListener("keydown", (e) => this.key(e));
    this.root.replaceChildren(tools, this.area);
    this.current = 1;
  }

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const act = { "+": () => this.step(1), "=": () => this.step(1), "-": () => this.step(-1), 0: () => this.setZoom(1), ArrowLeft: () => this.go(this.current - 1), ArrowRight: () => this.go(this.current + 1) }[e.key];
    if (act) {
      e.preventDefault();
      act();
    }
  }

  go(n) {
    n = Math.min(Math.max(n, 1), this.pages.length);
    this.area.scrollTop = this.pages[n - 1].element.offsetTop - this.area.offsetTop - 12;
    this.mark(n);
  }

  mark(n) {
    this.current = n;
    if (document.activeElement !== this.field || this.field.value !== String(n)) this.field.value = n;
  }

  scrolled() {
    const middle = this.area.scrollTop + this.area.offsetTop + this.area.clientHeight / 3;
    const past = this.pages.filter((p) => p.element.offsetTop <= middle);
    this.mark(Math.max(past.length, 1));
  }

  step(by) {
    const at = zooms.findIndex((z) => z >= this.zoom - 0.01);
    this.setZoom(zooms[Math.min(Math.max(at + by, 0), zooms.length - 1)]);
  }

  setZoom(zoom) {
    this.zoom = zoom;
    this.level.value = `${Math.round(zoom * 100)}%`;
    this.resize();
  }

  // resize lays all pages out anew and has those in sight drawn again, at the
  // same place in the text.
  resize() {
    const width = this.area.clientWidth - 24;
    const place = this.area.scrollTop / Math.max(this.area.scrollHeight, 1);
    for (const p of this.pages) {
      p.scale = (width / p.width) * this.zoom;
      p.element.style.width = `${Math.floor(p.width * p.scale)}px`;
      p.element.style.height = `${Math.floor(p.height * p.scale)}px`;
      p.element.style.setProperty("--scale-factor", p.scale);
      if (p.near) this.draw(p);
    }
    this.area.scrollTop = place * this.area.scrollHeight;
  }

  show(element, near) {
    const p = this.pages.find((x) => x.element === element);
    p.near = near;
    if (near) this.draw(p);
    else this.drop(p);
  }

  // drop frees the memory of a page out of sight.
  drop(p) {
    p.task?.cancel();
    p.text?.cancel();
    p.drawn = 0;
    p.element.querySelectorAll("canvas").forEach((c) => { c.width = c.height = 0; });
    p.element.replaceChildren();
  }

  async draw(p) {
    if (p.drawn === p.scale || p.scale <= 0) return;
    p.task?.cancel();
    p.text?.cancel();
    const scale = (p.drawn = p.scale);
    try {
      const page = await this.pdf.getPage(p.number);
      const viewport = page.getViewport({ scale });
      const natural = page.getViewport({ scale: 1 });
      if (p.drawn !== scale) return;
      if (natural.width !== p.width || natural.height !== p.height) { // not the size of the first page
        [p.width, p.height, p.drawn] = [natural.width, natural.height, 0];
        return this.resize();
      }
      const sharp = Math.min(window.devicePixelRatio || 1, Math.sqrt(mostPixels / (viewport.width * viewport.height)));
      const canvas = make("canvas", { "aria-hidden": "true", width: Math.floor(viewport.width * sharp), height: Math.floor(viewport.height * sharp) });
      p.task = page.render({ canvasContext: canvas.getContext("2d"), viewport, transform: [sharp, 0, 0, sharp, 0, 0] });
      await p.task.promise;
      if (p.drawn !== scale) return;
      const layer = make("div", { class: "textLayer" });
      p.element.replaceChildren(canvas, layer);
      p.text = new TextLayer({ textContentSource: page.streamTextContent(), container: layer, viewport });
      await p.text.render();
      p.element.dataset.drawn = "true";
    } catch (e) {
      if (e.name === "RenderingCancelledException" || e.name === "AbortException") return;
      p.drawn = 0;
      p.element.replaceChildren(make("p", { role: "alert" }, `Không hiển thị được trang ${p.number}.`));
      console.error(e);
    }
  }
}

async function start(root) {
  try {
    const pdf = await getDocument({ url: root.dataset.src, isEvalSupported: false, enableXfa: false }).promise;
    new Viewer(root, pdf, await pdf.getPage(1));
  } catch (e) {
    root.prepend(make("p", { role: "alert" }, "Không hiển thị được văn bản ngay trong trang; hãy mở tệp PDF."));
    console.error(e);
  }
}

document.querySelectorAll("div.pdf[data-src]").forEach(start);
