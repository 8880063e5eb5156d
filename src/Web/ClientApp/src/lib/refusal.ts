/** The server understood and said no. `code` is stable; the sentence, in `message`, is for people. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  /** With `validation.failed` over REST: sentences by field. */
  readonly errors: Readonly<Record<string, readonly string[]>>;

  constructor(code: string, sentence: string, errors: Readonly<Record<string, readonly string[]>> = {}) {
    super(sentence);
    this.code = code;
    this.errors = errors;
  }

  /** Whether it is about the server's state and not about the call: the same call may succeed later. */
  get isPassing(): boolean {
    return this.code === "rate_limited" || /^(service|server|session)\./.test(this.code);
  }

  /** Whether only signing in anew helps. */
  get isSignedOut(): boolean {
    return SIGNED_OUT.has(this.code);
  }

  /** The pause that the server asks for, in milliseconds; undefined when it names none. */
  get retryAfter(): number | undefined {
    const seconds = /Try again in (\d+) s\.$/.exec(this.message)?.[1];
    return seconds === undefined ? undefined : Number(seconds) * 1000;
  }

  /** A refused hub call fails with `code: sentence`. Undefined for every other failure. */
  static of(error: unknown): Refusal | undefined {
    const [, code, sentence] = (error instanceof Error && /^([a-z_]+\.[a-z_]+|rate_limited): (.*)$/s.exec(error.message)) || [];
    return code !== undefined && sentence !== undefined ? new Refusal(code, sentence) : undefined;
  }
}

const SIGNED_OUT = new Set(["auth.refresh_invalid", "auth.refresh_reused", "auth.invalid_credentials", "auth.required"]);
