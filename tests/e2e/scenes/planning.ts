/** A message of a conversation that is told. */
export interface Line {
  readonly by: "sarah" | "marco" | "priya" | "olga";
  /** In the story's time zone. */
  readonly at: string;
  readonly text: string;
  /** The place of the answered message in the conversation. */
  readonly replyTo?: number;
  /** What it was changed to. */
  readonly edited?: string;
  readonly isDeleted?: boolean;
}

const devices = `This is what our testers carry around:

| platform | oldest version | testers |
| --- | --- | ---: |
| iOS | 17 | 61 |
| Android | 12 | 34 |
| Web | current | 12 |`;

const step = `I would keep the first step this small:

\`\`\`ts
/** The step that waits for an answer; the last one finishes the workflow. */
export async function nextStep(workflow: Workflow): Promise<Step> {
  const open = workflow.steps.find((step) => !step.isDone);
  return open ?? finish(workflow, "all 12 steps are done");
}
\`\`\``;

/** A conversation with everything that a conversation can have. */
export const planning: readonly Line[] = [
  { by: "marco", at: "2026-03-11T16:02", text: "Hi Sarah, I have read the brief. Who is the first user, and what must the first release do for them?" },
  {
    by: "sarah",
    at: "2026-03-11T16:05",
    text: "Founders who talk to their team all day and never open a terminal. They want to **see decisions** and answer questions, *nothing more*.",
  },
  { by: "marco", at: "2026-03-11T16:06", text: "Then I would cut it down to three things:\n\n1. sign in\n2. read and answer\n3. notifications" },
  { by: "sarah", at: "2026-03-11T16:09", text: "Agreed, if reading works without a network too. Trains!", replyTo: 2 },
  { by: "priya", at: "2026-03-11T16:20", text: "Wrong window, sorry.", isDeleted: true },
  { by: "priya", at: "2026-03-12T09:12", text: devices },
  { by: "sarah", at: "2026-03-12T09:15", text: "So Android 11 can wait.", edited: "So Android 11 can wait. Only two of our testers have it." },
  { by: "marco", at: "2026-03-12T09:40", text: step },
  {
    by: "marco",
    at: "2026-03-12T09:41",
    text: "> A workflow is a conversation with a purpose.\n\nThat sentence belongs on the first screen. The [draft](https://example.com/draft) has it, and `nextStep` needs no more than that.",
  },
  { by: "sarah", at: "2026-03-12T10:02", text: "I like it. Let us decide on Friday, with Olga." },
  { by: "priya", at: "2026-03-12T10:21", text: "Friday is fine. I prepare the screens until then.", replyTo: 9 },
];
