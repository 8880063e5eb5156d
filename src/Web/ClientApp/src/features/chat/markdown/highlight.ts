/** What a piece of code is, for its colour. */
export type TokenKind = "plain" | "comment" | "string" | "number" | "keyword" | "tag" | "added" | "removed" | "name";

export interface CodeToken {
  readonly kind: TokenKind;
  readonly text: string;
}

interface Language {
  /** Alternatives without back-tracking into each other, so that time is linear in the length of the code. */
  readonly rules: readonly (readonly [TokenKind, string])[];
  readonly keywords?: ReadonlySet<string>;
  readonly ignoreCase?: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const slashComment = ["comment", String.raw`\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)`] as const;
const hashComment = ["comment", String.raw`#[^\n]*`] as const;
const quoted = ["string", String.raw`"(?:[^"\\\n]|\\[^])*(?:"|$|(?=\n))|'(?:[^'\\\n]|\\[^])*(?:'|$|(?=\n))`] as const;
const backticked = ["string", "`(?:[^`\\\\]|\\\\[^])*(?:`|$)"] as const;
const number = ["number", String.raw`\b(?:0x[\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)\b`] as const;
const word = ["name", String.raw`[A-Za-z_$][\w$]*`] as const;

const script: Language = {
  rules: [slashComment, backticked, quoted, number, word],
  keywords: words("abstract any as async await bool boolean break byte case catch chan char class const continue crate debugger default defer delete do double dyn else enum export extends extern false final finally float fn for foreach from func function get go goto if impl implements import in init instanceof int interface internal is let lock long loop map match mod module move mut namespace never new nil null number object of operator out override package params private protected pub public range readonly record ref return sealed select self set short sizeof static string struct super switch this throw throws trait true try type typeof uint undefined union unsafe unsigned use using var virtual void volatile when where while with yield"),
};

const python: Language = {
  rules: [hashComment, ["string", String.raw`"""(?:[^"]|"(?!""))*(?:"""|$)|'''(?:[^']|'(?!''))*(?:'''|$)`], quoted, number, word],
  keywords: words("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return self try while with yield begin do end ensure module nil require rescue then unless until"),
};

const shell: Language = {
  rules: [hashComment, quoted, ["name", String.raw`[A-Za-z_][\w-]*`], ["tag", String.raw`\$\{?\w+\}?|--?[A-Za-z][\w-]*`]],
  keywords: words("case cd do done echo elif else esac exit export fi for function if in local return set source sudo then until while FROM RUN COPY WORKDIR ENV EXPOSE CMD ENTRYPOINT ARG"),
};

const sql: Language = {
  rules: [["comment", String.raw`--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)`], quoted, number, word],
  keywords: words("add all alter and any as asc begin between by case check column commit constraint create cross database default delete desc distinct drop else end exists false foreign from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references returning right rollback select set table then true union unique update using values view when where with"),
  ignoreCase: true,
};

const markup: Language = {
  rules: [["comment", String.raw`<!--(?:[^-]|-(?!->))*(?:-->|$)`], ["tag", String.raw`<\/?[A-Za-z][\w:-]*|\/?>`], quoted],
};

const languages: ReadonlyMap<string, Language> = new Map(
  [
    [script, "js javascript jsx mjs cjs ts typescript tsx c h cpp c++ cs csharp c# java kotlin kt swift go golang rust rs php scala dart"],
    [python, "py python rb ruby"],
    [shell, "sh shell bash zsh console powershell ps1 dockerfile docker makefile"],
    [sql, "sql psql postgres sqlite mysql"],
    [markup, "html xml svg xhtml vue razor cshtml"],
    [{ rules: [["tag", String.raw`"(?:[^"\\\n]|\\[^])*"(?=[ \t]*:)`], quoted, slashComment, number, word], keywords: words("true false null") }, "json jsonc json5"],
    [{ rules: [hashComment, ["tag", String.raw`(?<![\w./-])[\w./-]+(?=:(?:[ \t]|\n|$)|[ \t]*=)|(?<![^\n])\[[^\]\n]*\]`], quoted, number, word], keywords: words("true false null yes no on off") }, "yaml yml toml ini env properties"],
    [{ rules: [["comment", String.raw`\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)`], quoted, ["tag", String.raw`[.#@][\w-]+|(?<![\w-])[\w-]+(?=[ \t]*:)`], ["number", String.raw`#[\da-fA-F]{3,8}\b|\d[\d.]*(?:%|[a-z]+)?`]] }, "css scss less"],
    [{ rules: [["added", String.raw`(?<=^|\n)\+[^\n]*`], ["removed", String.raw`(?<=^|\n)-[^\n]*`], ["comment", String.raw`(?<=^|\n)@@[^\n]*`]] }, "diff patch"],
  ].flatMap(([language, names]) => (names as string).split(" ").map((name) => [name, language as Language] as const)),
);

const patterns = new Map<Language, RegExp>();

/** @returns the code in pieces that together are the code; one plain piece for a language that is not known */
export function highlight(code: string, languageName: string): readonly CodeToken[] {
  const language = languages.get(languageName.toLowerCase());
  if (!language) {
    return [{ kind: "plain", text: code }];
  }

  const tokens: CodeToken[] = [];
  let end = 0;
  for (const match of code.matchAll(patternOf(language))) {
    if (match.index > end) {
      tokens.push({ kind: "plain", text: code.slice(end, match.index) });
    }

    const text = match[0];
    tokens.push({ kind: kindOf(language, language.rules[match.slice(1).findIndex((group) => group !== undefined)]![0], text), text });
    end = match.index + text.length;
  }

  return end < code.length ? [...tokens, { kind: "plain", text: code.slice(end) }] : tokens;
}

function kindOf({ keywords, ignoreCase }: Language, kind: TokenKind, text: string): TokenKind {
  if (kind !== "name") {
    return kind;
  }

  return keywords?.has(ignoreCase ? text.toLowerCase() : text) ? "keyword" : "plain";
}

function patternOf(language: Language): RegExp {
  let pattern = patterns.get(language);
  if (!pattern) {
    pattern = new RegExp(language.rules.map(([, rule]) => `(${rule})`).join("|"), "g");
    patterns.set(language, pattern);
  }

  return pattern;
}
