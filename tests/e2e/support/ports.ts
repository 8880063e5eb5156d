import { readFileSync } from "node:fs";
import { createServer } from "node:net";

const lowest = 10_240;
/** Where most systems begin with the ports of outgoing connections, or lower. */
const usualEnd = 32_768;
const tries = 200;

/**
 * A port on 127.0.0.1 that nobody listens on now, below those of outgoing connections: while a server is down, no connection of
 * anybody's can take it.
 */
export async function freePort(): Promise<number> {
  const end = endOfFree();
  for (let attempt = 0; attempt < tries; attempt++) {
    const port = lowest + Math.floor(Math.random() * (end - lowest));
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`There is no free port from ${lowest} to ${end}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function endOfFree(): number {
  try {
    const first = Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t")[0]);
    return first > lowest + tries ? first : usualEnd;
  } catch {
    return usualEnd;
  }
}
