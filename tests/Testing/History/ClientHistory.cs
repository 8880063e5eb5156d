namespace BmadServer.Testing.History;

/// <summary>Everything that one client did and saw, in its order, and what it holds at the end.</summary>
public sealed record ClientHistory(string Name, Guid UserId, IReadOnlyList<Entry> Entries, IReadOnlyList<Conversation> Final);
