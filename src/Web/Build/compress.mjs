// Puts a brotli and a gzip form beside every file below a folder that gets smaller by it; the server sends those to whoever
// takes them. usage: node compress.mjs FOLDER
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const text = /\.(css|html|ico|js|json|map|mjs|svg|txt|wasm|webmanifest|xml)$/;
/** Below this many bytes an answer is one packet either way. */
const worthwhile = 1024;

const forms = {
  ".br": (content) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  ".gz": (content) => promisify(gzip)(content, { level: 9 }),
};

const [folder] = process.argv.slice(2);
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const files = entries.filter((entry) => entry.isFile() && text.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
await Promise.all(
  files.map(async (file) => {
    const content = await readFile(file);
    if (content.length < worthwhile) {
      return;
    }
    for (const [suffix, compress] of Object.entries(forms)) {
      const compressed = await compress(content);
      if (compressed.length < content.length) {
        await writeFile(file + suffix, compressed);
      }
    }
  }),
);
