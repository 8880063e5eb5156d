import { Store } from "./store";

interface ReadMarks {
  readonly userId: string;
  /** By workflow: the highest sequence that the user has read in this browser since the page was loaded. */
  readonly sequences: ReadonlyMap<string, number>;
}

/** Of the user who read last: another one's say nothing about theirs. */
export const readMarks = new Store<ReadMarks>({ userId: "", sequences: new Map() });

const channel = new BroadcastChannel("bmadserver.read");
channel.addEventListener("message", ({ data: [userId, workflowId, sequence] }: MessageEvent<[string, string, number]>) => {
  take(userId, workflowId, sequence);
});

/** The user has read up to this sequence, here or in another tab. */
export function noteRead(userId: string, workflowId: string, sequence: number): void {
  if (take(userId, workflowId, sequence)) {
    channel.postMessage([userId, workflowId, sequence]);
  }
}

function take(userId: string, workflowId: string, sequence: number): boolean {
  const before = readMarks.get();
  const sequences = before.userId === userId ? before.sequences : new Map<string, number>();
  const isNew = sequence > (sequences.get(workflowId) ?? 0);
  if (isNew) {
    readMarks.set({ userId, sequences: new Map(sequences).set(workflowId, sequence) });
  }

  return isNew;
}
