import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Cable } from "./cable.js";

test("a cable carries what is said, nothing while it is out, and all again once it is in", async () => {
  const server = createServer((_, response) => response.end("Hello"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cable = new Cable(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const otherEnd = await cable.lay();
  const ask = async () => (await fetch(otherEnd, { headers: { Connection: "close" } })).text();
  try {
    assert.equal(await ask(), "Hello");
    cable.pullOut();
    await assert.rejects(ask());
    cable.plugIn();
    assert.equal(await ask(), "Hello");
  } finally {
    cable.remove();
    server.close();
  }
});
