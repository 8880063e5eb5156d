import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

/** One SignalR connection, from its start to its end. It does not come back by itself. */
export interface HubSocket {
  on(method: string, handler: (argument: never) => void): void;
  /** Called once, when it is over, whichever side ended it. */
  onClose(handler: () => void): void;
  start(): Promise<void>;
  invoke(method: string, ...args: unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param url the hub's address with the session to come back to, without the token */
export type HubSocketFactory = (url: string, accessToken: string) => HubSocket;

export const signalRSocket: HubSocketFactory = (url, accessToken) => {
  const connection = new HubConnectionBuilder()
    .withUrl(url, {
      accessTokenFactory: () => accessToken,
      transport: HttpTransportType.WebSockets,
      skipNegotiation: true,
    })
    // It would write the address, and in a browser the token with it, to the console.
    .configureLogging(LogLevel.None)
    .build();

  return {
    on: (method, handler) => connection.on(method, handler),
    onClose: (handler) => connection.onclose(handler),
    start: () => connection.start(),
    invoke: (method, ...args) => connection.invoke(method, ...args),
    stop: () => connection.stop(),
  };
};
