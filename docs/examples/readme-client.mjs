// npm install @microsoft/signalr, then: node readme-client.mjs
import * as signalR from "@microsoft/signalr";

const server = process.env.BMADSERVER_URL ?? "http://localhost:5080";
const account = { email: "sarah@example.com", password: "correct horse battery", displayName: "Sarah" };
async function post(path, body, accessToken) {
  const headers = { "Content-Type": "application/json", ...(accessToken && { Authorization: `Bearer ${accessToken}` }) };
  return (await fetch(`${server}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

await post("/auth/register", account); // refused with user.exists from the second time on, which does no harm
const { accessToken } = await post("/auth/login", account);
const workflow = await post("/workflows", { title: "Plan the mobile app" }, accessToken);

const options = { accessTokenFactory: () => accessToken, transport: signalR.HttpTransportType.WebSockets, skipNegotiation: true };
const connection = new signalR.HubConnectionBuilder()
  .withUrl(`${server}/hubs/chat`, options)
  .withAutomaticReconnect([0, 2_000, 10_000, 30_000])
  .configureLogging(signalR.LogLevel.Warning)
  .build();
connection.on("SessionStarted", (session) => console.log("session", session.id));
const received = new Promise((resolve) => connection.on("ReceiveEvent", resolve));
await connection.start();
await connection.invoke("JoinWorkflow", workflow.id);

const sentAt = Date.now();
const ack = await connection.invoke("SendMessage", "Hello");
console.log(`acknowledged as #${ack.sequence} after ${Date.now() - sentAt} ms`);
console.log(`received ${ack.receivedAt}, ${Date.parse(ack.receivedAt) - sentAt} ms after the send; committed ${ack.committedAt}`);
console.log("event", await received);
await connection.stop();
