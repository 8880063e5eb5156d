namespace BmadServer.Recovery.Tests.History;

/// <summary>Everything that one client did and saw, in its order, and what it holds at the end.</summary>
internal sealed record ClientHistory(string Name, Guid UserId, IReadOnlyList<Entry> Entries, IReadOnlyList<Conversation> Final);

/// <summary>What the server holds of one workflow when all is quiet.</summary>
/// <param name="Log">As <c>GET …/events</c> gave it, page after page.</param>
/// <param name="Fresh">As a client that loads the workflow anew gets it.</param>
internal sealed record WorkflowTruth(Guid WorkflowId, IReadOnlyList<EventRecord> Log, Conversation Fresh);
