import { Store } from "./store";

/** By workflow: the highest sequence that the user has read in this browser since the page was loaded. */
export const readMarks = new Store<ReadonlyMap<string, number>>(new Map());

const channel = new BroadcastChannel("bmadserver.read");
channel.addEventListener("message", ({ data: [workflowId, sequence] }: MessageEvent<[string, number]>) => take(workflowId, sequence));

/** The user has read up to this sequence, here or in another tab. */
export function noteRead(workflowId: string, sequence: number): void {
  if (take(workflowId, sequence)) {
    channel.postMessage([workflowId, sequence]);
  }
}

function take(workflowId: string, sequence: number): boolean {
  const isNew = sequence > (readMarks.get().get(workflowId) ?? 0);
  if (isNew) {
    readMarks.set(new Map(readMarks.get()).set(workflowId, sequence));
  }

  return isNew;
}
