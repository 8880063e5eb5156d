import { Refusal } from "../lib/index";

/** Why a call did not succeed, wherever it failed. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** The server's, or `network`: no answer, or `http`: an answer that is not the server's own. */
  readonly code: string;
  /** The server's sentences by field, with `validation.failed`. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;

  constructor(code: string, sentence: string, status?: number, errors: Readonly<Record<string, readonly string[]>> = {}) {
    super(sentence);
    this.code = code;
    this.status = status;
    this.errors = errors;
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer. @throws {Problem} */
export async function dataOf<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    throw problemOf(error);
  }

  if (!answer.response.ok) {
    throw problemOfAnswer(answer.response, answer.error);
  }

  return answer.data as T;
}

/** One kind of error for what the REST API refused, what the client library was refused, and what never arrived. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }

  if (error instanceof Refusal) {
    return new Problem(error.code, error.message, undefined, error.errors);
  }

  const status = error instanceof Error ? /^HTTP (\d+)$/.exec(error.message)?.[1] : undefined;
  return status === undefined ? new Problem("network", String(error)) : problemOfAnswer({ status: Number(status) }, undefined);
}

function problemOfAnswer({ status }: Pick<Response, "status">, body: unknown): Problem {
  const { code, detail, errors } = (typeof body === "object" && body !== null ? body : {}) as {
    code?: unknown;
    detail?: unknown;
    errors?: Record<string, string[]>;
  };
  if (typeof code === "string") {
    return new Problem(code, typeof detail === "string" ? detail : "", status, errors);
  }

  const known = status === 429 ? "rate_limited" : status === 503 ? "service.unavailable" : "http";
  return new Problem(known, `HTTP ${status}`, status);
}
