// Lets a test use the TypeScript example: a call a line comes in, and whatever happens goes out, a line each.
//   in:  {"id":1,"call":"join","args":["…"]}
//   out: {"id":1,"result":…}  {"id":1,"error":{"code":…,"message":…}}  {"event":…}  {"session":…}  {"drop":true}  {"end":"…"}
import { createInterface } from "node:readline";
import { ChatClient } from "../../../../docs/examples/typescript/dist/chat-client.js";
import { SignIn } from "../../../../docs/examples/typescript/dist/sign-in.js";

const [server, email, password] = process.argv.slice(2);
const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const client = new ChatClient(server, await SignIn.withPassword(server, email, password), {
  onEvent: (event) => write({ event }),
  onSession: (session) => write({ session }),
  onDrop: () => write({ drop: true }),
  onEnd: (end) => write({ end }),
});

for await (const line of createInterface({ input: process.stdin })) {
  const { id, call, args } = JSON.parse(line);
  client[call](...args).then(
    (result) => write({ id, result: result ?? null }),
    (error) => write({ id, error: { code: error.code ?? null, message: error.message } }),
  );
}

process.exit();
