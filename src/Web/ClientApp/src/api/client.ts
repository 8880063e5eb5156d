import createClient from "openapi-fetch";
import type { TokenSource } from "../lib/index";
import type { components, paths } from "./schema";

/** The server's shapes by name, as in its OpenAPI description. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** A call without an answer after so many milliseconds has failed. */
const CALL_LIMIT = 30_000;

/**
 * The REST API, typed by the server's description.
 * @param tokens whose user the calls are made as; without them, nobody's. A call that is refused as outdated is made once more
 */
export function createApi(tokens: () => TokenSource | undefined, baseUrl = "") {
  return createClient<paths>({
    baseUrl,
    fetch: async (request) => {
      const source = tokens();
      if (!source) {
        return fetch(limited(request));
      }

      const { token } = await source.get();
      const repeat = request.clone();
      const response = await fetch(limited(bearing(request, token)));
      return response.status === 401 ? fetch(limited(bearing(repeat, (await source.get(token)).token))) : response;
    },
  });
}

function limited(request: Request): Request {
  return new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(CALL_LIMIT)]) });
}

function bearing(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
