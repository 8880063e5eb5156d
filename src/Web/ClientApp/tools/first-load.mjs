// Prints what the browser loads for the sign-in page, and fails above the budget. After `npm run build`.
import { gzipSync } from "node:zlib";
import { readFile, readdir } from "node:fs/promises";

/** Of JavaScript, gzip, in kB of 1,000 bytes. */
const BUDGET = 350;

const root = new URL("../../wwwroot/", import.meta.url);
const page = await readFile(new URL("index.html", root), "utf8");
const files = new Set([...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file));

// The page of the route is imported by name, and what it imports itself is loaded with it.
const assets = await readdir(new URL("assets/", root));
const route = assets.find((name) => name.startsWith("SignInPage-") && name.endsWith(".js"));
if (!route || files.size === 0) {
  throw new Error("src/Web/wwwroot holds no build: npm run build");
}

const wanted = [...files, `assets/${route}`];
const loaded = new Map();
while (wanted.length > 0) {
  const file = wanted.pop();
  if (!loaded.has(file)) {
    const code = await readFile(new URL(file, root), "utf8");
    loaded.set(file, gzipSync(code).length);
    const imported = /(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g;
    wanted.push(...[...code.matchAll(imported)].map(([, name]) => `assets/${name}`));
  }
}

let sum = 0;
for (const [file, size] of [...loaded].sort(([, one], [, other]) => other - one)) {
  sum += size;
  console.log(`${(size / 1000).toFixed(1).padStart(7)} kB  ${file}`);
}

console.log(`${(sum / 1000).toFixed(1).padStart(7)} kB  JavaScript of the sign-in page, gzip (at most ${BUDGET})`);
if (sum > BUDGET * 1000) {
  process.exitCode = 1;
}
