/** The page of one workflow. */
export default function ConversationPage() {
  return null;
}
