// Fills templates with docxtemplater, the yardstick of our own fill.
//
//   node fill.js < cases.jsonl > filled.jsonl      each line {name, docx, data} -> {name, docx} or {name, error}
//   node fill.js bench N < case.json               milliseconds of N fills of one template, one a line
const fs = require("fs");
const Docxtemplater = require("docxtemplater");
const PizZip = require("pizzip");

// Paths such as a.b, as its own expression parser has them.
function parser(tag) {
  const path = tag.split(".");
  return {
    get(scope) {
      if (tag === ".") return scope;
      let at = scope;
      for (const name of path) {
        if (at == null || typeof at !== "object" || !Object.prototype.hasOwnProperty.call(at, name)) return undefined;
        at = at[name];
      }
      return at;
    },
  };
}

function fill(docx, data) {
  const doc = new Docxtemplater(new PizZip(docx), { paragraphLoop: true, linebreaks: true, parser });
  doc.render(data);
  return doc.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
}

console.error = console.warn = console.log = () => {};
const input = fs.readFileSync(0, "utf8");
if (process.argv[2] === "bench") {
  const { docx, data } = JSON.parse(input);
  const bytes = Buffer.from(docx, "base64");
  const n = Number(process.argv[3]);
  for (let i = 0; i < 2 * n; i++) fill(bytes, data); // until the compiler of JavaScript has done its work
  for (let i = 0; i < n; i++) {
    const began = process.hrtime.bigint();
    fill(bytes, data);
    process.stdout.write(Number(process.hrtime.bigint() - began) / 1e6 + "\n");
  }
} else {
  for (const line of input.split("\n")) {
    if (line === "") continue;
    const { name, docx, data } = JSON.parse(line);
    let answer = { name };
    try {
      answer.docx = fill(Buffer.from(docx, "base64"), data).toString("base64");
    } catch (e) {
      answer.error = String(e.message);
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
}
