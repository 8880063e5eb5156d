import type { Schema } from "../api/client";
import type { WorkflowActivity } from "./workflow-activity";

export type Workflow = Schema<"WorkflowView">;

/** A workflow as the list shows it. */
export interface ListedWorkflow extends Workflow {
  readonly activity: WorkflowActivity | undefined;
  /** Messages of others that were not read; for a workflow that is not followed, an estimate from its sequences. */
  readonly unread: number;
}

/** Which workflows to keep open: those with something unread, then those that are still open, then the rest; each group in the order given. */
export function toFollow(workflows: readonly Workflow[], limit: number): string[] {
  const rank = ({ lastSequence, lastReadSequence, status }: Workflow) =>
    lastSequence > lastReadSequence ? 0 : status === "active" || status === "paused" ? 1 : 2;
  return workflows
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, limit)
    .map(({ id }) => id);
}

/** The entries made so far, so that one that has not changed is the same object, and is not drawn anew. */
const entries = new WeakMap<Workflow, ListedWorkflow>();

/** The list as it is shown: the one with the newest message first. */
export function listed(workflows: readonly Workflow[], known: ReadonlyMap<string, WorkflowActivity>): readonly ListedWorkflow[] {
  const newest = ({ activity, createdAt }: ListedWorkflow) => Date.parse(activity?.lastLine?.at ?? createdAt);
  return workflows.map((workflow) => entryOf(workflow, known.get(workflow.id))).toSorted((one, other) => newest(other) - newest(one));
}

function entryOf(workflow: Workflow, activity: WorkflowActivity | undefined): ListedWorkflow {
  const before = entries.get(workflow);
  if (before && before.activity === activity) {
    return before;
  }

  // Without its messages it is not known which events are others' messages. Event 1 is never one.
  const events = Math.max(0, workflow.lastSequence - Math.max(workflow.lastReadSequence, 1));
  const entry = { ...workflow, activity, unread: activity?.unread ?? events };
  entries.set(workflow, entry);
  return entry;
}
